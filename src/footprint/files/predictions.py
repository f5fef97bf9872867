"""Prediction files: truth, prediction, event_id and spectators of one test split.

All that an evaluation needs, in physical units, so that any method's answers can be evaluated.
Layout: ``truth`` (n,) or (n, d); ``prediction`` (n, classes) probabilities or the truth's shape;
``event_id`` (n,); ``weight`` (n,) where events do not all count alike; ``sigma`` in the truth's
shape of a method that predicts its own uncertainty; ``spectators/<name>``; of
a method that knows the posterior of a value, ``samples`` (n, draws), draws from it, and where
several targets were learnt together, ``log_density`` and ``level`` (n,) of their truth; root
attributes ``method``, ``seed``, ``dataset``, ``target``, ``task``, ``classes`` (JSON), ``config``
(JSON), ``relative`` and ``log`` (absent means no).
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import h5py
import numpy as np
from numpy.typing import NDArray

from footprint.config.base import Task
from footprint.errors import FileFormatError, suggest
from footprint.files import hdf5
from footprint.files.hdf5 import WEIGHT, Array, ArraySpec

KIND = "predictions"
VALIDATION = "validation"
"""Folder, beside the predictions of test events, of those of validation events."""
BLOCK = 10_000
"""Events that are checked at once."""
FEWEST_DRAWS = 50
"""Draws an event needs at least, for intervals to be made of them."""


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
    samples
        Draws from the posterior of a value, shape (n, draws), in the unit of the truth; None of a
        method that says one value alone.
    log_density
        Logarithm of the posterior density of the truth, of all targets that were learnt together,
        in nat, per unit of the targets as they were learnt (of log10 where that was), before they
        were normalised; shape (n,).
    level
        Share of the draws whose joint density is higher than that of the truth, shape (n,).
    sigma
        Predicted uncertainty of the value, in its unit and the truth's shape: the standard
        deviation of a normal distribution about the prediction; with ``log`` that of the log10
        of the value is s, and sigma half of the range from 10^-s to 10^s times the prediction.
    log
        Whether log10 of the value was learnt.
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
    samples: Array | None = None
    log_density: Array | None = None
    level: Array | None = None
    sigma: Array | None = None
    log: bool = False

    def without_posterior(self) -> "Predictions":
        """Forget draws, densities and sigma, as of a mean over several methods."""
        return replace(self, samples=None, log_density=None, level=None, sigma=None)

    def in_order(self, order: NDArray[np.intp]) -> "Predictions":
        """Bring the events into another order, or take some of them.

        Parameters
        ----------
        order
            Numbers of the events, shape (m,).
        """

        def taken(values: Array | None) -> Array | None:
            return None if values is None else values[order]

        return replace(
            self,
            event_id=self.event_id[order],
            truth=self.truth[order],
            prediction=self.prediction[order],
            spectators={name: values[order] for name, values in self.spectators.items()},
            weight=taken(self.weight),
            samples=taken(self.samples),
            log_density=taken(self.log_density),
            level=taken(self.level),
            sigma=taken(self.sigma),
        )


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions under their final name, whole or not at all.

    Raises
    ------
    FileFormatError
        A prediction is not finite.
    """
    check(predictions, path)
    with hdf5.created(path) as file:
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
        file.attrs["log"] = predictions.log
        _put(file, "event_id", predictions.event_id, ArraySpec("event_id", "", "unique number"))
        for name in ("truth", "prediction"):
            values = hdf5.storable(getattr(predictions, name))
            _put(file, name, values, predictions.target)
        for spec in _optional(predictions.target):
            values = getattr(predictions, spec.name)
            if values is not None:
                _put(file, spec.name, hdf5.storable(values), spec)
        spectators = file.create_group("spectators")
        for name, values in predictions.spectators.items():
            _put(spectators, name, values, predictions.spectator_specs[name])


