"""What is kept of a training: the network, its history, and how it came about."""

import csv
import io
import json
import os
from pathlib import Path

import keras

from footprint.config.experiments import Experiment
from footprint.errors import FileFormatError, TrainingError
from footprint.files.atomic import atomic, write_text
from footprint.files.datasets import Dataset
from footprint.files.predictions import Predictions, write_predictions
from footprint.files.provenance import software
from footprint.training.fit import Trained, predict
from footprint.training.goals import goal_of


def save_network(path: Path, network: keras.Model) -> None:
    """Write a network in Keras' own format, whole or not at all."""
    with atomic(path) as partial:
        network.save(partial)


def load_network(path: Path) -> keras.Model:
    """Load a network that was saved in Keras' own format, without running code from the file.

    Raises
    ------
    FileFormatError
        The file is missing, or not such a network.
    """
    if not path.is_file():
        msg = f"network not found: {path} (expected a .keras file)"
        raise FileFormatError(msg)
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        msg = f"cannot load {path} as a Keras network: {error}. Delete it and train again"
        raise FileFormatError(msg) from error


def save_history(path: Path, trained: Trained) -> None:
    """Write losses and metrics of all epochs as CSV."""
    text = io.StringIO()
    rows = trained.progress.history
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "epoch": int(row["epoch"])} for row in rows)
    write_text(path, text.getvalue())


def save_record(path: Path, trained: Trained, config: Experiment, seed: int) -> None:
    """Write how the network came about, as JSON."""
    network, progress = trained.network, trained.progress
    layers = [
        {"name": layer.name, "kind": type(layer).__name__, "parameters": layer.count_params()}
        for layer in network.layers
    ]
    record = {
        "experiment": config.model_dump(mode="json"),
        "seed": seed,
        "target": trained.goal.name,
        "parameters": network.count_params(),
        "layers": layers,
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "best_validation_loss": progress.best_loss,
        "seconds": round(progress.seconds, 3),
        "backend": keras.backend.backend(),
        "devices": keras.distribution.list_devices(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "software": json.loads(software()),
    }
    write_text(path, json.dumps(record, indent=1) + "\n")


def save_predictions(
    path: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    target: str,
    seed: int,
) -> None:
    """Apply a network to the test split and write what it says beside the truth.

    Raises
    ------
    TrainingError
        The network takes other inputs than the data set has.
    """
    goal = goal_of(dataset, target)
    names = config.inputs or dataset.names("inputs")
    _check_inputs(network, dataset, names)
    truth = dataset.target("test", target)
    outputs = predict(network, dataset, "test", names)
    predictions = Predictions(
        method=method,
        seed=seed,
        task=config.task,
        target=dataset.spec("targets", target),
        classes=goal.classes,
        event_id=dataset.event_id("test"),
        truth=truth,
        prediction=goal.decode(outputs, truth.shape),
        spectators=dataset.spectators("test"),
        spectator_specs={
            name: dataset.spec("spectators", name) for name in dataset.names("spectators")
        },
        config=config.model_dump_json(),
    )
    write_predictions(path, predictions)


def _check_inputs(network: keras.Model, dataset: Dataset, names: list[str]) -> None:
    expected = {tensor.name: tuple(tensor.shape[1:]) for tensor in network.inputs}
    found = {name: dataset.array("test", "inputs", name).shape[1:] for name in names}
    if expected != found:
        msg = (
            f"the network takes inputs {expected}, {dataset.path} has {found}: it was trained on "
            f"another data set, train it again"
        )
        raise TrainingError(msg)
