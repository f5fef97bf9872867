"""Regression: bias and resolution, overall and in bins of any quantity of the events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bootstrap import CENTRAL, Counts, Measure, Values
from footprint.files.predictions import Predictions

SMALLEST_BIN = 10
"""Events a bin of equal population should hold at least."""
EDGES = (0.5 * (1 - CENTRAL), 0.5 * (1 + CENTRAL))


def residuals(predictions: Predictions) -> NDArray[np.float64]:
    """Prediction minus truth in the target's unit, shape (n,)."""
    truth = predictions.truth.astype(np.float64)
    return np.asarray(predictions.prediction.astype(np.float64) - truth)


class _Residuals:
    """Bias and resolution of some events, prepared for many resamplings."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self._order = np.argsort(values, kind="stable")
        self._rising = values[self._order]

    def __call__(self, counts: Counts) -> dict[str, float]:
        ordered = counts[self._order]
        total = int(ordered.sum())
        if total == 0:
            return dict.fromkeys(("bias", "sd", "rmse", "half_width_68"), float("nan"))
        bias = float(np.dot(ordered, self._rising) / total)
        variance = float(np.dot(ordered, (self._rising - bias) ** 2) / total)
        low, high = np.quantile(np.repeat(self._rising, ordered), EDGES)
        return {
            "bias": bias,
            "sd": variance**0.5,
            "rmse": (variance + bias**2) ** 0.5,
            "half_width_68": 0.5 * float(high - low),
        }


def measures(predictions: Predictions) -> Measure:
    """Prepare the numbers of a regression.

    Returns
    -------
    Measure
        Of the residuals (prediction minus truth), in the target's unit: ``bias``, their mean;
        ``sd`` about the bias; ``rmse`` about zero, so that rmse^2 = bias^2 + sd^2;
        ``half_width_68``, half of the central 68.27 % interval, which is the sd where they are
        normal. And Pearson's ``correlation`` of prediction and truth, NaN for a constant.
    """
    truth = predictions.truth.astype(np.float64)
    prediction = predictions.prediction.astype(np.float64)
    of_residuals = _Residuals(residuals(predictions))
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


@dataclass(frozen=True)
class Bin:
    """Events within a range of some quantity.

    Attributes
    ----------
    low, high
        Edges; equal where a bin holds one value of a discrete quantity.
    centre
        Mean of the quantity over the events.
    members
        Their numbers, shape (m,).
    """

    low: float
    high: float
    centre: float
    members: NDArray[Any]


def equal_population(values: Values, bins: int) -> list[Bin]:
    """Divide events into bins of about as many events.

    Parameters
    ----------
    values
        A quantity of each event, shape (n,); events with NaN are in no bin.
    bins
        Bins wanted. There are fewer where events are few (`SMALLEST_BIN` in each). A quantity
        with no more values than bins gets one bin for each value. A value that alone fills a
        bin has it for itself, and what lies below, between and above such values is divided on
        its own, into one bin at least: so there may be a few bins more.
    """
    return _divided(values.astype(np.float64), np.flatnonzero(np.isfinite(values)), bins)


def _divided(values: NDArray[np.float64], rows: NDArray[Any], bins: int) -> list[Bin]:
    """Divide some events: heavy values by themselves, the others by quantiles."""
    distinct, number_of_value = np.unique(values[rows], return_inverse=True)
    if len(distinct) <= bins:
        return [Bin(v, v, v, rows[number_of_value == k]) for k, v in enumerate(distinct.tolist())]
    number = max(1, min(bins, len(rows) // SMALLEST_BIN))
    events = np.bincount(number_of_value)
    heavy = events * number >= len(rows)
    if not heavy.any():
        return _quantiles(values, rows, number)
    group = np.cumsum(heavy | np.concatenate([[False], heavy[:-1]]))
    rest = max(1, int(events[~heavy].sum()))
    found = []
    for k in np.unique(group):
        members = rows[group[number_of_value] == k]
        share = round((number - np.count_nonzero(heavy)) * len(members) / rest)
        share = max(1, min(share, len(members) // SMALLEST_BIN))
        found += _divided(values, members, 1 if heavy[group == k].any() else share)
    return found


def _quantiles(values: NDArray[np.float64], rows: NDArray[Any], bins: int) -> list[Bin]:
    edges = np.quantile(values[rows], np.linspace(0, 1, bins + 1))
    place = np.clip(np.searchsorted(edges, values[rows], side="right") - 1, 0, bins - 1)
    members = [rows[place == k] for k in range(bins)]
    return [
        Bin(float(low), float(high), float(values[inside].mean()), inside)
        for low, high, inside in zip(edges[:-1], edges[1:], members, strict=True)
        if inside.size
    ]


def resolution(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare bias and resolution in bins: ``bias``, ``sd``, ``half_width_68``, each (bins,)."""
    values = residuals(predictions)
    prepared = [(entry.members, _Residuals(values[entry.members])) for entry in bins]

    def measure(counts: Counts) -> dict[str, Values]:
        found = [of_residuals(counts[members]) for members, of_residuals in prepared]
        return {
            name: np.asarray([entry[name] for entry in found])
            for name in ("bias", "sd", "half_width_68")
        }

    return measure


def density(predictions: Predictions, edges: NDArray[np.float64]) -> Measure:
    """Prepare the ``density`` of the residuals in bins, shape (bins,), per unit of the target.

    Normalised to all events, also those beyond the edges.
    """
    values = residuals(predictions)
    place = np.searchsorted(edges, values, side="right") - 1
    place[values == edges[-1]] = len(edges) - 2
    inside = np.flatnonzero((place >= 0) & (place < len(edges) - 1))
    widths = np.diff(edges)

    def measure(counts: Counts) -> dict[str, Values]:
        filled = np.bincount(place[inside], weights=counts[inside], minlength=len(widths))
        return {"density": filled / (widths * counts.sum())}

    return measure
