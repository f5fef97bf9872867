"""Shape of the traces of one event: rise and fall, smoothness, and their change with distance."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.config.footprint_features import LARGEST, SHAPES, TRACE_FEATURES
from footprint.dataset.footprint_front import Floats
from footprint.dataset.footprint_lateral import REFERENCE_M, Settings

COUNT = len(SHAPES)
JUMP_VEM = 0.5


@compiled
def shape_of(trace: Any, pedestal: float, bin_ns: float, out: Floats) -> None:
    """Fill in the shape of one trace, in the order of `SHAPES`; NaN where nothing was measured.

    Parameters
    ----------
    trace
        Signal per bin in VEM, shape (bins,).
    pedestal
        Mean noise per bin in VEM.
    bin_ns
        Length of a bin.
    out
        Shape (len(SHAPES),).
    """
    total = peak = jumps = before = 0.0
    for value in trace:
        net = value - pedestal
        total += net
        peak = max(peak, net)
        if net - before > JUMP_VEM:
            jumps += net - before
        before = net
    out[:] = np.nan
    if not total > 0:
        return
    t10 = t50 = t90 = math.nan
    summed = first = second = 0.0
    for k in range(len(trace)):
        net = trace[k] - pedestal
        after = summed + net
        if math.isnan(t10) and after >= 0.1 * total:
            t10 = (k + (0.1 * total - summed) / net) * bin_ns
        if math.isnan(t50) and after >= 0.5 * total:
            t50 = (k + (0.5 * total - summed) / net) * bin_ns
        if math.isnan(t90) and after >= 0.9 * total:
            t90 = (k + (0.9 * total - summed) / net) * bin_ns
        lt = math.log((k + 0.5) * bin_ns)
        first += net * lt
        second += net * lt * lt
        summed = after
    mean = first / total
    out[0], out[1], out[2], out[3], out[4] = t10, t50, t50 - t10, t90 - t10, t90 - t50
    out[5] = mean
    out[6] = math.sqrt(max(second / total - mean * mean, 0.0))
    out[7] = peak / total
    out[8] = jumps / total


def trace_features(
    traces: NDArray[Any],
    order: NDArray[np.int64],
    signal: Floats,
    r: Floats,
    settings: Settings,
) -> Floats:
    """Compute the features of the traces of many events.

    Parameters
    ----------
    traces
        Signal per bin in VEM, shape (n, stations, bins).
    order
        Rows of the stations by falling signal, shape (n, stations).
    signal, r
        Signals in VEM, pedestal subtracted, and distances from the axis in m, NaN for silent
        stations; by falling signal.
    settings
        Pedestal, noise and length of a bin.

    Returns
    -------
    ndarray, shape (n, features)
    """
    out = np.full((len(traces), len(TRACE_FEATURES)), np.nan)
    single = np.ascontiguousarray(traces, dtype=np.float32)
    weights = signal**2 / (signal + settings.noise_VEM**2)
    with np.errstate(invalid="ignore"):
        lever = np.log(np.maximum(r, 1.0) / REFERENCE_M)
    _loop(single, order, weights, lever, settings, out)
    return out


@compiled
def _loop(  # noqa: PLR0917 - inputs, then outputs
    traces: Any, order: Any, weights: Floats, lever: Floats, settings: Settings, out: Floats
) -> None:
    pedestal = settings.pedestal_VEM / traces.shape[2]
    start = LARGEST * COUNT
    shapes = np.empty((COUNT, traces.shape[1]))
    for event in range(len(traces)):
        hit = 0
        while hit < traces.shape[1] and math.isfinite(lever[event, hit]):
            row = order[event, hit]
            shape_of(traces[event, row], pedestal, settings.bin_ns, shapes[:, hit])
            if hit < LARGEST:
                out[event, hit * COUNT : (hit + 1) * COUNT] = shapes[:, hit]
            hit += 1
        for kind in range(COUNT):
            value, gradient = weighted_line(lever[event], shapes[kind, :hit], weights[event])
            out[event, start + kind] = value
            out[event, start + COUNT + kind] = gradient


@compiled
def weighted_line(lever: Floats, values: Any, weights: Floats) -> Any:
    """Value at lever 0 and gradient of a weighted line; NaN for fewer than two finite values."""
    total = first = second = there = along = 0.0
    for i in range(len(values)):
        if math.isfinite(values[i]):
            total += weights[i]
            first += weights[i] * lever[i]
            second += weights[i] * lever[i] ** 2
            there += weights[i] * values[i]
            along += weights[i] * lever[i] * values[i]
    spread = second * total - first * first
    if not spread > 1e-9 * second * total:
        return math.nan, math.nan
    gradient = (along * total - there * first) / spread
    return (there - gradient * first) / total, gradient
