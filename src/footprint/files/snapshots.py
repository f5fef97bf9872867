"""Files of what the snapshots of a training say: over a grid, and of the validation events.

Of networks of one or two input values alone, whose answers can be drawn against their inputs.
Layout: ``grid`` (m, d) and ``points`` (n, d), the inputs in physical units; ``truth`` (n,);
``epoch`` (k,), the last one that of the trained network; ``grid_prediction`` (k, m) and
``point_prediction`` (k, n), for classes with one axis more, probabilities; ``weight`` (n,) where
events do not all count alike; root attributes ``method``, ``seed``, ``task``, ``target``,
``classes`` (JSON), ``axes`` (JSON: label and unit of each input value).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from footprint.config.base import Task
from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import WEIGHT, Array, ArraySpec

KIND = "snapshot predictions"
FOLDER = "snapshots"
_ARRAYS = ("grid", "points", "truth", "epoch", "grid_prediction", "point_prediction")


@dataclass(frozen=True)
class SnapshotPredictions:
    """What a network says after some epochs of one training.

    Attributes
    ----------
    method, seed
        Name of the experiment, seed of the training.
    task
        ``classification`` or ``regression``.
    target
        Name, unit and meaning of what is predicted.
    classes
        Class names; empty for a regression.
    axes
        Label and unit of each input value; d of them.
    grid, points
        Inputs in physical units, shapes (m, d) and (n, d).
    truth
        Class numbers or values of the points, shape (n,).
    epoch
        Epochs of the snapshots, and at last that of the trained network, shape (k,).
    grid_prediction, point_prediction
        Values (k, m) and (k, n), or probabilities (k, m, classes) and (k, n, classes).
    weight
        How much each point counts, shape (n,); None where all count alike.
    """

    method: str
    seed: int
    task: Task
    target: ArraySpec
    classes: tuple[str, ...]
    axes: tuple[tuple[str, str], ...]
    grid: Array
    points: Array
    truth: Array
    epoch: Array
    grid_prediction: Array
    point_prediction: Array
    weight: Array | None = None


def beside(predictions: Path) -> Path:
    """Say where the snapshots of a prediction file lie, if it has any."""
    return predictions.parent / FOLDER / predictions.name


def write_snapshot_predictions(path: Path, found: SnapshotPredictions) -> None:
    """Write what snapshots say, whole or not at all.

    Raises
    ------
    FileFormatError
        A prediction is not finite.
    """
    for name in ("grid_prediction", "point_prediction"):
        bad = int(np.count_nonzero(~np.isfinite(getattr(found, name))))
        if bad:
            msg = f"{path}: {bad} values of {name} are not finite, expected finite predictions"
            raise FileFormatError(msg)
    with hdf5.created(path) as file:
        hdf5.stamp(
            file,
            KIND,
            method=found.method,
            seed=found.seed,
            task=found.task,
            target=found.target.name,
            classes=json.dumps(found.classes),
            axes=json.dumps(found.axes),
        )
        for name in _ARRAYS:
            file.create_dataset(name, data=hdf5.storable(getattr(found, name)), **hdf5.STORAGE)
        hdf5.describe(file["truth"], found.target)
        if found.weight is not None:
            file.create_dataset(WEIGHT, data=hdf5.storable(found.weight), **hdf5.STORAGE)


def read_snapshot_predictions(path: Path) -> SnapshotPredictions:
    """Read what snapshots say.

    Raises
    ------
    FileFormatError
        Not such a file, or its arrays do not fit together.
    """
    with hdf5.opened(path, KIND) as file:
        arrays = {name: hdf5.member(file, name, path)[:] for name in _ARRAYS}
        spec = hdf5.spec_of(file["truth"])
        task: Task = "classification" if file.attrs["task"] == "classification" else "regression"
        found = SnapshotPredictions(
            method=hdf5.text(file, "method"),
            seed=hdf5.whole(file, "seed"),
            task=task,
            target=ArraySpec(hdf5.text(file, "target"), spec.units, spec.description),
            classes=tuple(hdf5.read_json(file, "classes")),
            axes=tuple((str(label), str(unit)) for label, unit in hdf5.read_json(file, "axes")),
            weight=file[WEIGHT][:] if WEIGHT in file else None,
            **arrays,
        )
    _check(found, path)
    return found


def _check(found: SnapshotPredictions, path: Path) -> None:
    states, per_event = len(found.epoch), (len(found.classes),) if found.classes else ()
    expected = {
        "grid": (len(found.grid), len(found.axes)),
        "points": (len(found.truth), len(found.axes)),
        "grid_prediction": (states, len(found.grid), *per_event),
        "point_prediction": (states, len(found.truth), *per_event),
    }
    for name, shape in expected.items():
        if getattr(found, name).shape != shape:
            msg = (
                f"{path}: {name} has shape {getattr(found, name).shape}, expected {shape}: delete "
                f"it and predict again"
            )
            raise FileFormatError(msg)
