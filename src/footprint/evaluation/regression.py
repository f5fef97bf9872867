"""Regression: bias and resolution, overall and in bins of any quantity of the events."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bins import Bin, in_bins
from footprint.evaluation.bootstrap import CENTRAL, Counts, Measure, Values
from footprint.evaluation.quantiles import quantiles
from footprint.files.predictions import Predictions

EDGES = (0.5 * (1 - CENTRAL), 0.5 * (1 + CENTRAL))


def residuals(predictions: Predictions) -> NDArray[np.float64]:
    """Prediction minus truth in the target's unit, shape (n,)."""
    truth = predictions.truth.astype(np.float64)
    return np.asarray(predictions.prediction.astype(np.float64) - truth)


def relative_residuals(predictions: Predictions) -> NDArray[np.float64]:
    """Prediction minus truth in per cent of the truth, shape (n,)."""
    return 100 * residuals(predictions) / predictions.truth.astype(np.float64)


class _Residuals:
    """Bias and resolution of some events, prepared for many resamplings."""

    def __init__(self, values: NDArray[np.float64], prefix: str = "") -> None:
        self._prefix = prefix
        self._order = np.argsort(values, kind="stable")
        self._rising = values[self._order]

    def __call__(self, counts: Counts) -> dict[str, float]:
        ordered = counts[self._order]
        total = ordered.sum()
        if total == 0:
            names = ("bias", "sd", "rmse", "half_width_68")
            return {f"{self._prefix}{name}": float("nan") for name in names}
        bias = float(np.dot(ordered, self._rising) / total)
        variance = float(np.dot(ordered, (self._rising - bias) ** 2) / total)
        low, high = quantiles(self._rising, ordered, EDGES)
        return {
            f"{self._prefix}bias": bias,
            f"{self._prefix}sd": variance**0.5,
            f"{self._prefix}rmse": (variance + bias**2) ** 0.5,
            f"{self._prefix}half_width_68": 0.5 * float(high - low),
        }


def _of_residuals(predictions: Predictions, rows: Any = slice(None)) -> Measure:
    """Prepare bias and resolution of some events; also relative ones where they are asked for."""
    plain = _Residuals(residuals(predictions)[rows])
    if not predictions.relative:
        return plain
    relative = _Residuals(relative_residuals(predictions)[rows], "relative_")
    return lambda counts: plain(counts) | relative(counts)


def measures(predictions: Predictions) -> Measure:
    """Prepare the numbers of a regression.

    Returns
    -------
    Measure
        Of the residuals (prediction minus truth), in the target's unit: ``bias``, their mean;
        ``sd`` about the bias; ``rmse`` about zero, so that rmse^2 = bias^2 + sd^2;
        ``half_width_68``, half of the central 68.27 % interval, which is the sd where they are
        normal. And Pearson's ``correlation`` of prediction and truth, NaN for a constant. If the
        predictions are to be judged ``relative`` to the truth too, ``relative_bias``,
        ``relative_sd``, ``relative_rmse`` and ``relative_half_width_68`` in per cent of it.
    """
    truth = predictions.truth.astype(np.float64)
    prediction = predictions.prediction.astype(np.float64)
    of_residuals = _of_residuals(predictions)
    return lambda counts: {
        **of_residuals(counts),
        "correlation": _correlation(truth, prediction, counts),
    }


def _correlation(x: Values, y: Values, counts: Counts) -> float:
    total = counts.sum()
    dx = x - np.dot(counts, x) / total
    dy = y - np.dot(counts, y) / total
    xx, yy = np.dot(counts, dx * dx), np.dot(counts, dy * dy)
    smallest = total * np.finfo(np.float32).eps ** 2
    if xx <= smallest * np.mean(x * x) or yy <= smallest * np.mean(y * y):
        return float("nan")
    return float(np.dot(counts, dx * dy) / np.sqrt(xx * yy))


def resolution(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare bias and resolution in bins, by the names of `measures`, each of shape (bins,)."""
    return in_bins(bins, lambda rows: _of_residuals(predictions, rows))


def density(values: Values, edges: NDArray[np.float64]) -> Measure:
    """Prepare the ``density`` of values in bins, shape (bins,), per unit of the values.

    Normalised to all events, also those beyond the edges.
    """
    place = np.searchsorted(edges, values, side="right") - 1
    place[values == edges[-1]] = len(edges) - 2
    inside = np.flatnonzero((place >= 0) & (place < len(edges) - 1))
    widths = np.diff(edges)

    def measure(counts: Counts) -> dict[str, Values]:
        filled = np.bincount(place[inside], weights=counts[inside], minlength=len(widths))
        return {"density": filled / (widths * counts.sum())}

    return measure
