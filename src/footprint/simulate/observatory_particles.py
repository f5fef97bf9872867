"""Particles in the time bins of the stations, drawn one by one or as binned counts.

The counts of N particles over bins with probabilities p_k are multinomial. Drawn bin after bin,
each is binomial among the particles still left, with p_k over the probability still left: the
same distribution as that of N single particles, in a time that does not grow with N.

Random numbers come from xoshiro256++ (D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47 (2021)
36), whose four words a block's own stream has filled: a generator that is compiled along with
what it is used for is several times faster than one that is called.
"""

from math import exp, floor, lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from footprint.compiled import compiled
from footprint.simulate.observatory_means import Arrival, Means, Timing

Floats = NDArray[np.float64]
State = NDArray[np.uint64]

FEW = 400
"""Up to so many particles it is faster to draw each."""
SMALL_MEAN = 10.0
"""Binomials of a smaller mean are drawn by inversion, others by rejection."""
REACH = 8.0
STEPS = 64
"""Normal distribution: tabulated within +-REACH, STEPS to a unit, between by cubics (to 1e-10)."""
_NODES = np.arange(-REACH * STEPS, REACH * STEPS + 1) / STEPS
NORMAL = np.stack([ndtr(_NODES), np.exp(-0.5 * _NODES**2) / np.sqrt(2 * np.pi) / STEPS], axis=1)
"""Normal distribution at the nodes, and its slope per step."""

LAYERS = 256
TAIL = 3.6541528853610088
"""Where the lowest of 256 layers of equal area under the normal curve ends (Marsaglia, Tsang)."""
UNIT = 2.0**-53
SMALLEST = 1e-300


def _layers() -> Floats:
    """Edges of the layers, from the lowest's to the top's, which ends at 0."""
    area = TAIL * exp(-0.5 * TAIL**2) + sqrt(2 * np.pi) * float(ndtr(-TAIL))
    edges = np.zeros(LAYERS + 1)
    edges[0], edges[1] = area * exp(0.5 * TAIL**2), TAIL
    for i in range(2, LAYERS):
        edges[i] = sqrt(-2 * log(area / edges[i - 1] + exp(-0.5 * edges[i - 1] ** 2)))
    return edges


ZIGGURAT = _layers()
HEIGHTS = np.exp(-0.5 * ZIGGURAT**2)


def state_of(rng: np.random.Generator) -> State:
    """Start a compiled generator from a random stream."""
    return rng.integers(1, 2**64, 4, dtype=np.uint64)


def draw_normals(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: type[np.floating[Any]] = np.float64
) -> NDArray[Any]:
    """Draw standard normal numbers from a random stream, several times faster than NumPy."""
    values = np.empty(shape, dtype)
    fill_normals(state_of(rng), values.ravel())
    return values


@compiled
def word(state: State) -> Any:
    """Draw 64 random bits."""
    total = state[0] + state[3]
    result = ((total << np.uint64(23)) | (total >> np.uint64(41))) + state[0]
    shifted = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return result


@compiled
def uniform(state: State) -> float:
    """Draw a number within 0..1, never 0."""
    return (float(word(state) >> np.uint64(11)) + 0.5) * UNIT


@compiled
def fill_normals(state: State, out: Any) -> None:
    """Fill a flat array with standard normal numbers.

    The ziggurat of G. Marsaglia, W. Tsang, J. Stat. Softw. 5 (2000) 8. The words of `word` are
    made in place, without which it takes three times as long.
    """
    s0, s1, s2, s3 = state
    for i in range(len(out)):
        total = s0 + s3
        bits = ((total << np.uint64(23)) | (total >> np.uint64(41))) + s0
        shifted = s1 << np.uint64(17)
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
        layer, x = _in_layer(bits)
        if abs(x) >= ZIGGURAT[layer + np.uint64(1)]:
            state[0], state[1], state[2], state[3] = s0, s1, s2, s3
            x = _outside(state, layer, x)
            s0, s1, s2, s3 = state
        out[i] = x
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3


@compiled
def _in_layer(bits: Any) -> Any:
    """Turn 8 bits into a layer, and 54 others into a number within it."""
    layer = bits & np.uint64(LAYERS - 1)
    return layer, (float(np.int64(bits) >> np.int64(10)) + 0.5) * UNIT * ZIGGURAT[layer]


@compiled
def _outside(state: State, layer: Any, x: float) -> float:
    """Decide on a number that does not lie wholly under the curve."""
    while True:
        if layer == 0:
            return _tail(state) if x > 0 else -_tail(state)
        low, high = HEIGHTS[layer], HEIGHTS[layer + np.uint64(1)]
        if low + uniform(state) * (high - low) < exp(-0.5 * x * x):
            return x
        layer, x = _in_layer(word(state))
        if abs(x) < ZIGGURAT[layer + np.uint64(1)]:
            return x


@compiled
def _tail(state: State) -> float:
    while True:
        x = -log(uniform(state)) / TAIL
        if -2.0 * log(uniform(state)) > x * x:
            return TAIL + x


@compiled
def beyond(z: float) -> float:
    """Probability that a standard normal number exceeds z, by Hermite's interpolation."""
    position = (REACH - z) * STEPS
    if position <= 0.0:
        return 0.0
    if position >= 2.0 * REACH * STEPS:
        return 1.0
    node = int(position)
    t = position - node
    f0, d0, f1, d1 = NORMAL[node, 0], NORMAL[node, 1], NORMAL[node + 1, 0], NORMAL[node + 1, 1]
    a = 2.0 * (f0 - f1) + d0 + d1
    return float(((a * t + (f1 - f0 - d0 - a)) * t + d0) * t + f0)


