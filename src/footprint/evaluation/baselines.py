"""Simple methods beside the networks: constant, linear, boosted trees, formulas, arrays."""

import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from threadpoolctl import threadpool_limits

from footprint.config.base import Name
from footprint.config.baselines import Baseline
from footprint.errors import FileFormatError
from footprint.evaluation.cuts import Answer
from footprint.evaluation.fitting import fit_baseline
from footprint.files.datasets import Dataset
from footprint.files.predictions import Predictions, read_predictions, write_predictions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """A baseline that is ready to answer.

    Attributes
    ----------
    target, label
        What it predicts, and its name in tables.
    baseline
        Its configuration.
    answer
        What it says of a data set's test events.
    """

    target: str
    label: str
    baseline: Baseline
    answer: Answer


def parse_baselines(text: str) -> dict[str, Baseline]:
    """Read baselines by label from JSON."""
    parsed: dict[str, Baseline] = TypeAdapter(dict[Name, Baseline]).validate_json(text)
    return parsed


def fit_baselines(
    dataset: Dataset, target: str, baselines: Mapping[str, Baseline], threads: int
) -> list[Fitted]:
    """Fit all baselines of a target.

    Parameters
    ----------
    dataset, target
        What to fit, and on what.
    baselines
        The methods by label.
    threads
        Threads of scikit-learn and of the linear algebra.
    """
    found = []
    for label, baseline in baselines.items():
        started = time.perf_counter()
        with threadpool_limits(threads):
            answer = fit_baseline(dataset, target, label, baseline)
        found.append(Fitted(target, label, baseline, answer))
        log.info("baseline %s of %s: %.1f s", label, target, time.perf_counter() - started)
    return found


def write_baselines(
    folder: Path, dataset: Dataset, fitted: Collection[Fitted], threads: int
) -> None:
    """Apply baselines to the test split and write ``<label>.h5`` of each.

    Parameters
    ----------
    folder
        Where the prediction files go. Those of baselines that are no more are removed, since
        the evaluation takes all that it finds; other files stay.
    dataset
        Whose test split; not necessarily the data set that they were fitted on.
    fitted
        The methods.
    threads
        Threads of scikit-learn and of the linear algebra.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_others(folder, [entry.label for entry in fitted])
    for entry in fitted:
        with threadpool_limits(threads):
            predictions = predict_baseline(dataset, entry)
        write_predictions(folder / f"{entry.label}.h5", predictions)


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


def predict_baseline(dataset: Dataset, fitted: Fitted) -> Predictions:
    """Apply a baseline to the test split.

    Returns
    -------
    Predictions
        Of the test split; ``config`` holds the baseline's configuration.

    Raises
    ------
    DataError
        A formula or an array does not give a finite answer for each event.
    """
    target = fitted.target
    truth, prediction = dataset.target("test", target), fitted.answer(dataset)
    if not dataset.classes(target):
        prediction = prediction.reshape(truth.shape)
    if dataset.kind(target) == "direction":
        prediction = _unit(prediction)
    spectators = dataset.names("spectators")
    return Predictions(
        method=fitted.label,
        seed=0,
        task=dataset.task(target),
        target=dataset.spec("targets", target),
        classes=tuple(dataset.classes(target)),
        event_id=dataset.event_id("test"),
        truth=truth,
        prediction=prediction,
        spectators=dataset.spectators("test"),
        spectator_specs={name: dataset.spec("spectators", name) for name in spectators},
        config=fitted.baseline.model_dump_json(),
        relative=dataset.is_relative(target),
        weight=dataset.weights("test"),
    )


def _unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Give vectors (n, 3) the length 1; one of no length becomes vertical."""
    vectors = vectors.astype(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        units: NDArray[np.float64] = np.where(length > 0, vectors / length, [0.0, 0.0, 1.0])
    return units
