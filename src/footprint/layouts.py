"""Grids of stations, indexed alike by generators, readers and networks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROW_HEIGHT = 3.0**0.5 / 2.0
"""Distance of the lines of a triangular grid over that of neighbours."""


def cartesian(rows: int, columns: int) -> tuple[Floats, Floats]:
    """Square grid of unit spacing; x along the first axis, y along the second.

    Returns
    -------
    tuple of ndarray, shapes (rows, columns)
        x and y about the middle.
    """
    x, y = np.meshgrid(_centred(rows), _centred(columns), indexing="ij")
    return x, y


def offset(rows: int, columns: int) -> tuple[Floats, Floats]:
    """Triangular grid of unit spacing in offset coordinates.

    Odd columns (second axis, the first being 0) are shifted by half the spacing along x. The
    origin is the central station; with an even number of columns it lies a quarter aside.
    """
    x, y = cartesian(rows, columns)
    shift = 0.5 * (np.arange(columns) % 2)
    centre = 0.25 if columns % 2 == 0 else shift[columns // 2]
    return x + shift - centre, y * ROW_HEIGHT


def axial(rows: int, columns: int) -> tuple[Floats, Floats]:
    """Triangular grid of unit spacing in axial coordinates, x = i + j/2 and y = j sqrt(3)/2.

    Neighbours of (i, j) are (i +- 1, j), (i, j +- 1), (i + 1, j - 1) and (i - 1, j + 1).
    """
    i, j = cartesian(rows, columns)
    x = np.asarray(i + 0.5 * j, dtype=np.float64)
    return x, np.asarray(j * ROW_HEIGHT, dtype=np.float64)


def _centred(count: int) -> Floats:
    return np.arange(count, dtype=np.float64) - (count - 1) / 2


LAYOUTS: dict[str, Callable[[int, int], tuple[Floats, Floats]]] = {
    "cartesian": cartesian,
    "offset": offset,
    "axial": axial,
}
