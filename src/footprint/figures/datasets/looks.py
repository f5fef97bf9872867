"""What the figures of a data set share: names, panels by class, colours of images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from footprint.figures.names import readable
from footprint.figures.style import PAGE_INCH

EVERYTHING = "all events"
MOST_IN_A_ROW = 5
_STEEP = 0.05
"""Where half of the positive values lie below this part of the largest, scales are logarithmic."""
_DECADES = 1e-4
_SIDE = 1.55


def name_of(kind: str, *parts: str, target: str) -> str:
    """Name a figure: ``spectrum_mass_by_jet``, or ``spectrum_mass`` without classes."""
    return "_".join([kind, *parts]) + (f"_by_{target}" if target else "")


def is_steep(values: Any) -> bool:
    """Whether positive values spread so far that a linear scale would show a few of them only."""
    positive = np.asarray(values, dtype=float)
    positive = positive[np.isfinite(positive) & (positive > 0)]
    return bool(positive.size and np.median(positive) < _STEEP * positive.max())


def scale_of(values: Any) -> Normalize:
    """Choose the colour scale of images: logarithmic where none is negative and few are large."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if known.size and known.min() >= 0 and is_steep(known):
        top = float(known.max())
        return LogNorm(max(float(known[known > 0].min()), _DECADES * top), top)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return Normalize(low, high if high > low else low + 1.0)


def grid_of(rows: int, columns: int, aspect: float = 1.0) -> tuple[Figure, list[list[Axes]]]:
    """Open a figure of panels for images, of the given ratio of height to width."""
    side = min(_SIDE, (PAGE_INCH - 1.0) / columns)
    figure = Figure(figsize=(max(side * columns + 1.1, 2.6), aspect * side * rows + 0.55))
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    return figure, [list(line) for line in axes]


def titles_of(classes: Sequence[str]) -> list[str]:
    """Write the names of classes above panels."""
    return [readable(name) for name in classes]
