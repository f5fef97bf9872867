"""Where the stations of a surface-detector array stand: grids, or a CSV file of positions."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions
from footprint.errors import DataError, suggest

Floats = NDArray[np.float64]
ROW_HEIGHT = np.sqrt(3.0) / 2.0
"""Distance of the lines of a triangular grid over that of neighbours."""


@dataclass(frozen=True)
class StationArray:
    """Positions of the stations about the array's centre.

    Attributes
    ----------
    x, y, z
        Positions in m, shape (rows, columns) of grids or (stations,) of lists; NaN where a grid
        has no station.
    """

    x: Floats
    y: Floats
    z: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes of the stations in every array of the events."""
        return self.x.shape

    @property
    def positions(self) -> Floats:
        """Positions in m, one station after the other, shape (s, 3)."""
        return np.stack([self.x.ravel(), self.y.ravel(), self.z.ravel()], axis=1)

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Whether there is a station."""
        return np.isfinite(self.x)


def array_of(options: ObservatoryOptions) -> StationArray:
    """Set up the stations that the options ask for."""
    if options.stations is not None:
        path = Path(options.stations)
        return read_stations(path, path.stat().st_mtime_ns if path.is_file() else 0)
    grid = {"cartesian": cartesian, "offset": offset, "axial": axial}[options.layout]
    x, y = grid(options.rows, options.columns)
    z = np.where(np.isfinite(x), 0.0, np.nan)
    return StationArray(x * options.spacing_m, y * options.spacing_m, z)


def cartesian(rows: int, columns: int) -> tuple[Floats, Floats]:
    """Square grid of unit spacing; x along the first axis, y along the second."""
    x, y = np.meshgrid(_centred(rows), _centred(columns), indexing="ij")
    return np.asarray(x), np.asarray(y)


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
    """Hexagon of a triangular grid of unit spacing in axial coordinates, its corners cut off.

    Neighbours of (i, j) are (i +- 1, j), (i, j +- 1), (i + 1, j - 1) and (i - 1, j + 1).
    """
    i, j = cartesian(rows, columns)
    outside = np.abs(i + j) > (rows - 1) / 2
    x, y = i + 0.5 * j, j * ROW_HEIGHT
    return np.where(outside, np.nan, x), np.where(outside, np.nan, y)


def _centred(count: int) -> Floats:
    return np.arange(count, dtype=np.float64) - (count - 1) / 2


@lru_cache(maxsize=8)
def read_stations(path: Path, changed: int) -> StationArray:
    """Read stations from a CSV file with columns x, y and perhaps z in m.

    Parameters
    ----------
    path
        The file.
    changed
        When it was written last; a changed file is read again.

    Raises
    ------
    DataError
        No such file, a column is missing, or a position is missing, not a number or repeated.
    """
    import pandas as pd

    if not changed:
        msg = f"no such station file: {path} (expected CSV with columns x, y and perhaps z in m)"
        raise DataError(msg)
    try:
        table = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (ValueError, UnicodeDecodeError) as error:
        msg = f"cannot read stations from {path}: {error}"
        raise DataError(msg) from error
    table.columns = table.columns.str.strip()
    for name in ("x", "y"):
        if name not in table:
            found = [str(column) for column in table.columns]
            msg = (
                f"{path}: no column '{name}', found {found}; {suggest(name, found)}. "
                f"Expected a first line with x,y or x,y,z and positions in m"
            )
            raise DataError(msg)
    if "z" not in table:
        table["z"] = 0.0
    numbers = table[["x", "y", "z"]].apply(pd.to_numeric, errors="coerce")
    return _checked(numbers.to_numpy(dtype=np.float64), path)


def _checked(positions: Floats, path: Path) -> StationArray:
    faulty = np.flatnonzero(~np.isfinite(positions).all(axis=1))
    if len(faulty):
        msg = (
            f"{path}: station {faulty[0] + 1} of {len(positions)} has the position "
            f"{positions[faulty[0]].tolist()} (x, y, z), expected numbers"
        )
        raise DataError(msg)
    if not len(positions):
        msg = f"{path}: no stations below the line of column names"
        raise DataError(msg)
    places = len(np.unique(positions[:, :2], axis=0))
    if places != len(positions):
        msg = f"{path}: {len(positions)} stations stand at {places} places; list each once"
        raise DataError(msg)
    x, y, z = (positions - positions.mean(axis=0)).T
    return StationArray(x.copy(), y.copy(), z.copy())
