"""Positions of stations on a regular grid, and whether arrival times agree with them."""

import logging

import numpy as np

from footprint.config.npz_members import StationGrid
from footprint.errors import DataError
from footprint.files.hdf5 import Array

LIGHT_M_PER_NS = 0.3
LAYOUTS = ("cartesian", "offset", "axial")
FEWEST_STATIONS = 4
LARGEST_RESIDUAL_NS = 1000.0
"""Noise and a curved front stay well below; a wrong unit or layout does not."""
CLEARLY = 3.0
"""Another layout must fit by this factor better to be called the right one."""

log = logging.getLogger(__name__)


def positions(layout: str, grid: tuple[int, ...], spacing: float) -> Array:
    """Place stations on a grid about the array's centre.

    Parameters
    ----------
    layout
        ``cartesian``, ``offset`` or ``axial``, as in `StationGrid`.
    grid
        Number of stations along x and y.
    spacing
        Distance between neighbours, m.

    Returns
    -------
    ndarray, shape (3, *grid)
        x, y, z in m.
    """
    along_x, along_y = (np.arange(n) - (n - 1) / 2 for n in grid)
    x, y = np.meshgrid(along_x, along_y, indexing="ij")
    if layout == "offset":
        x = x + 0.5 * (y % 2)
    elif layout == "axial":
        x = x + 0.5 * y
    if layout != "cartesian":
        y = y * np.sin(np.pi / 3)
    return np.stack([x, y, np.zeros_like(x)]) * spacing


def residual_ns(stations: Array, axis: Array, arrival_time: Array) -> float:
    """How far arrival times lie from the plane perpendicular to the true axis.

    Parameters
    ----------
    stations
        Positions in m, shape (3, ...).
    axis
        Upward unit vectors, shape (n, 3).
    arrival_time
        Times in ns, shape (n, ...), NaN where silent.

    Returns
    -------
    float
        Median over events with four stations or more of the rms in ns; NaN without any.
    """
    times = arrival_time.reshape(len(arrival_time), -1).astype(np.float64)
    some = np.count_nonzero(~np.isnan(times), axis=1) >= FEWEST_STATIONS
    if not some.any():
        return float("nan")
    plane = -(axis[some].astype(np.float64) @ stations.reshape(3, -1)) / LIGHT_M_PER_NS
    return float(np.median(np.nanstd(times[some] - plane, axis=1)))


def check_times(
    stations: Array, axis: Array, arrival_time: Array, grid: StationGrid | None, path: str
) -> None:
    """Refuse a layout where another one clearly fits the times; warn where none fits.

    Parameters
    ----------
    stations, axis, arrival_time
        As in `residual_ns`.
    grid
        The layout, unless the positions come from the file.
    path
        The file, for messages.

    Raises
    ------
    DataError
        Another layout fits by a factor of three better.
    """
    found = residual_ns(stations, axis, arrival_time)
    if np.isnan(found):
        return
    log.info("%s: arrival times lie %.0f ns (rms) about the plane of the true axis", path, found)
    shape = arrival_time.shape[1:]
    for other in LAYOUTS if grid else ():
        assumed = positions(other, shape, grid.spacing_m if grid else 0.0)
        better = residual_ns(assumed, axis, arrival_time)
        if better * CLEARLY < found:
            msg = (
                f"{path}: arrival times lie {found:.0f} ns (rms) about the plane of the true axis "
                f"with stations in the layout '{grid.layout if grid else ''}', and only "
                f"{better:.0f} ns in the layout '{other}': set options.stations.layout to it"
            )
            raise DataError(msg)
    if found > LARGEST_RESIDUAL_NS:
        log.warning(
            "%s: arrival times lie %.0f ns (rms) about the plane of the true axis, expected less "
            "than %.0f: check the unit of times, the stations' positions and the axis's direction",
            path,
            found,
            LARGEST_RESIDUAL_NS,
        )
