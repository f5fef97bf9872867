"""Particles in the time bins of the stations, drawn one by one or as binned counts.

The counts of N particles over bins with probabilities p_k are multinomial. Drawn bin after bin,
each is binomial among the particles still left, with p_k over the probability still left: the
same distribution as that of N single particles, in a time that does not grow with N.
"""

from math import exp, floor, lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from footprint.simulate.compiled import compiled

Floats = NDArray[np.float64]

FEW = 30
"""Up to so many particles it is faster to draw each."""
SMALL_MEAN = 10.0
"""Binomials of a smaller mean are drawn by inversion, others by rejection."""
REACH = 8.0
STEPS = 64
"""Normal distribution: tabulated within +-REACH, STEPS to a unit, between by cubics (to 1e-10)."""
_NODES = np.arange(-REACH * STEPS, REACH * STEPS + 1) / STEPS
NORMAL = np.stack([ndtr(_NODES), np.exp(-0.5 * _NODES**2) / np.sqrt(2 * np.pi) / STEPS], axis=1)
"""Normal distribution at the nodes, and its slope per step."""


@compiled
def beyond(z: float, table: Floats) -> float:
    """Probability that a standard normal number exceeds z, by Hermite's interpolation."""
    position = (REACH - z) * STEPS
    if position <= 0.0:
        return 0.0
    if position >= 2.0 * REACH * STEPS:
        return 1.0
    node = int(position)
    t = position - node
    f0, d0, f1, d1 = table[node, 0], table[node, 1], table[node + 1, 0], table[node + 1, 1]
    a = 2.0 * (f0 - f1) + d0 + d1
    return ((a * t + (f1 - f0 - d0 - a)) * t + d0) * t + f0


@compiled
def binomial(rng: Any, n: int, p: float) -> int:
    """Draw a binomial number.

    Inversion for small means, else transformed rejection (BTRS of W. Hoermann, J. Stat. Comput.
    Simul. 46 (1993) 101), which takes the same time for any n.
    """
    if p >= 1.0:
        return n
    if p <= 0.0 or n == 0:
        return 0
    flipped = p > 0.5  # noqa: PLR2004
    small = 1.0 - p if flipped else p
    if n * small < SMALL_MEAN:
        k = _by_inversion(rng, n, small)
    else:
        k = _by_rejection(rng, n, small)
    return n - k if flipped else k


@compiled
def _by_inversion(rng: Any, n: int, p: float) -> int:
    q = 1.0 - p
    odds = p / q
    start = exp(n * np.log1p(-p))
    while True:
        k, probability, u = 0, start, rng.random()
        while u > probability:
            u -= probability
            k += 1
            if k > n:  # only by rounding
                break
            probability *= odds * (n - k + 1) / k
            if probability < 1e-300:  # noqa: PLR2004 - the tail has run out
                break
        else:
            return k


@compiled
def _by_rejection(rng: Any, n: int, p: float) -> int:
    q = 1.0 - p
    spread = sqrt(n * p * q)
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre = n * p + 0.5
    alpha = (2.83 + 5.1 / b) * spread
    narrow = 0.92 - 4.2 / b
    while True:
        u = rng.random() - 0.5
        v = rng.random()
        inside = 0.5 - abs(u)
        k = floor((2.0 * a / inside + b) * u + centre)
        if inside >= 0.07 and v <= narrow:  # noqa: PLR2004 - constants of the algorithm
            return int(k)
        if k < 0 or k > n:
            continue
        mode = floor((n + 1) * p)
        weight = log(v * alpha / (a / (inside * inside) + b))
        ratio = lgamma(mode + 1.0) + lgamma(n - mode + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)
        if weight <= ratio + (k - mode) * log(p / q):
            return int(k)


@compiled
def count(mean: float, normal: float) -> int:
    """Turn a mean and a standard normal number into the number of particles."""
    return max(int(mean + sqrt(mean) * normal), 0)


@compiled
def draw_times(
    rng: Any, n: int, log_median: float, shift: float, spread: float, width: float, trace: Any
) -> None:
    """Draw the arrival of each of a few particles and add them to a trace."""
    for _ in range(n):
        time = shift + exp(log_median + spread * rng.standard_normal())
        bin_ = int(time / width)
        if bin_ < len(trace):
            trace[bin_] += 1


@compiled
def draw_counts(
    rng: Any,
    n: int,
    log_median: float,
    shift: float,
    spread: float,
    width: float,
    table: Floats,
    trace: Any,
) -> None:
    """Draw the counts of many particles bin by bin and add them to a trace."""
    left, remaining = n, 1.0
    for k in range(int(shift / width), len(trace)):
        edge = (k + 1) * width - shift
        if edge <= 0.0:
            continue
        after = beyond((log(edge) - log_median) / spread, table)
        arrived = binomial(rng, left, (remaining - after) / remaining)
        trace[k] += arrived
        left -= arrived
        remaining = after
        if left == 0 or remaining <= 0.0:
            break


@compiled
def fill_traces(
    rng: Any,
    muons: Floats,
    em: Floats,
    muon_median: Floats,
    em_median: Floats,
    normals: Any,
    spread: float,
    divisor: float,
    width: float,
    table: Floats,
    traces: Any,
) -> None:
    """Draw the particles of all stations and count them in time bins.

    Parameters
    ----------
    rng
        Random stream of the arrival times.
    muons, em, muon_median, em_median
        Mean numbers and median arrival times in ns, shapes (n, s).
    normals
        Standard normal numbers for the fluctuation of both numbers, shape (n, s, 2).
    spread, divisor, width
        Sd of the logarithm of the times, divisor of the medians' difference, bin width in ns.
    table
        `NORMAL`.
    traces
        Filled with counts, shape (n, s, bins), zero at first.
    """
    for shower in range(len(muons)):
        for station in range(muons.shape[1]):
            trace = traces[shower, station]
            for kind in range(2):
                mean = muons[shower, station] if kind == 0 else em[shower, station]
                n = count(mean, normals[shower, station, kind])
                if n == 0:
                    continue
                median, shift = muon_median[shower, station], 0.0
                if kind == 1:
                    later = em_median[shower, station]
                    shift = max(later - median, 0.0) / divisor
                    median = later
                if n <= FEW:
                    draw_times(rng, n, log(median), shift, spread, width, trace)
                else:
                    draw_counts(rng, n, log(median), shift, spread, width, table, trace)


@compiled
def count_in_time(
    rng: Any,
    muons: Floats,
    em: Floats,
    muon_median: Floats,
    em_median: Floats,
    normals: Any,
    spread: float,
    divisor: float,
    window: float,
    table: Floats,
    arrived: Floats,
) -> None:
    """Draw how many particles of all stations arrive before the end of the trace.

    Parameters
    ----------
    rng, muons, em, muon_median, em_median, normals, spread, divisor, table
        As in `fill_traces`.
    window
        Length of the trace in ns.
    arrived
        Filled with the numbers of muons and of electrons and photons, shape (n, s, 2).
    """
    for shower in range(len(muons)):
        for station in range(muons.shape[1]):
            for kind in range(2):
                mean = muons[shower, station] if kind == 0 else em[shower, station]
                n = count(mean, normals[shower, station, kind])
                if n == 0:
                    continue
                median, shift = muon_median[shower, station], 0.0
                if kind == 1:
                    later = em_median[shower, station]
                    shift = max(later - median, 0.0) / divisor
                    median = later
                late = 1.0
                if window > shift:
                    late = beyond(log((window - shift) / median) / spread, table)
                arrived[shower, station, kind] = n - binomial(rng, n, late)
