"""Axis of an air shower: a plane front fitted to the arrival times of one event."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.constants import speed_of_light

from footprint.compiled import compiled

Floats = NDArray[np.float64]

LIGHT_M_PER_NS = speed_of_light * 1e-9
FEWEST = 3
"""Stations that fix a plane."""
STEEPEST = 0.999
"""Largest sine of the zenith angle that a fit may give."""
STEPS = 25
PRECISION = 1e-13
COLLINEAR = 1e-6
"""Stations on a line: the smaller variance of their positions over the larger."""


class Fronts(NamedTuple):
    """Plane fits of n events with at most so many stations.

    ``axis`` (n, 3) upward; ``residual`` (n, stations) of each time in ns; ``weights``
    (n, stations) in 1/ns2, 0 where there is no time; ``failed`` (n,).
    """

    axis: Floats
    residual: Floats
    weights: Floats
    failed: NDArray[np.bool_]


def plane_fronts(stations: Floats, hit: NDArray[np.int64], timing_ns: float) -> Fronts:
    """Fit a plane front to each event.

    Parameters
    ----------
    stations
        Signal in VEM, time in ns, x, y and z in m of each station, shape (n, 5, stations).
    hit
        Stations of each event that were hit; they come first. Shape (n,).
    timing_ns
        Sd of a time is this over 1 + log10(signal + 1).
    """
    signal, time = stations[:, 0], stations[:, 1]
    there = (np.arange(signal.shape[1]) < hit[:, None]) & np.isfinite(time)
    known = np.where(there, signal, 0.0)
    weights = np.where(there, ((1 + np.log10(1 + known)) / timing_ns) ** 2, 0.0)
    events = len(stations)
    axis, residual = np.zeros((events, 3)), np.zeros(signal.shape)
    failed = np.zeros(events, dtype=np.bool_)
    places = np.ascontiguousarray(stations[:, 2:])
    _loop(places, np.where(there, time, 0.0), weights, hit, axis, residual, failed)
    return Fronts(axis, residual, weights, failed)


@compiled
def _loop(  # noqa: PLR0917 - inputs, then outputs
    places: Floats,
    time: Floats,
    weights: Floats,
    hit: Any,
    axis: Floats,
    residual: Floats,
    failed: Any,
) -> None:
    for event in range(len(places)):
        n = hit[event]
        axis[event], residual[event, :n], failed[event] = plane_front(
            places[event, :, :n], time[event, :n], weights[event, :n]
        )


@compiled
def spread_in_plane(places: Floats, weights: Floats) -> bool:
    """Tell whether stations fix a plane: at least three, not on one line."""
    if np.count_nonzero(weights) < FEWEST:
        return False
    total = weights.sum()
    dx = places[0] - (weights * places[0]).sum() / total
    dy = places[1] - (weights * places[1]).sum() / total
    xx, yy = (weights * dx * dx).sum(), (weights * dy * dy).sum()
    xy = (weights * dx * dy).sum()
    root = math.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    return bool(xx + yy - root > COLLINEAR * (xx + yy + root))


@compiled
def plane_front(places: Floats, time: Floats, weights: Floats) -> Any:
    """Fit the direction from which a plane front at the speed of light came.

    Parameters
    ----------
    places
        x, y, z of the stations in m, shape (3, stations).
    time
        Arrival times in ns.
    weights
        Inverse variances of the times in 1/ns2; 0 leaves a station out.

    Returns
    -------
    tuple
        Upward unit vector, shape (3,); residual of each time in ns (0 without a fit); whether
        the fit failed: too few stations, all on one line, or a front that no direction explains.
    """
    axis = np.array([0.0, 0.0, 1.0])
    if not spread_in_plane(places, weights):
        return axis, np.zeros(len(time)), True
    total = weights.sum()
    dx = places[0] - (weights * places[0]).sum() / total
    dy = places[1] - (weights * places[1]).sum() / total
    dz = places[2] - (weights * places[2]).sum() / total
    way = LIGHT_M_PER_NS * (time - (weights * time).sum() / total)
    u = v = 0.0
    for step in range(STEPS):
        w = math.sqrt(max(1.0 - u * u - v * v, 0.0)) if step else 0.0
        miss = way + u * dx + v * dy + w * dz
        if step:  # the third component follows from the two that are fitted
            along_u, along_v = dx - u / w * dz, dy - v / w * dz
        else:
            along_u, along_v = dx.copy(), dy.copy()
        along_u -= (weights * along_u).sum() / total
        along_v -= (weights * along_v).sum() / total
        uu, vv = (weights * along_u**2).sum(), (weights * along_v**2).sum()
        uv = (weights * along_u * along_v).sum()
        miss_u, miss_v = (weights * along_u * miss).sum(), (weights * along_v * miss).sum()
        change_u = (uv * miss_v - vv * miss_u) / (uu * vv - uv**2)
        change_v = (uv * miss_u - uu * miss_v) / (uu * vv - uv**2)
        u, v = u + change_u, v + change_v
        sine = math.hypot(u, v)
        if sine > STEEPEST:
            u, v = u * STEEPEST / sine, v * STEEPEST / sine
        if abs(change_u) + abs(change_v) < PRECISION:
            break
    axis[:] = u, v, math.sqrt(1.0 - u * u - v * v)
    residual = (way + u * dx + v * dy + axis[2] * dz) / LIGHT_M_PER_NS
    return axis, residual, sine > STEEPEST
