"""What predictions must be so that they can be judged, and what to do about those that are not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

from footprint.config.base import Task
from footprint.config.experiments import Experiment
from footprint.config.separation import Separation
from footprint.errors import DataError, suggest
from footprint.evaluation import separation
from footprint.evaluation.bootstrap import Values
from footprint.files.predictions import Predictions

LENGTH_TOLERANCE = 1e-3
"""By how much the length of a true direction may differ from 1."""
_DIMENSIONS = 3
_APART = (
    "give the target `kind: direction` if it is a unit vector or `kind: position` if it is a "
    "point, and build the data set again; otherwise make each component a target of its own"
)


def flat(predictions: Predictions, path: Path) -> Predictions:
    """Bring truth and prediction to shape (n,), or (n, d) of directions and positions.

    Raises
    ------
    DataError
        A value has several columns; a direction does not have three, or has no length.
    """
    name, truth = predictions.target.name, predictions.truth
    if predictions.task in {"direction", "position"}:
        truth = truth.reshape(len(truth), -1)
        prediction = predictions.prediction.reshape(truth.shape)
        if predictions.task == "direction":
            _check_directions(name, truth, prediction, path)
        return replace(predictions, truth=truth, prediction=prediction)
    truth = _one_column(truth, path, f"truth of '{name}'")
    if predictions.task == "classification":
        return replace(predictions, truth=truth)
    prediction = _one_column(predictions.prediction, path, "prediction")
    sigma = predictions.sigma
    return replace(
        predictions,
        truth=truth,
        prediction=prediction,
        sigma=None if sigma is None else sigma.reshape(truth.shape),
    )


def _one_column(values: Values, path: Path, what: str, remedy: str = _APART) -> Values:
    columns = int(np.prod(values.shape[1:]))
    if columns != 1:
        msg = (
            f"{path}: {what} has {columns} values an event, shape {values.shape}; bias and "
            f"resolution are of one: {remedy}"
        )
        raise DataError(msg)
    return values.reshape(len(values))


def _check_directions(name: str, truth: Values, prediction: Values, path: Path) -> None:
    if truth.shape[1] != _DIMENSIONS:
        msg = (
            f"{path}: truth of '{name}' has {truth.shape[1]} values an event, a direction has "
            f"{_DIMENSIONS}: give the target `kind: position`, or all components of the vector"
        )
        raise DataError(msg)
    lengths = np.linalg.norm(truth.astype(np.float64), axis=1)
    bad = np.flatnonzero(np.abs(lengths - 1) > LENGTH_TOLERANCE)  # NaN is found elsewhere
    if bad.size:
        msg = (
            f"{path}: truth of '{name}' is no unit vector in {bad.size} of {len(truth)} events, "
            f"first of length {lengths[bad[0]]:g}: divide it by its length in the sample, or give "
            f"the target `kind: position`"
        )
        raise DataError(msg)
    nowhere = np.count_nonzero(~prediction.any(axis=1))
    if nowhere:
        msg = (
            f"{path}: prediction of '{name}' has length zero in {nowhere} of {len(truth)} events "
            f"and points nowhere: train again, or leave this method out"
        )
        raise DataError(msg)


def check_task(predictions: Predictions, experiment: Experiment, path: Path) -> None:
    """Refuse predictions that are not of what the experiment learns and looks at.

    Raises
    ------
    DataError
        Another task or target; a spectator is missing or has several values an event.
    """
    target = predictions.target.name
    if predictions.task not in _judged_tasks(experiment, target):
        msg = f"{path} is a {predictions.task}, the experiment is a {experiment.task}"
        raise DataError(msg)
    if experiment.targets is not None and target not in experiment.targets:
        msg = f"{path} is of target '{target}', the experiment learns {list(experiment.targets)}"
        raise DataError(msg)
    settings = experiment.evaluation
    for name in settings.against:
        _check_spectator(name, "evaluation.against", predictions, path)
    if settings.tagging is not None:
        for key, names in (
            ("against", settings.tagging.against),
            ("sculpting", filter(None, [settings.tagging.sculpting])),
        ):
            for name in names:
                _check_spectator(name, f"evaluation.tagging.{key}", predictions, path)
    if target in settings.separation:
        _check_separation(settings.separation[target], predictions, path)


def _judged_tasks(experiment: Experiment, target: str) -> tuple[Task, ...]:
    """List what the predictions of a target may be: a density is judged by what it says of it."""
    if experiment.task == "density":
        asked = experiment.learn_from
        if asked is not None:
            return ("classification",) if asked.target == target else ()
        return ("regression",) if experiment.targets is not None else ()
    if experiment.task == "generation":
        return ()
    return get_args(Task) if experiment.task is None else (experiment.task,)


def check_posteriors(trainings: Sequence[Predictions], name: str) -> None:
    """Refuse trainings of which some have what others lack, so that no mean can be taken.

    Raises
    ------
    DataError
        With what is missing.
    """
    for key in ("samples", "log_density", "level", "sigma"):
        lacking = [entry.seed for entry in trainings if getattr(entry, key) is None]
        if lacking and len(lacking) < len(trainings):
            msg = (
                f"'{name}': predictions of seed {', '.join(map(str, lacking))} have no {key}, "
                f"those of other seeds have: predict again with all seeds"
            )
            raise DataError(msg)


def _check_spectator(name: str, key: str, predictions: Predictions, path: Path) -> None:
    if name not in predictions.spectators:
        msg = (
            f"{key} names '{name}', which {path} does not have; spectators there: "
            f"{', '.join(predictions.spectators) or 'none'}"
        )
        raise DataError(msg)
    remedy = f"take '{name}' out of {key}, or keep each component as an array "
    remedy += "of its own in the sample and name those"
    _one_column(predictions.spectators[name], path, f"spectator '{name}'", remedy)


def _check_separation(asked: Separation, predictions: Predictions, path: Path) -> None:
    key = f"evaluation.separation.{predictions.target.name}"
    if asked.spectator is not None:
        _check_spectator(asked.spectator, f"{key}.spectator", predictions, path)
        found = [np.count_nonzero(kind) for kind in separation.kinds(predictions, asked)]
        for value, events in zip(asked.between, found, strict=True):
            if events < separation.FEWEST:
                msg = (
                    f"{key}: {events} test events in {path} with {asked.spectator} {value}: two "
                    f"at least are needed; give other values, or add events"
                )
                raise DataError(msg)
        return
    for name in asked.between:
        if name not in predictions.classes:
            msg = f"{key}: {path} has no class '{name}'; {suggest(str(name), predictions.classes)}"
            raise DataError(msg)


def check_truth(predictions: Predictions, path: Path) -> None:
    """Refuse truth that is not finite, in no class, or leaves a class without events.

    Raises
    ------
    DataError
        Also where there are no events, or relative numbers of a truth that is not positive.
    """
    truth, name = predictions.truth, predictions.target.name
    if truth.size == 0:
        msg = f"{path} holds no events: the test split is empty"
        raise DataError(msg)
    bad = np.count_nonzero(~np.isfinite(truth))
    if bad:
        msg = f"{path}: truth of '{name}' is not finite in {bad} of {truth.size} events"
        raise DataError(msg)
    if predictions.relative and (truth <= 0).any():
        msg = (
            f"{path}: truth of '{name}' is not positive in {np.count_nonzero(truth <= 0)} of "
            f"{truth.size} events, nothing can be relative to it: take `relative` off the target "
            f"or select these events away"
        )
        raise DataError(msg)
    if predictions.task == "classification":
        _check_classes(predictions, path)


def _check_classes(predictions: Predictions, path: Path) -> None:
    truth, name, classes = predictions.truth, predictions.target.name, predictions.classes
    numbers = set(np.unique(truth).tolist())
    strange = sorted(numbers - set(range(len(classes))))
    if strange:
        msg = f"{path}: class numbers {strange} of '{name}' have no name; classes: {list(classes)}"
        raise DataError(msg)
    missing = [label for number, label in enumerate(classes) if number not in numbers]
    if missing:
        msg = (
            f"no test events of class {', '.join(missing)} of '{name}' in {path} ({truth.size} "
            f"events): nothing can be said of it; add events or take the class out"
        )
        raise DataError(msg)
