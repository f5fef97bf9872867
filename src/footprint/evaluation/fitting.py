"""How each simple method comes to its answers: fitted on one data set, applied to any alike."""

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.baselines import (
    ArrayBaseline,
    Baseline,
    Boosting,
    Constant,
    Cuts,
    FormulaBaseline,
    Linear,
)
from footprint.config.formulas import evaluate
from footprint.errors import DataError
from footprint.evaluation import fits
from footprint.evaluation.cuts import Answer, fit_cuts
from footprint.evaluation.features import (
    Columns,
    columns,
    informative,
    repeated_thresholds,
    rows_within,
)
from footprint.files.datasets import Dataset, Split

BLOCK = 2048
"""Test events that are predicted at once."""
_FITTED: tuple[Split, Split] = ("train", "validation")

log = logging.getLogger(__name__)


def fit_baseline(dataset: Dataset, target: str, label: str, baseline: Baseline) -> Answer:
    """Fit one baseline on the training split.

    Parameters
    ----------
    dataset, target
        What to fit, and on what.
    label, baseline
        Its name in tables, and its configuration.

    Raises
    ------
    DataError
        A class without training or validation events, a value with several coordinates, or
        nothing to fit. The answer also raises it, where a formula or an array is not finite.
    """
    classes, shape = dataset.classes(target), _target_shape(dataset, target)
    if classes:
        _check_classes(dataset, target, classes)
    elif dataset.kind(target) == "value" and np.prod(shape) != 1:
        msg = (
            f"target '{target}' of {dataset.path} has shape {shape} an event and is of "
            f"kind value: say kind: direction or kind: position, or keep each component as an "
            f"array of its own in the sample and make it a target of its own"
        )
        raise DataError(msg)
    if isinstance(baseline, FormulaBaseline):
        return lambda data: _formula(data, target, label, baseline)
    if isinstance(baseline, ArrayBaseline):
        return lambda data: _array(data, target, label, baseline)
    if isinstance(baseline, Constant):
        return _constant(dataset, target)
    if isinstance(baseline, Cuts):
        return fit_cuts(dataset, target, label, baseline)
    return _fitted(dataset, target, baseline)


def _target_shape(dataset: Dataset, target: str) -> tuple[int, ...]:
    return tuple(dataset.array("train", "targets", target).shape[1:])


def _check_classes(dataset: Dataset, target: str, classes: list[str]) -> None:
    splits: tuple[Split, ...] = ("train", "validation")
    for split in splits:
        there = set(np.unique(dataset.target(split, target)).tolist())
        missing = [name for number, name in enumerate(classes) if number not in there]
        if missing:
            msg = (
                f"no {split} events of class {', '.join(missing)} of '{target}' in "
                f"{dataset.path}: add events or take the class out"
            )
            raise DataError(msg)


def _answers(dataset: Dataset, split: Split, target: str, rows: int) -> NDArray[Any]:
    """Read what is fitted: class numbers, values or their log10, (rows,), or (rows, d)."""
    values = dataset.target(split, target, slice(0, rows))
    if dataset.kind(target) == "value":
        values = values.reshape(-1)
    return np.log10(values.astype(np.float64)) if dataset.is_log(target) else values


