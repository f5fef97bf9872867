"""Lateral distribution: the mean signal in rings about each event's centre of gravity."""

from dataclasses import dataclass

import numpy as np

from footprint.config.observables import Observables
from footprint.evaluation import moments
from footprint.evaluation.bootstrap import Counts
from footprint.evaluation.moments import Floats, Grid
from footprint.evaluation.observables import BLOCK, Arrays, grid_of, kind_of
from footprint.files.hdf5 import Array
from footprint.files.samples import Samples

INSIDE = 0.99
"""Share of the cells with a signal, of real events, within the outermost ring."""


@dataclass(frozen=True)
class Rings:
    """What each event has in each ring, shape (n, rings) each.

    Attributes
    ----------
    signal
        Sum over the cells.
    cells
        How many cells lie in it.
    """

    signal: Floats
    cells: Floats

    def profile(self, counts: Counts) -> Floats:
        """Compute the mean signal of a cell in each ring; NaN in rings without cells."""
        weights = np.asarray(counts, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(weights @ self.signal / (weights @ self.cells))


def edges_of(real: Array, grid: Grid, rings: int) -> Floats:
    """Choose rings of equal width that hold `INSIDE` of the cells with a signal.

    Of the signal itself almost all may lie in one cell.
    """
    some = real[:BLOCK]
    weights = (moments.filled(some) > 0).ravel()
    distances = np.sqrt(np.nan_to_num(moments.squares(some, grid.positions))).ravel()
    order = np.argsort(distances)
    summed = np.cumsum(weights[order])
    if summed[-1] <= 0:
        return np.linspace(0.0, 1.0, rings + 1)
    reach = float(distances[order][np.searchsorted(summed, INSIDE * summed[-1])])
    return np.linspace(0.0, reach or 1.0, rings + 1)


def in_rings(values: Array, grid: Grid, edges: Floats) -> Rings:
    """Add up the signal in rings; events without signal have no centre, and no ring."""
    number = len(edges) - 1
    parts: list[tuple[Floats, Floats]] = []
    for start in range(0, len(values), BLOCK):
        some = values[start : start + BLOCK]
        squares = moments.squares(some, grid.positions)
        ring = np.searchsorted(edges, np.sqrt(squares), side="right") - 1
        ring = np.where(np.isfinite(squares), ring, number)
        place = np.where(ring < number, ring, number) + (number + 1) * np.arange(len(some))[:, None]
        size = (len(some), number + 1)
        sums, cells = (
            np.bincount(place.ravel(), weights, int(np.prod(size))).reshape(size)[:, :number]
            for weights in (moments.filled(some).ravel(), np.ones(place.size))
        )
        parts.append((np.asarray(sums), np.asarray(cells)))
    return Rings(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))


@dataclass(frozen=True)
class Lateral:
    """Where the lateral distribution of an array is compared.

    Attributes
    ----------
    array, units
        Of the signal.
    grid
        Where it is.
    edges
        Of the rings.
    real
        What real events have in them.
    """

    array: str
    units: str
    grid: Grid
    edges: Floats
    real: Rings

    def of(self, arrays: Arrays) -> Rings:
        """Find what other events have."""
        return in_rings(arrays[self.array], self.grid, self.edges)


def laterals(samples: Samples, settings: Observables) -> list[Lateral]:
    """List the arrays that have a lateral distribution: signals on a grid or on stations."""
    found = []
    for name, real in samples.real.arrays.items():
        if kind_of(samples, name, settings) not in {"signal", "jet"}:
            continue
        grid = grid_of(samples, name, settings)
        edges = edges_of(real, grid, settings.rings)
        spec = samples.specs.get(name)
        units = "" if spec is None else spec.units
        found.append(Lateral(name, units, grid, edges, in_rings(real, grid, edges)))
    return found
