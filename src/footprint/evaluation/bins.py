"""Bins of equal population, and measures taken in each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from footprint.evaluation.bootstrap import Counts, Measure, Values

SMALLEST_BIN = 10
"""Events a bin of equal population should hold at least."""
_FEWEST, _DECADE = 3, 10


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


def equal_population(values: Values, bins: int, members: Values | None = None) -> list[Bin]:
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
    members
        Whether each event counts, shape (n,); by default all do.
    """
    chosen = np.isfinite(values) if members is None else np.isfinite(values) & members
    return _divided(values.astype(np.float64), np.flatnonzero(chosen), bins)


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


def in_bins(bins: Sequence[Bin], prepare: Callable[[NDArray[Any]], Measure]) -> Measure:
    """Prepare a measure in each bin.

    Parameters
    ----------
    bins
        Which events.
    prepare
        From the numbers of some events, shape (m,), to a measure of how often each of them
        counts.

    Returns
    -------
    Measure
        The same names, one more axis in front: (bins, ...). Without bins there are no names.
    """
    prepared = [(entry.members, prepare(entry.members)) for entry in bins]

    def measure(counts: Counts) -> dict[str, Values]:
        found = [of_bin(counts[members]) for members, of_bin in prepared]
        names = found[0] if found else ()
        return {name: np.asarray([entry[name] for entry in found]) for name in names}

    return measure


def suits_logarithm(centres: ArrayLike) -> bool:
    """Whether bins of equal population lie more evenly on a logarithmic axis, and span a decade."""
    values = np.sort(np.asarray(centres, dtype=float))
    if len(values) < _FEWEST or values[0] <= 0 or values[-1] < _DECADE * values[0]:
        return False
    gaps = [np.diff(values), np.diff(np.log(values))]
    linear, logarithmic = (np.std(gap) / np.mean(gap) for gap in gaps)
    return bool(logarithmic < linear)
