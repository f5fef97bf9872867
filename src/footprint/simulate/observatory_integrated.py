"""Signals integrated over the trace, drawn without the trace.

Given how many particles arrive in time, the sum over the bins of signal, noise and pedestal has
a mean and a variance that follow from the probabilities of the bins; many bins make it normal,
but for the clipping of the pedestal at zero, whose skewness is kept. The accuracy stands in
`docs/physics/observatory.md`.
"""

from functools import lru_cache
from math import exp, log, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from footprint.compiled import compiled
from footprint.config.observatory import ObservatoryOptions
from footprint.config.shower_models import ArrivalModel
from footprint.simulate.observatory_means import Means
from footprint.simulate.observatory_noise import Channels, Electronics, electronics_of

Floats = NDArray[np.float64]

MEDIANS, RATIOS = 96, 16
"""Grid of the muons' medians and of the ratios of both medians."""
DEEPEST_G_CM2 = 3000.0
SMALLEST_PART = 1e-9
CLIPPED = 5
"""Bins with so many particles or more are not clipped: their pedestal never reaches zero."""


class Overlaps(NamedTuple):
    """Sums over the bins of products of the probabilities of particles that arrive in time.

    Attributes
    ----------
    median, ratio
        Smallest logarithm and step of the grid in the muons' median, and in the ratio of the
        medians of electrons and photons and of muons.
    sums
        Sums of p p, q q and p q, p for muons and q for electrons and photons, shape
        (MEDIANS, RATIOS, 3).
    """

    median: tuple[float, float]
    ratio: tuple[float, float]
    sums: Floats


class SumModel(NamedTuple):
    """What the draw of an integrated signal needs of the options.

    Attributes
    ----------
    electronics, overlaps
        Noise; overlaps of the bins.
    bins
        Number of bins.
    clipping
        What clipping at zero adds to the mean and the variance of a bin, and its third central
        moment, for bins with 0, 1, ... particles, shape (CLIPPED, 3).
    """

    electronics: Electronics
    overlaps: Overlaps
    bins: int
    clipping: Floats


def sum_model_of(options: ObservatoryOptions) -> SumModel:
    """Collect what the options say; the overlaps are kept for all blocks of a job."""
    electronics = electronics_of(options)
    clipping = np.empty((CLIPPED, 3))
    for particles in range(CLIPPED):
        mean = particles + electronics.pedestal
        sd = float(np.hypot(electronics.bin_noise * particles, electronics.pedestal_sd))
        clipping[particles] = np.subtract(clipped_moments(mean, sd), (mean, sd**2, 0.0))
    overlaps = _overlaps(options.arrival, options.bins, options.bin_width_ns)
    return SumModel(electronics, overlaps, options.bins, clipping)


@lru_cache(maxsize=8)
def _overlaps(arrival: ArrivalModel, bins: int, width: float) -> Overlaps:
    lowest, highest = np.log(arrival.muon_start_ns), np.log(20.0 * bins * width)
    medians = np.linspace(lowest, max(highest, lowest + 1.0), MEDIANS)
    ratios = np.linspace(*_range_of_ratios(arrival), RATIOS)
    muon = np.exp(medians)[:, None, None]
    em = muon * np.exp(ratios)[:, None]
    shift = np.maximum(em - muon, 0.0) / arrival.em_shift_divisor
    edges = width * np.arange(bins + 1, dtype=np.float64)
    p = _in_time(edges, muon, arrival.spread)
    q = _in_time(edges - shift, em, arrival.spread)
    sums = np.stack([np.sum(f * g, axis=2) for f, g in ((p + 0 * q, p), (q, q), (p, q))], axis=2)
    return Overlaps(
        (float(medians[0]), float(medians[1] - medians[0])),
        (float(ratios[0]), float(ratios[1] - ratios[0])),
        sums,
    )


def _in_time(edges: Floats, median: Floats, spread: float) -> Floats:
    """Probabilities of the bins for particles that arrive before the last edge."""
    with np.errstate(divide="ignore"):
        below = ndtr(np.log(np.maximum(edges, 0.0) / median) / spread)
    return np.asarray(np.diff(below, axis=2) / np.maximum(below[..., -1:], SMALLEST_PART))


