"""What showers are grouped by: mass, and bins of energy and zenith angle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.survey.sums import Floats

ELEMENTS = {
    1: "proton",
    4: "helium",
    12: "carbon",
    14: "nitrogen",
    16: "oxygen",
    28: "silicon",
    56: "iron",
}
MOST_MASSES = 5
EVERYTHING = "all masses"
WIDTHS = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Bins of energy that people use, in lgE."""


@dataclass(frozen=True)
class Masses:
    """The masses of a sample.

    Attributes
    ----------
    names
        Their names, light ones first; a single one for all where masses are unknown or many.
    numbers
        Mass number of each name; empty where the name stands for all.
    group
        Which of the names each event has, shape (events,).
    """

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    group: NDArray[np.intp]


def masses_of(mass_number: NDArray[Any] | None, events: int) -> Masses:
    """Group events by mass."""
    everything = Masses((EVERYTHING,), (), np.zeros(events, np.intp))
    if mass_number is None:
        return everything
    found = np.unique(mass_number[np.isfinite(mass_number)])
    if not 0 < len(found) <= MOST_MASSES:
        return everything
    numbers = tuple(int(number) for number in found)
    names = tuple(ELEMENTS.get(number, f"A = {number}") for number in numbers)
    known = np.isfinite(mass_number)
    return Masses(names, numbers, np.where(known, np.searchsorted(found, mass_number), -1))


def round_edges(values: NDArray[Any], most: int, widths: Sequence[float] = WIDTHS) -> Floats:
    """Cut the range of values into equal bins with round edges.

    Parameters
    ----------
    values
        Finite values.
    most
        Number of bins that is not exceeded, unless the widest of the widths is too narrow.
    widths
        Widths to choose from, the narrowest first.
    """
    slack = 1e-4 * widths[0]  # values are stored in single precision
    low, high = float(values.min()), float(values.max())
    for width in widths:
        first = np.floor((low + slack) / width)
        last = max(np.ceil((high - slack) / width), first + 1)
        if last - first <= most:
            break
    return np.asarray(np.arange(first, last + 1) * width)


def bin_of(values: NDArray[Any], edges: Floats) -> NDArray[np.intp]:
    """Find the bin of each value, the last edge included; -1 beyond the edges and for NaN."""
    found = np.searchsorted(edges, values, side="right") - 1
    found = np.where(np.isclose(values, edges[-1], rtol=1e-5), len(edges) - 2, found)
    found = np.where(np.isclose(values, edges[0], rtol=1e-5), 0, found)
    inside = np.isfinite(values) & (found >= 0) & (found < len(edges) - 1)
    return np.where(inside, found, -1)


def joint(*parts: tuple[NDArray[np.intp], int]) -> NDArray[np.intp]:
    """Combine bins to a single numbering, the last part running fastest; -1 where any is -1.

    Parameters
    ----------
    parts
        Bin numbers, of shapes that broadcast, and the count of bins of each.
    """
    shape = np.broadcast_shapes(*(numbers.shape for numbers, _ in parts))
    combined, inside = np.zeros(shape, np.intp), np.ones(shape, bool)
    for numbers, count in parts:
        combined = combined * count + np.maximum(numbers, 0)
        inside &= numbers >= 0
    return np.where(inside, combined, -1)
