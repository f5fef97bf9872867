"""Windows and a cut on a discriminant, as a score that stands beside those of other methods."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from footprint.config.baselines import Cuts
from footprint.config.formulas import evaluate
from footprint.errors import DataError
from footprint.files.datasets import Dataset, Split

STEEPEST = 12.0
"""Largest logit among training events: float32 still tells scores beside 0 and 1 apart."""
Answer = Callable[[Dataset], NDArray[Any]]
"""Says for the test events of a data set what they are, in the target's unit."""
Floats = NDArray[np.float64]
log = logging.getLogger(__name__)


def fit_cuts(dataset: Dataset, target: str, label: str, cuts: Cuts) -> Answer:
    """Scale the discriminant to probabilities by the training events inside the windows.

    A logistic function is monotonic: it changes no ranking, but puts a score of 1/2 where both
    classes are about as frequent.

    Parameters
    ----------
    dataset, target
        What to fit, and on what.
    label, cuts
        Name in tables, and configuration.

    Raises
    ------
    DataError
        A class has no training event inside the windows; a spectator with a window has several
        values an event.
    """
    signal = dataset.classes(target).index(cuts.signal)
    slope, offset = _logistic(dataset, target, label, cuts)
    if (slope > 0) != (cuts.signal_is == "higher"):
        log.warning(
            "%s: inside the windows %s has rather %s values of '%s' in the training split, "
            "signal_is says %s", label, cuts.signal, "higher" if slope > 0 else "lower",
            cuts.discriminant, cuts.signal_is,
        )  # fmt: skip
        slope, offset = -slope, -offset

    def answer(data: Dataset) -> Floats:
        values, inside = discriminant(data, "test", cuts)
        score = np.where(inside, expit(slope * values + offset), 0.0)
        pair = [1 - score, score] if signal == 1 else [score, 1 - score]
        return np.stack(pair, axis=1)

    return answer


def discriminant(dataset: Dataset, split: Split, cuts: Cuts) -> tuple[Floats, NDArray[np.bool_]]:
    """Compute the discriminant, and which events are inside the windows, shapes (n,).

    Where it or a value with a window is not finite, an event is outside.
    """
    spectators, events = dataset.spectators(split), dataset.length(split)
    single = {k: v.reshape(events) for k, v in spectators.items() if v.size == events}
    found = np.asarray(evaluate(cuts.discriminant, single), dtype=np.float64)
    inside = np.isfinite(found)
    for name, (low, high) in cuts.windows.items():
        if name not in single:
            msg = (
                f"spectator '{name}' of {dataset.path} has shape {spectators[name].shape[1:]} an "
                f"event, a window needs one value: make a component an array of its own"
            )
            raise DataError(msg)
        inside &= single[name] >= (-np.inf if low is None else low)
        inside &= single[name] <= (np.inf if high is None else high)
    return np.where(inside, found, 0.0), inside


def _logistic(dataset: Dataset, target: str, label: str, cuts: Cuts) -> tuple[float, float]:
    """Fit slope and offset of the signal's logit, which stays within `STEEPEST`."""
    values, inside = discriminant(dataset, "train", cuts)
    values, numbers = values[inside], dataset.target("train", target)[inside]
    classes, weights = dataset.classes(target), dataset.weights("train")
    missing = [name for number, name in enumerate(classes) if number not in numbers]
    if missing:
        msg = (
            f"baseline '{label}': no training event of class {', '.join(missing)} is inside the "
            f"windows {cuts.windows} with a finite '{cuts.discriminant}': widen them"
        )
        raise DataError(msg)
    mean, sd = values.mean(), values.std() or 1.0
    model = LogisticRegression().fit(
        ((values - mean) / sd)[:, None],
        numbers == classes.index(cuts.signal),
        sample_weight=None if weights is None else weights[inside],
    )
    slope, offset = float(model.coef_[0, 0]) / sd, float(model.intercept_[0])
    offset -= slope * mean
    factor = min(1.0, STEEPEST / float(np.abs(slope * values + offset).max()))
    return factor * slope, factor * offset