def _range_of_ratios(arrival: ArrivalModel) -> tuple[float, float]:
    growth = np.logspace(-4, 4, 50)[:, None]
    depth = np.linspace(0.0, DEEPEST_G_CM2, 50) / 1000.0
    muon_slope = np.maximum(1.0 - arrival.muon_depth_slope * depth, 0.0)
    em_slope = np.maximum(1.0 - arrival.em_depth_slope * depth, 0.0)
    muon = arrival.muon_start_ns + arrival.muon_growth_ns * growth * muon_slope
    em = arrival.em_start_ns + arrival.em_growth_ns * growth * em_slope
    ratio = np.log(em / muon)
    return float(ratio.min()) - 1e-3, float(ratio.max()) + 1e-3


def clipped_moments(mean: float, sd: float) -> tuple[float, float, float]:
    """Mean, variance and third central moment of max(x, 0) for a normal x."""
    if sd == 0:
        return max(mean, 0.0), 0.0, 0.0
    a = mean / sd
    density, inside = float(np.exp(-0.5 * a * a) / np.sqrt(2 * np.pi)), float(ndtr(a))
    first = a * inside + density
    second = (a * a + 1) * inside + a * density
    third = (a**3 + 3 * a) * inside + (a * a + 2) * density
    variance = second - first**2
    skew = third - 3 * first * second + 2 * first**3
    return sd * first, sd**2 * variance, sd**3 * skew


@compiled
def _overlap(overlaps: Overlaps, muon_median: float, em_median: float) -> Any:
    """Interpolate the three sums between the points of the grid."""
    log_median = log(muon_median)
    x = (log_median - overlaps.median[0]) / overlaps.median[1]
    y = (log(em_median) - log_median - overlaps.ratio[0]) / overlaps.ratio[1]
    i, j = min(max(int(x), 0), MEDIANS - 2), min(max(int(y), 0), RATIOS - 2)
    s, t = min(max(x - i, 0.0), 1.0), min(max(y - j, 0.0), 1.0)
    low, high = overlaps.sums[i], overlaps.sums[i + 1]
    a, b, c, d = (1.0 - s) * (1.0 - t), (1.0 - s) * t, s * (1.0 - t), s * t
    return (
        a * low[j, 0] + b * low[j + 1, 0] + c * high[j, 0] + d * high[j + 1, 0],
        a * low[j, 1] + b * low[j + 1, 1] + c * high[j, 1] + d * high[j + 1, 1],
        a * low[j, 2] + b * low[j + 1, 2] + c * high[j, 2] + d * high[j + 1, 2],
    )


@compiled
def draw_sums(
    arrived: Any, mean: Means, normals: Any, channels: Channels, model: SumModel
) -> Floats:
    """Draw the integrated signals of all stations, noise and pedestal included.

    Parameters
    ----------
    arrived
        Numbers of muons and of electrons and photons in time, shape (n, s, 2).
    mean
        What n showers give in s stations; the medians of the arrival times are used.
    normals
        Standard normal numbers, shape (n, s).
    channels
        Gains; the charge is filled in.
    model
        Noise, clipping, overlaps of the bins.

    Returns
    -------
    ndarray, shape (n, s)
        Signals in VEM.
    """
    totals = np.empty(normals.shape)
    e, bins = model.electronics, model.bins
    for shower in range(normals.shape[0]):
        for station in range(normals.shape[1]):
            place = (shower, station)
            muons, em = arrived[shower, station, 0], arrived[shower, station, 1]
            n, gain = muons + em, channels.gain[place]
            squares, effective = 0.0, 1.0
            if n > 0.0:
                medians = mean.muon_median[place], mean.em_median[place]
                pp, qq, pq = _overlap(model.overlaps, medians[0], medians[1])
                pairs = muons * muons * pp + em * em * qq + 2.0 * muons * em * pq
                squares = n + pairs - muons * pp - em * qq
                effective = min(n * n / max(pairs, SMALLEST_PART), bins)
            # As if the particles fell evenly into the effective number of bins.
            occupancy = n / effective
            weight = effective * exp(-occupancy)
            total = gain * n + bins * e.pedestal + (bins - effective) * model.clipping[0, 0]
            variance = gain * gain * e.bin_noise * e.bin_noise * squares
            variance += bins * e.pedestal_sd**2 + (bins - effective) * model.clipping[0, 1]
            third = (bins - effective) * model.clipping[0, 2]
            for particles in range(CLIPPED):
                total += weight * model.clipping[particles, 0]
                variance += weight * model.clipping[particles, 1]
                third += weight * model.clipping[particles, 2]
                weight *= occupancy / (particles + 1)
            if variance > 0.0:
                z, sd = normals[place], sqrt(variance)
                total += sd * (z + third / (sd * sd * sd) / 6.0 * (z * z - 1.0))
            channels.charge[place] = gain * n
            totals[place] = max(total, 0.0)
    return totals
