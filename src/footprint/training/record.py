"""What is kept of a training: the network, its history, and how it came about."""

import csv
import io
import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from footprint.config.experiments import Experiment
from footprint.files.atomic import atomic, write_text
from footprint.files.provenance import software
from footprint.training import devices
from footprint.training.distributions import learns_distribution
from footprint.training.fit import Trained
from footprint.training.weight_penalty import weight_penalty


def save_network(path: Path, network: keras.Model) -> None:
    """Write a network in Keras' own format, whole or not at all; it is no longer compiled then.

    Without optimizer the file is a third of the size, and a network of Keras' own layers opens
    where this library is not installed.
    """
    network.optimizer, network.compiled = None, False
    with atomic(path) as partial:
        network.save(partial)


def save_history(path: Path, trained: Trained) -> None:
    """Write losses and metrics of all epochs as CSV."""
    text = io.StringIO()
    rows = trained.progress.history
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "epoch": int(row["epoch"])} for row in rows)
    write_text(path, text.getvalue())


def _output_shape(layer: keras.Layer) -> str:
    """Write the shape of one event's output, ``16 x 16 x 8``; empty where it is not known."""
    try:
        outputs = layer.output
    except (AttributeError, ValueError):  # called never, or more than once
        return ""
    every = outputs if isinstance(outputs, list | tuple) else [outputs]
    shapes = (getattr(output, "shape", None) for output in every)
    return ", ".join(
        " x ".join("any" if size is None else str(size) for size in shape[1:])
        for shape in shapes
        if shape is not None
    )


def _peak_memory_mb() -> float:
    """Measure the most memory that this process has held, in MB (10^6 bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def save_record(
    path: Path,
    trained: Trained,
    config: Experiment,
    seed: int,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write how the network came about, as JSON; of a point of a scan with its values."""
    network, progress = trained.network, trained.progress
    layers = [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output": _output_shape(layer),
            "parameters": layer.count_params(),
        }
        for layer in network.layers
    ]
    record = {
        "experiment": config.model_dump(mode="json"),
        "seed": seed,
        "targets": [goal.name for goal in trained.goals],
        "losses": {}
        if learns_distribution(config)
        else {goal.name: goal.loss_name for goal in trained.goals},
        "parameters": network.count_params(),
        "layers": layers,
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "best_validation_loss": progress.best_loss,
        "weight_penalty": weight_penalty(network),
        "seconds": round(progress.seconds, 3),
        "backend": keras.backend.backend(),
        "devices": devices.available(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "peak_memory_mb": _peak_memory_mb(),
        "software": json.loads(software()),
    }
    if values is not None:
        record["values"] = dict(values)
    write_text(path, json.dumps(record, indent=1) + "\n")