def _optional(target: ArraySpec) -> tuple[ArraySpec, ...]:
    """Describe the arrays that a file may have."""
    return (
        ArraySpec(WEIGHT, "", "how much the event counts"),
        ArraySpec("samples", target.units, f"draws from the posterior of {target.name}"),
        ArraySpec("log_density", "nat", "logarithm of the joint posterior density of the truth"),
        ArraySpec("level", "", "share of the draws whose joint density is higher"),
        ArraySpec("sigma", target.units, f"predicted uncertainty of {target.name}"),
    )


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
            method=hdf5.text(file, "method"),
            seed=hdf5.whole(file, "seed"),
            task=_task(hdf5.text(file, "task"), path),
            target=ArraySpec(hdf5.text(file, "target"), spec.units, spec.description),
            classes=tuple(hdf5.read_json(file, "classes")),
            event_id=hdf5.member(file, "event_id", path)[:],
            truth=truth[:],
            prediction=hdf5.member(file, "prediction", path)[:],
            spectators={name: data[:] for name, data in group.items()},
            spectator_specs={name: hdf5.spec_of(data) for name, data in group.items()},
            config=hdf5.text(file, "config"),
            relative=bool(file.attrs.get("relative", False)),
            log=bool(file.attrs.get("log", False)),
            **{entry.name: file[entry.name][:] for entry in _optional(spec) if entry.name in file},
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
    _check_posterior(predictions, path)
    _check_sigma(predictions, path)
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


def _check_posterior(predictions: Predictions, path: Path) -> None:
    """Refuse draws and densities that are not one for each event, or of anything but a value."""
    events = len(predictions.truth)
    given = {
        name: values
        for name in ("samples", "log_density", "level")
        if (values := getattr(predictions, name)) is not None
    }
    if given and predictions.task != "regression":
        msg = (
            f"{path}: {', '.join(given)} are of the posterior of a value, this is a "
            f"{predictions.task} of '{predictions.target.name}': leave them out"
        )
        raise FileFormatError(msg)
    for name, values in given.items():
        if name == "samples":
            _check_draws(values, events, path)
        elif values.shape != (events,):
            msg = f"{path}: {name} has shape {values.shape}, expected {(events,)}"
            raise FileFormatError(msg)
        bad = sum(
            int(np.count_nonzero(~np.isfinite(values[start : start + BLOCK])))
            for start in range(0, len(values), BLOCK)
        )
        if bad:
            msg = (
                f"{path}: {bad} of {values.size} values of {name} are not finite: the density has "
                f"diverged, train it again at a lower learning rate"
            )
            raise FileFormatError(msg)
    level = given.get("level")
    outside = 0 if level is None else int(np.count_nonzero((level < 0) | (level > 1)))
    if outside:
        msg = f"{path}: {outside} of {events} values of level are outside [0, 1], it is a share"
        raise FileFormatError(msg)


def _check_sigma(predictions: Predictions, path: Path) -> None:
    """Refuse uncertainties that are not one for each value, or not positive."""
    sigma = predictions.sigma
    if sigma is None:
        return
    if predictions.task != "regression" or sigma.shape != predictions.truth.shape:
        msg = (
            f"{path}: sigma has shape {sigma.shape} in a {predictions.task} of truth "
            f"{predictions.truth.shape}; expected one for each value of a regression"
        )
        raise FileFormatError(msg)
    bad = int(np.count_nonzero(~(np.isfinite(sigma) & (sigma > 0))))
    if bad:
        msg = (
            f"{path}: {bad} of {sigma.size} values of sigma are not positive and finite: the "
            f"network's uncertainty has diverged, train it again at a lower learning rate"
        )
        raise FileFormatError(msg)


def _check_draws(samples: Array, events: int, path: Path) -> None:
    fits = samples.ndim == 2 and len(samples) == events  # noqa: PLR2004, events and draws
    if not fits or samples.shape[1] < FEWEST_DRAWS:
        msg = (
            f"{path}: samples has shape {samples.shape}, expected ({events}, draws) with "
            f"{FEWEST_DRAWS} draws of each event at least"
        )
        raise FileFormatError(msg)