def _physical(dataset: Dataset, target: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return from what is fitted to the target's unit."""
    return 10.0 ** values.astype(np.float64) if dataset.is_log(target) else values


def _constant(dataset: Dataset, target: str) -> Answer:
    """Find the classes' frequencies, or the mean (of log10 for a log target)."""
    classes, weights = dataset.classes(target), dataset.weights("train")
    answers = _answers(dataset, "train", target, dataset.length("train"))
    if classes:
        summed = np.bincount(answers, weights, minlength=len(classes))
        always = summed / summed.sum()
    else:
        mean = _mean(answers, weights)
        always = _physical(dataset, target, mean)
    return lambda data: np.broadcast_to(always, (data.length("test"), *always.shape))


def _mean(answers: NDArray[Any], weights: NDArray[Any] | None) -> NDArray[np.float64]:
    if weights is None:
        return np.asarray(answers.mean(axis=0, dtype=np.float64))
    return np.asarray(np.average(answers.astype(np.float64), axis=0, weights=weights))


def _formula(
    dataset: Dataset, target: str, label: str, baseline: FormulaBaseline
) -> NDArray[np.float64]:
    spectators = dataset.spectators("test")
    if dataset.classes(target):
        msg = (
            f"baseline '{label}': a formula gives numbers, but target '{target}' has classes; "
            f"use method constant, linear or boosting"
        )
        raise DataError(msg)
    values = np.asarray(evaluate(baseline.formula, spectators), dtype=np.float64)
    events = dataset.length("test")
    if values.shape != (events,):
        msg = (
            f"baseline '{label}': '{baseline.formula}' has shape {values.shape}, expected one "
            f"value for each of {events} test events"
        )
        raise DataError(msg)
    _refuse_not_finite(dataset, f"baseline '{label}': '{baseline.formula}'", values)
    return values


def _array(
    dataset: Dataset, target: str, label: str, baseline: ArrayBaseline
) -> NDArray[np.float64]:
    """Predict with a spectator as it stands, which must have the target's shape and unit."""
    values = dataset.array("test", "spectators", baseline.array)[:]
    found = (values.shape[1:], dataset.spec("spectators", baseline.array).units)
    truth = dataset.array("test", "targets", target)
    wanted = (truth.shape[1:], dataset.spec("targets", target).units)
    if dataset.classes(target) or found != wanted:
        what = "classes" if dataset.classes(target) else f"(shape, unit) {wanted}"
        msg = (
            f"baseline '{label}': array '{baseline.array}' has (shape, unit) {found} an event, "
            f"but target '{target}' has {what}: choose an array that is in itself a prediction"
        )
        raise DataError(msg)
    _refuse_not_finite(dataset, f"baseline '{label}': array '{baseline.array}'", values)
    return np.asarray(values, dtype=np.float64)


def _refuse_not_finite(dataset: Dataset, what: str, values: NDArray[Any]) -> None:
    bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if bad.size:
        msg = (
            f"{what} is not finite for {bad.size} of {len(values)} test events, first event "
            f"{dataset.event_id('test')[bad[0]]}: select them away or use another"
        )
        raise DataError(msg)


def _fitted(dataset: Dataset, target: str, baseline: Linear | Boosting) -> Answer:
    """Fit a linear model or boosted trees, which answer block by block."""
    features = baseline.features
    names, kind = (features, "spectators") if features else (dataset.names("inputs"), "inputs")
    rows = {split: rows_within(dataset, split, names, kind) for split in _FITTED}
    train = columns(dataset, "train", names, kind, slice(0, rows["train"]))
    keep = informative(train)
    if isinstance(baseline, Boosting) and kind == "inputs":
        keep &= ~_repeated(dataset, names, train)
    if not keep.any():
        msg = f"all {kind} {names} of {dataset.path} are constant: there is nothing to fit"
        raise DataError(msg)
    log.info("fit on %d events, %d of %d columns", len(train), keep.sum(), keep.size)
    answers = {split: _answers(dataset, split, target, rows[split]) for split in _FITTED}
    validation = columns(dataset, "validation", names, kind, slice(0, rows["validation"]))
    weights = {split: dataset.weights(split, slice(0, rows[split])) for split in _FITTED}
    samples = (
        fits.Sample(train if keep.all() else train[:, keep], answers["train"], weights["train"]),
        fits.Sample(validation[:, keep], answers["validation"], weights["validation"]),
    )
    del train, validation
    classes = bool(dataset.classes(target))
    if isinstance(baseline, Boosting):
        model = fits.boosting(*samples, classes=classes, trees=_trees(baseline))
    else:
        fit = fits.linear_of_features if baseline.features else fits.linear
        model = fit(*samples, classes=classes)

    def answer(data: Dataset) -> NDArray[Any]:
        blocks = (slice(start, start + BLOCK) for start in range(0, data.length("test"), BLOCK))
        found = [model(columns(data, "test", names, kind, block)[:, keep]) for block in blocks]
        return _physical(data, target, np.concatenate(found))

    return answer


def _trees(baseline: Boosting) -> fits.Trees:
    """Read how trees grow from the configuration; what it leaves open follows from the columns."""
    usual = fits.FOR_INPUTS if baseline.features is None else fits.FOR_FEATURES
    given = baseline.model_dump(include=set(fits.Trees._fields), exclude_none=True)
    return usual._replace(**given)


def _repeated(dataset: Dataset, names: list[str], values: Columns) -> NDArray[np.bool_]:
    """Find columns that are a threshold on another channel, input by input."""
    parts, start = [], 0
    for name in names:
        shape = dataset.array("train", "inputs", name).shape[1:]
        width = int(np.prod(shape, dtype=int))
        channels = shape[-1] if shape else 1
        parts.append(repeated_thresholds(values[:, start : start + width], channels))
        start += width
    return np.concatenate(parts)
