"""Features of footprints: fits and moments of many events, in the order of the configuration."""

import numpy as np
from numpy.typing import NDArray

from footprint.config.derived import FootprintFeatures
from footprint.config.footprint_features import GROUPS, LARGEST, RINGS
from footprint.dataset.footprint_front import Floats, Fronts, plane_fronts
from footprint.dataset.footprint_lateral import Settings, lateral_distributions
from footprint.dataset.footprint_traces import trace_features
from footprint.files.hdf5 import Array

LEAST_VEM = 1.0
"""Signals that the pedestal brings below this count as this, since their logarithm is taken."""
RING_BORDERS = (700.0, 1400.0)
_RINGS = len(RINGS)


def footprint_features(
    config: FootprintFeatures,
    *,
    signal: Array,
    time: Array,
    x: Array,
    y: Array,
    z: Array,
    traces: Array | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Compute the features of events.

    Parameters
    ----------
    config
        Pedestal, noise and expectations.
    signal, time
        Of each station in VEM and ns, shape (n, ...); NaN where it is silent.
    x, y, z
        Positions of the stations in m, same shape; NaN where there is none.
    traces
        Signal per bin in VEM, shape (n, ..., bins).

    Returns
    -------
    tuple of ndarray
        Features (n, features), NaN where an event has too few stations for one; axis (n, 3) and
        core (n, 2), always finite.
    """
    settings = Settings(**{name: float(getattr(config, name)) for name in Settings._fields})
    flat = [a.reshape(len(a), -1).astype(np.float64) for a in (signal, time, x, y, z)]
    stations, hit, order = _by_signal(np.stack(flat, axis=1), settings.pedestal_VEM)
    fronts = plane_fronts(stations, hit, settings.timing_ns)
    laterals = lateral_distributions(stations, hit, fronts, settings)
    parts = [
        _signals(stations[:, 0], hit),
        _front(fronts),
        laterals.features,
        _distances(laterals.r, stations[:, 0], hit),
        _residuals(laterals.r, fronts),
    ]
    if traces is not None:
        shaped = traces.reshape(len(traces), -1, traces.shape[-1])
        parts.append(trace_features(shaped, order, stations[:, 0], laterals.r, settings))
    return np.concatenate(parts, axis=1), fronts.axis, laterals.core


def _by_signal(
    stations: Floats, pedestal: float
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Sort stations by falling signal, silent ones last, and subtract the pedestal.

    Returns
    -------
    tuple of ndarray
        Stations (n, 5, stations); how many of each event were hit (n,); their former places
        (n, stations).
    """
    there = np.isfinite(stations[:, [0, 2, 3]]).all(axis=1)
    order = np.argsort(np.where(there, -stations[:, 0], np.inf), axis=1, kind="stable")
    ordered = np.take_along_axis(stations, order[:, None], axis=2)
    ordered[:, 0] = np.maximum(ordered[:, 0] - pedestal, LEAST_VEM)
    ordered[:, 4] = np.nan_to_num(ordered[:, 4])
    return ordered, there.sum(axis=1), order


def _signals(signal: Floats, hit: NDArray[np.int64]) -> Floats:
    out = np.full((len(hit), len(GROUPS["signals"])), np.nan)
    known = np.arange(signal.shape[1]) < hit[:, None]
    out[:, 0] = hit
    total = np.where(known, signal, 0.0).sum(axis=1)
    out[:, 1] = np.log10(np.where(hit > 0, total, np.nan))
    for k in range(min(LARGEST, signal.shape[1])):
        out[:, 2 + k] = np.log10(np.where(known[:, k], signal[:, k], np.nan))
        if k:
            out[:, 1 + LARGEST + k] = out[:, 2] - out[:, 2 + k]
    return out


def _front(fronts: Fronts) -> Floats:
    x, y, z = fronts.axis.T
    timed = np.count_nonzero(fronts.weights, axis=1)
    squares = fronts.residual**2
    freedom = np.where(fronts.failed | (timed < 4), np.nan, timed - 3.0)  # noqa: PLR2004
    count = np.where(fronts.failed, np.nan, timed)
    return np.stack([
        fronts.failed,
        np.degrees(np.arccos(np.clip(z, -1.0, 1.0))),
        1.0 / z,
        np.degrees(np.arctan2(y, x)) % 360.0,
        (fronts.weights * squares).sum(axis=1) / freedom,
        np.sqrt((squares * (fronts.weights > 0)).sum(axis=1) / count),
    ], axis=1)  # fmt: skip


def _distances(r: Floats, signal: Floats, hit: NDArray[np.int64]) -> Floats:
    out = np.full((len(r), len(GROUPS["distances"])), np.nan)
    known = np.isfinite(r)
    near = np.sort(r, axis=1)
    for k in range(min(LARGEST, r.shape[1])):
        out[:, k], out[:, LARGEST + k] = near[:, k], r[:, k]
    squares = np.where(known, r, 0.0) ** 2
    for column, power in enumerate((1.0, 0.5, 0.0)):
        weights = np.where(known, signal, 0.0) ** power * known
        total = np.where(hit > 0, weights.sum(axis=1), np.nan)
        out[:, 2 * LARGEST + column] = np.sqrt((weights * squares).sum(axis=1) / total)
    farthest = np.where(known, r, 0.0).max(axis=1)
    out[:, 2 * LARGEST + 3] = np.where(hit > 0, farthest, np.nan)
    return out


def _residuals(r: Floats, fronts: Fronts) -> Floats:
    out = np.full((len(r), len(GROUPS["residuals"])), np.nan)
    weights = np.where(fronts.failed[:, None], 0.0, fronts.weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = (np.nan_to_num(r) / 1000.0) ** 2
        total = weights.sum(axis=1, keepdims=True)
        lever = square - (weights * square).sum(axis=1, keepdims=True) / total
        spread = (weights * lever**2).sum(axis=1)
        slope = (weights * lever * fronts.residual).sum(axis=1) / spread
        out[:, 0] = np.where(spread > 0, slope, np.nan)
        for ring in range(_RINGS):
            inner = RING_BORDERS[ring - 1] if ring else 0.0
            outer = RING_BORDERS[ring] if ring < _RINGS - 1 else np.inf
            chosen = np.where((r >= inner) & (r < outer), weights, 0.0)
            share = chosen / chosen.sum(axis=1, keepdims=True)
            mean = (share * fronts.residual).sum(axis=1)
            variance = (share * (fronts.residual - mean[:, None]) ** 2).sum(axis=1)
            out[:, 1 + ring], out[:, 1 + _RINGS + ring] = mean, np.sqrt(variance)
    return out
