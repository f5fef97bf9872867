"""Where stations stand as a shower sees them."""

import numpy as np
from numpy.typing import NDArray

from footprint.survey.sums import Floats


def from_core(stations: Floats, core: Floats) -> Floats:
    """Lead from the core of each event to each station.

    Parameters
    ----------
    stations
        Positions of the stations in m, shape (stations, 3).
    core
        Where the axis meets the plane z = 0, in m, shape (events, 2).

    Returns
    -------
    ndarray, shape (events, stations, 3)
        In m.
    """
    origin = np.concatenate([core, np.zeros((len(core), 1))], axis=1)
    return np.asarray(stations[None] - origin[:, None])


def axis_distance(way: Floats, axis: Floats) -> Floats:
    """Perpendicular distance of stations to the axis, in m, shape (events, stations)."""
    along = np.einsum("esi,ei->es", way, axis)
    return np.asarray(np.sqrt(np.maximum(np.sum(way**2, axis=-1) - along**2, 0.0)))


def plane_time(way: Floats, axis: Floats, light_speed: float) -> Floats:
    """When a plane front that passes the core at time 0 reaches stations, in ns (speed in m/ns)."""
    return np.asarray(-np.einsum("esi,ei->es", way, axis) / light_speed)


def zenith_deg(axis: NDArray[np.floating]) -> Floats:
    """Zenith angle of upward unit vectors, in degrees, without arccos' trouble near the zenith."""
    across = np.hypot(axis[..., 0].astype(np.float64), axis[..., 1].astype(np.float64))
    return np.asarray(np.degrees(np.arctan2(across, axis[..., 2].astype(np.float64))))
