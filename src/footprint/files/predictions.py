"""Prediction files: truth, prediction, event_id and spectators of one test split.

All that an evaluation needs, in physical units, so that any method's answers can be evaluated.
Layout: ``truth`` (n,) or (n, d); ``prediction`` (n, classes) probabilities or the truth's shape;
``event_id`` (n,); ``weight`` (n,) where events do not all count alike; ``spectators/<name>``; root
attributes ``method``, ``seed``, ``dataset``, ``target``, ``task``, ``classes`` (JSON), ``config``
(JSON), ``relative`` (absent means no).
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import h5py
import numpy as np

from footprint.config.base import Task
from footprint.errors import FileFormatError, suggest
from footprint.files import hdf5
from footprint.files.atomic import atomic
from footprint.files.hdf5 import WEIGHT, Array, ArraySpec

KIND = "predictions"


@dataclass(frozen=True)
class Predictions:
    """What one method says of the test events.

    Attributes
    ----------
    method
        Name of the experiment or baseline.
    seed
        Training seed; 0 for methods without one.
    task
        ``classification``, ``regression``, ``direction`` (unit vectors) or ``position``.
    target
        Name, unit and meaning of what is predicted.
    classes
        Class names; empty for continuous targets.
    event_id
        Shape (n,).
    truth
        Class numbers, or values in physical units.
    prediction
        Class probabilities (n, classes), or values in physical units.
    spectators, spectator_specs
        Further quantities of the events, and their units.
    config
        JSON of what made the prediction.
    relative
        Whether bias and resolution are also quoted relative to the truth.
    weight
        How much each event counts, shape (n,); None where all count alike.
    """

    method: str
    seed: int
    task: Task
    target: ArraySpec
    classes: tuple[str, ...]
    event_id: Array
    truth: Array
    prediction: Array
    spectators: dict[str, Array] = field(default_factory=dict)
    spectator_specs: dict[str, ArraySpec] = field(default_factory=dict)
    config: str = "{}"
    relative: bool = False
    weight: Array | None = None


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions under their final name, whole or not at all.

    Raises
    ------
    FileFormatError
        A prediction is not finite.
    """
    check(predictions, path)
    with atomic(path) as partial, h5py.File(partial, "w") as file:
        hdf5.stamp(
            file,
            KIND,
            method=predictions.method,
            seed=predictions.seed,
            task=predictions.task,
            target=predictions.target.name,
            classes=json.dumps(predictions.classes),
            config=predictions.config,
        )
        file.attrs["relative"] = predictions.relative
        _put(file, "event_id", predictions.event_id, ArraySpec("event_id", "", "unique number"))
        for name in ("truth", "prediction"):
            values = hdf5.storable(getattr(predictions, name))
            _put(file, name, values, predictions.target)
        if predictions.weight is not None:
            spec = ArraySpec(WEIGHT, "", "how much the event counts")
            _put(file, WEIGHT, hdf5.storable(predictions.weight), spec)
        spectators = file.create_group("spectators")
        for name, values in predictions.spectators.items():
            _put(spectators, name, values, predictions.spectator_specs[name])


def _put(group: h5py.Group, name: str, values: Array, spec: ArraySpec) -> None:
    hdf5.describe(group.create_dataset(name, data=values, **hdf5.STORAGE), spec)


def read_predictions(path: Path) -> Predictions:
    """Read a prediction file after checking it.

    Raises
    ------
    FileFormatError
        Not a prediction file, or truth and prediction do not fit together.
    """
    with hdf5.opened(path, KIND) as file:
        group = hdf5.member(file, "spectators", path)
        truth = hdf5.member(file, "truth", path)
        spec = hdf5.spec_of(truth)
        predictions = Predictions(
            method=str(file.attrs["method"]),
            seed=int(file.attrs["seed"]),
            task=_task(str(file.attrs["task"]), path),
            target=ArraySpec(str(file.attrs["target"]), spec.units, spec.description),
            classes=tuple(hdf5.read_json(file, "classes")),
            event_id=hdf5.member(file, "event_id", path)[:],
            truth=truth[:],
            prediction=hdf5.member(file, "prediction", path)[:],
            spectators={name: data[:] for name, data in group.items()},
            spectator_specs={name: hdf5.spec_of(data) for name, data in group.items()},
            config=str(file.attrs["config"]),
            relative=bool(file.attrs.get("relative", False)),
            weight=file[WEIGHT][:] if WEIGHT in file else None,
        )
    check(predictions, path)
    return predictions


def _task(found: str, path: Path) -> Task:
    for task in get_args(Task):
        if found == task:
            return task  # type: ignore[no-any-return]
    msg = f"{path}: unknown task '{found}'; {suggest(found, get_args(Task))}"
    raise FileFormatError(msg)


def check(predictions: Predictions, path: Path) -> None:
    """Refuse predictions whose arrays do not fit together or are not finite."""
    expected = (
        (len(predictions.truth), len(predictions.classes))
        if predictions.task == "classification"
        else predictions.truth.shape
    )
    if predictions.prediction.shape != expected:
        msg = (
            f"{path}: prediction has shape {predictions.prediction.shape}, expected {expected} "
            f"for {predictions.task} of '{predictions.target.name}'"
        )
        raise FileFormatError(msg)
    if len(predictions.event_id) != len(predictions.truth):
        msg = f"{path}: {len(predictions.event_id)} event_id for {len(predictions.truth)} events"
        raise FileFormatError(msg)
    _check_weight(predictions, path)
    bad = int(np.count_nonzero(~np.isfinite(predictions.prediction)))
    if bad:
        msg = f"{path}: {bad} of {predictions.prediction.size} predicted values are not finite"
        raise FileFormatError(msg)


def _check_weight(predictions: Predictions, path: Path) -> None:
    weight = predictions.weight
    if weight is None:
        return
    if weight.shape != predictions.event_id.shape:
        msg = f"{path}: weight has shape {weight.shape}, expected {predictions.event_id.shape}"
        raise FileFormatError(msg)
    bad = int(np.count_nonzero(~(np.isfinite(weight) & (weight >= 0))))
    if bad:
        msg = f"{path}: {bad} of {weight.size} weights are negative or not finite"
        raise FileFormatError(msg)