@compiled
def binomial(state: State, n: int, p: float) -> int:
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
    few = n * small < SMALL_MEAN
    k = _by_inversion(state, n, small) if few else _by_rejection(state, n, small)
    return n - k if flipped else k


@compiled
def _by_inversion(state: State, n: int, p: float) -> int:
    odds = p / (1.0 - p)
    start = exp(n * log(1.0 - p))
    while True:
        k, probability, left = 0, start, uniform(state)
        while left > probability and k < n:
            left -= probability
            k += 1
            probability *= odds * (n - k + 1) / k
            if probability < SMALLEST:
                break
        if left <= probability:  # else the tail has run out, by rounding
            return k


@compiled
def _by_rejection(state: State, n: int, p: float) -> int:
    spread = sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre = n * p + 0.5
    narrow = 0.92 - 4.2 / b
    while True:
        u = uniform(state) - 0.5
        v = uniform(state)
        inside = 0.5 - abs(u)
        k = floor((2.0 * a / inside + b) * u + centre)
        if inside >= 0.07 and v <= narrow:  # noqa: PLR2004 - constants of the algorithm
            return int(k)
        if 0 <= k <= n:
            weight = v * (2.83 + 5.1 / b) * spread / (a / (inside * inside) + b)
            if log(weight) <= _over_mode(n, p, k):
                return int(k)


@compiled
def _over_mode(n: int, p: float, k: float) -> float:
    """Logarithm of a binomial probability over that of the most probable number."""
    mode = floor((n + 1) * p)
    ways = log_factorial(mode) + log_factorial(n - mode) - log_factorial(k) - log_factorial(n - k)
    return ways + (k - mode) * log(p / (1.0 - p))


@compiled
def log_factorial(k: float) -> float:
    """Logarithm of k!, to 1e-10, by Stirling's series."""
    x = k + 1.0
    if x < 10.0:  # noqa: PLR2004
        return lgamma(x)
    square = 1.0 / (x * x)
    series = (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0)) / x
    return (x - 0.5) * log(x) - x + 0.9189385332046727 + series


@compiled
def count(mean: float, normal: float) -> int:
    """Turn a mean and a standard normal number into the number of particles."""
    return max(int(mean + sqrt(mean) * normal), 0)


@compiled
def arrival_of(muon_median: float, em_median: float, kind: int, timing: Timing) -> Arrival:
    """Say when muons (kind 0), or electrons and photons (kind 1), arrive in a station."""
    if kind == 0:
        return Arrival(log(muon_median), 0.0, timing.spread, timing.width)
    shift = max(em_median - muon_median, 0.0) / timing.divisor
    return Arrival(log(em_median), shift, timing.spread, timing.width)


@compiled
def draw_times(state: State, n: int, arrival: Arrival, normals: Floats, trace: Any) -> None:
    """Draw the arrival of each of a few particles and add them to a trace."""
    fill_normals(state, normals[:n])
    for i in range(n):
        time = arrival.shift + exp(arrival.log_median + arrival.spread * normals[i])
        place = time / arrival.width
        if place < len(trace):
            trace[int(place)] += 1


@compiled
def draw_counts(state: State, n: int, arrival: Arrival, trace: Any) -> None:
    """Draw the counts of many particles bin by bin and add them to a trace."""
    left, remaining = n, 1.0
    for k in range(int(arrival.shift / arrival.width), len(trace)):
        edge = (k + 1) * arrival.width - arrival.shift
        if edge <= 0.0:
            continue
        after = beyond((log(edge) - arrival.log_median) / arrival.spread)
        arrived = binomial(state, left, (remaining - after) / remaining)
        trace[k] += arrived
        left -= arrived
        remaining = after
        if left == 0 or remaining <= 0.0:
            break


@compiled
def fill_traces(state: State, mean: Means, normals: Any, timing: Timing, traces: Any) -> None:
    """Draw the particles of all stations and count them in time bins.

    Parameters
    ----------
    state
        Generator of the arrival times.
    mean
        What n showers give in s stations.
    normals
        Standard normal numbers for the fluctuation of both kinds' numbers, shape (n, s, 2).
    timing
        What all arrival times have in common.
    traces
        Filled with counts, shape (n, s, bins), zero at first.
    """
    few = np.empty(FEW)
    muons, em, muon_median, em_median = mean
    for i in range(traces.shape[0]):
        for j in range(traces.shape[1]):
            for kind in range(2):
                n = count(muons[i, j] if kind == 0 else em[i, j], normals[i, j, kind])
                if n == 0:
                    continue
                arrival = arrival_of(muon_median[i, j], em_median[i, j], kind, timing)
                if n <= FEW:
                    draw_times(state, n, arrival, few, traces[i, j])
                else:
                    draw_counts(state, n, arrival, traces[i, j])


@compiled
def count_in_time(state: State, mean: Means, normals: Any, timing: Timing, arrived: Any) -> None:
    """Draw how many particles of all stations arrive before the end of the trace.

    Parameters
    ----------
    state, mean, normals, timing
        As in `fill_traces`.
    arrived
        Filled with the numbers of muons and of electrons and photons, shape (n, s, 2).
    """
    window = timing.bins * timing.width
    muons, em, muon_median, em_median = mean
    for i in range(arrived.shape[0]):
        for j in range(arrived.shape[1]):
            for kind in range(2):
                n = count(muons[i, j] if kind == 0 else em[i, j], normals[i, j, kind])
                if n == 0:
                    continue
                arrival = arrival_of(muon_median[i, j], em_median[i, j], kind, timing)
                late = 1.0
                if window > arrival.shift:
                    z = (log(window - arrival.shift) - arrival.log_median) / arrival.spread
                    late = beyond(z)
                arrived[i, j, kind] = n - binomial(state, n, late)
