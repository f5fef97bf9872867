"""Simple methods beside the networks: constant, linear, boosted trees, formulas, arrays."""

import logging
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from threadpoolctl import threadpool_limits

from footprint.config.base import Name
from footprint.config.baselines import (
    ArrayBaseline,
    Baseline,
    Boosting,
    Constant,
    FormulaBaseline,
    Linear,
)
from footprint.config.formulas import evaluate
from footprint.errors import DataError, FileFormatError
from footprint.evaluation import fits
from footprint.evaluation.features import (
    Columns,
    columns,
    informative,
    repeated_thresholds,
    rows_within,
)
from footprint.files.datasets import Dataset, Split
from footprint.files.predictions import Predictions, read_predictions, write_predictions

BLOCK = 2048
"""Test events that are predicted at once."""
log = logging.getLogger(__name__)


def parse_baselines(text: str) -> dict[str, Baseline]:
    """Read baselines by label from JSON."""
    parsed: dict[str, Baseline] = TypeAdapter(dict[Name, Baseline]).validate_json(text)
    return parsed


def write_baselines(
    folder: Path, dataset: Dataset, target: str, baselines: Mapping[str, Baseline], threads: int
) -> None:
    """Fit all baselines of a target and write ``<label>.h5`` of each.

    Parameters
    ----------
    folder
        Where the prediction files go. Those of baselines that are no more are removed, since
        the evaluation takes all that it finds; other files stay.
    dataset, target
        What to fit, and on what.
    baselines
        The methods by label.
    threads
        Threads of scikit-learn and of the linear algebra.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_others(folder, baselines)
    for label, baseline in baselines.items():
        started = time.perf_counter()
        with threadpool_limits(threads):
            predictions = predict_baseline(dataset, target, label, baseline)
        write_predictions(folder / f"{label}.h5", predictions)
        log.info("baseline %s of %s: %.1f s", label, target, time.perf_counter() - started)


def _remove_others(folder: Path, labels: Collection[str]) -> None:
    """Remove prediction files of methods that are none of these, as an earlier call named them."""
    for path in sorted(folder.glob("*.h5")):
        if path.stem in labels or path.name.startswith("."):
            continue
        try:
            method = read_predictions(path).method
        except FileFormatError:
            continue
        if method == path.stem:
            path.unlink()
            log.info("removed %s: no baseline has this label now", path)


def predict_baseline(dataset: Dataset, target: str, label: str, baseline: Baseline) -> Predictions:
    """Fit one baseline on the training split and apply it to the test split.

    Parameters
    ----------
    dataset, target
        What to fit, and on what.
    label, baseline
        Its name in tables, and its configuration.

    Returns
    -------
    Predictions
        Of the test split; ``config`` holds the baseline's configuration.

    Raises
    ------
    DataError
        A class without training or validation events, a formula or an array that does not give
        a finite answer for each event, a value with several coordinates.
    """
    classes, kind = dataset.classes(target), dataset.kind(target)
    truth = dataset.target("test", target)
    if classes:
        _check_classes(dataset, target, classes)
    elif kind == "value" and np.prod(truth.shape[1:]) != 1:
        msg = (
            f"target '{target}' of {dataset.path} has shape {truth.shape[1:]} an event and is of "
            f"kind value: say kind: direction or kind: position, or keep each component as an "
            f"array of its own in the sample and make it a target of its own"
        )
        raise DataError(msg)
    if isinstance(baseline, FormulaBaseline):
        prediction = _formula(dataset, target, label, baseline)
    elif isinstance(baseline, ArrayBaseline):
        prediction = _array(dataset, target, label, baseline)
    elif isinstance(baseline, Constant):
        prediction = _constant(dataset, target)
    else:
        prediction = _fitted(dataset, target, baseline)
    if not classes:
        prediction = prediction.reshape(truth.shape)
    if kind == "direction":
        prediction = _unit(prediction)
    spectators = dataset.names("spectators")
    return Predictions(
        method=label,
        seed=0,
        task=dataset.task(target),
        target=dataset.spec("targets", target),
        classes=tuple(classes),
        event_id=dataset.event_id("test"),
        truth=truth,
        prediction=prediction,
        spectators=dataset.spectators("test"),
        spectator_specs={name: dataset.spec("spectators", name) for name in spectators},
        config=baseline.model_dump_json(),
        relative=dataset.is_relative(target),
    )


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


def _unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Give vectors (n, 3) the length 1; one of no length becomes vertical."""
    vectors = vectors.astype(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        units: NDArray[np.float64] = np.where(length > 0, vectors / length, [0.0, 0.0, 1.0])
    return units


def _constant(dataset: Dataset, target: str) -> NDArray[Any]:
    """Predict the classes' frequencies, or the mean (of log10 for a log target)."""
    events, classes = dataset.length("test"), dataset.classes(target)
    answers = _answers(dataset, "train", target, dataset.length("train"))
    if classes:
        frequencies = np.bincount(answers, minlength=len(classes)) / len(answers)
        return np.tile(frequencies, (events, 1))
    mean = answers.mean(axis=0, dtype=np.float64)
    return _physical(dataset, target, np.broadcast_to(mean, (events, *mean.shape)))


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


def _fitted(dataset: Dataset, target: str, baseline: Linear | Boosting) -> NDArray[Any]:
    """Fit a linear model or boosted trees and predict the test split block by block."""
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
    samples = (
        fits.Sample(train if keep.all() else train[:, keep], answers["train"]),
        fits.Sample(validation[:, keep], answers["validation"]),
    )
    del train, validation
    classes = bool(dataset.classes(target))
    if isinstance(baseline, Boosting):
        model = fits.boosting(*samples, classes=classes, trees=_trees(baseline))
    else:
        fit = fits.linear_of_features if baseline.features else fits.linear
        model = fit(*samples, classes=classes)
    blocks = (slice(start, start + BLOCK) for start in range(0, dataset.length("test"), BLOCK))
    found = [model(columns(dataset, "test", names, kind, block)[:, keep]) for block in blocks]
    return _physical(dataset, target, np.concatenate(found))


def _trees(baseline: Boosting) -> fits.Trees:
    """Read how trees grow from the configuration; what it leaves open follows from the columns."""
    usual = fits.FOR_INPUTS if baseline.features is None else fits.FOR_FEATURES
    given = baseline.model_dump(include=set(fits.Trees._fields), exclude_none=True)
    return usual._replace(**given)


_FITTED: tuple[Split, Split] = ("train", "validation")


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
