"""Where the stations of a surface-detector array stand: grids, or a CSV file of positions."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions
from footprint.errors import DataError, suggest
from footprint.layouts import LAYOUTS, cartesian

Floats = NDArray[np.float64]


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
    x, y = LAYOUTS[options.layout](options.rows, options.columns)
    if options.layout == "axial":
        there = hexagon(options.rows, options.columns)
        x, y = np.where(there, x, np.nan), np.where(there, y, np.nan)
    z = np.where(np.isfinite(x), 0.0, np.nan)
    return StationArray(x * options.spacing_m, y * options.spacing_m, z)


def hexagon(rows: int, columns: int) -> NDArray[np.bool_]:
    """Find the stations of a hexagon in axial coordinates, its corners cut off."""
    i, j = cartesian(rows, columns)
    return np.asarray(np.abs(i + j) <= (rows - 1) / 2)


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
