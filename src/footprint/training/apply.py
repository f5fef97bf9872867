"""Apply a trained network to a split, as a rule that of test events."""

import json
import logging
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import keras
import numpy as np

from footprint.config.experiments import Experiment
from footprint.config.networks import OwnFile
from footprint.errors import FileFormatError, TrainingError, suggest
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions, write_predictions
from footprint.models import own_file
from footprint.training.augment import Augmentation, augmentation_of
from footprint.training.feeding import APPLY_BATCH
from footprint.training.goals import Goal, goals_of

log = logging.getLogger(__name__)

SAID = 500
"""Characters of Keras' messages, which may quote a whole network."""


def load_network(path: Path, config: Experiment) -> keras.Model:
    """Load a network that was saved in Keras' own format, without running code from the file.

    Layers of the user's own model file are made known first. A backend other than that of the
    training, as ``training.json`` beside the network says, is pointed out in the log.

    Raises
    ------
    FileFormatError
        The file is missing, or not such a network.
    """
    if not path.is_file():
        msg = f"network not found: {path} (expected a .keras file)"
        raise FileFormatError(msg)
    if isinstance(config.model, OwnFile):
        own_file.imported(config.model)
    _say_if_trained_elsewhere(path)
    try:
        _check_bytes(path)
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError, BadZipFile) as error:
        said = " ".join(str(error).split())
        if "is a Python lambda" in said:
            msg = (
                f"{path} has a Lambda layer, which is a program of whoever wrote the file and is "
                f"not run: write it as a layer of your own (model.file), or in keras.ops"
            )
        else:
            msg = f"cannot load {path} as a Keras network: {said[:SAID]}. Delete it and train again"
        raise FileFormatError(msg) from error


def _say_if_trained_elsewhere(path: Path) -> None:
    record = path.with_name("training.json")
    try:
        trained = json.loads(record.read_text(encoding="utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError):  # networks come without records, too
        return
    here = keras.backend.backend()
    if trained != here:
        log.warning(
            "%s was trained with the backend %s, and %s computes here: answers agree but for "
            "rounding. Set KERAS_BACKEND=%s to have them to the bit",
            *(path, trained, here, trained),
        )


def _check_bytes(path: Path) -> None:
    """Compare the archive with its checksums, which Keras skips: it reads weights out of order."""
    with ZipFile(path) as archive:
        corrupt = archive.testzip()
    if corrupt is not None:
        msg = f"{corrupt} in it does not have the bytes that were written"
        raise BadZipFile(msg)


def predict(
    network: keras.Model,
    dataset: Dataset,
    split: Split,
    names: list[str],
    averaging: Augmentation | None = None,
) -> dict[str, Array]:
    """Apply a network to a split in bounded memory.

    Parameters
    ----------
    network, dataset, split, names
        What is applied to which inputs.
    averaging
        Turns and flips over which to average.

    Returns
    -------
    dict of str to ndarray, shapes (n, units)
        The network's raw outputs by target.
    """
    step = network.predict_on_batch
    if averaging is not None:
        step = partial(averaging.averaged, network.predict_on_batch)
    outputs: list[dict[str, Array]] = [
        step(dataset.inputs(split, names, slice(start, start + APPLY_BATCH)))
        for start in range(0, dataset.length(split), APPLY_BATCH)
    ]
    return {name: np.concatenate([part[name] for part in outputs]) for name in outputs[0]}


def averaging_of(
    dataset: Dataset, config: Experiment, goals: list[Goal], names: list[str]
) -> Augmentation | None:
    """Find over which versions of events the predictions of an experiment are averaged, if so."""
    augment = config.training.augment
    if augment is None or not augment.averages:
        return None
    return augmentation_of(dataset, augment, goals, names)


def save_predictions(
    folder: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
    split: Split = "test",
    learnt_from: Dataset | None = None,
) -> None:
    """Apply a network to a split and write what it says beside the truth.

    Parameters
    ----------
    folder
        Where ``<target>.h5`` goes for each target.
    network, dataset
        What is applied to what.
    method, config, seed
        Name and configuration of the experiment, and the seed of the training.
    split
        Which events.
    learnt_from
        The data set that the network has learnt from, where the other has no targets, as of
        recorded events; their truth is NaN: not measured.

    Raises
    ------
    TrainingError
        The network takes other inputs than the data set has, or has no such output.
    """
    names = config.inputs or dataset.names("inputs")
    _check_inputs(network, dataset, names)
    known = dataset if learnt_from is None else learnt_from
    goals = goals_of(known, config)
    outputs = predict(network, dataset, split, names, averaging_of(known, config, goals, names))
    folder.mkdir(parents=True, exist_ok=True)
    for goal in goals:
        if goal.name not in outputs:
            msg = f"the network has no output '{goal.name}'; {suggest(goal.name, outputs)}"
            raise TrainingError(msg)
        truth = (
            dataset.target(split, goal.name)
            if learnt_from is None
            else _unknown(known, goal.name, dataset.length(split))
        )
        said = outputs[goal.name]
        predictions = Predictions(
            method=method,
            seed=seed,
            task=goal.task,
            target=known.spec("targets", goal.name),
            classes=goal.classes,
            event_id=dataset.event_id(split),
            truth=truth,
            prediction=goal.decode(said, truth.shape),
            spectators=dataset.spectators(split),
            spectator_specs={
                name: dataset.spec("spectators", name) for name in dataset.names("spectators")
            },
            config=config.model_dump_json(),
            relative=known.is_relative(goal.name),
            log=goal.log,
            sigma=goal.decode_sigma(said, truth.shape),
            weight=dataset.weights(split),
        )
        write_predictions(folder / f"{goal.name}.h5", predictions)


def _unknown(dataset: Dataset, target: str, events: int) -> Array:
    """Say of each event that the truth is not known, in the shape of the target."""
    shape = dataset.array("train", "targets", target).shape[1:]
    return np.full((events, *shape), np.nan, dtype=np.float32)


def _check_inputs(network: keras.Model, dataset: Dataset, names: list[str]) -> None:
    expected = {tensor.name: tuple(tensor.shape[1:]) for tensor in network.inputs}
    found = {name: dataset.array("test", "inputs", name).shape[1:] for name in names}
    if expected != found:
        msg = (
            f"the network takes inputs {expected}, {dataset.path} has {found}: it was trained on "
            f"another data set, train it again"
        )
        raise TrainingError(msg)
