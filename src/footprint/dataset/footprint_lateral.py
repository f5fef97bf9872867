"""Core and size of an air shower: a lateral distribution fitted to one event's signals."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.config.footprint_features import GROUPS
from footprint.dataset.footprint_front import Floats, Fronts

REFERENCE_M = 1000.0
"""Distance at which the size is quoted."""
FREE_CORE = 5
"""Stations from which on the core is free of the barycentre."""
MODEL_SD = 0.01
"""How well the form describes a shower, log10 of the signal."""
HELD = 0.3
"""With fewer, how far it may move, in units of the stations' spacing."""
STEPS = 40
PRECISION_M = 1e-6
STIFFEST = 1e8
BEND_SD = 0.7
"""Expected change of the slope per decade of distance."""


class Settings(NamedTuple):
    """What is known beforehand; meanings in `footprint.config.derived`."""

    slope: float
    slope_sd: float
    flat_within_m: float
    noise_VEM: float
    timing_ns: float
    pedestal_VEM: float
    bin_ns: float


class _Problem(NamedTuple):
    """One event's fit: stations (3, n), log10 of signals and their weights, axis, what is known.

    ``hold`` keeps the core at ``centre``: inverse variance in 1/m2.
    """

    places: Floats
    lg: Floats
    weights: Floats
    axis: Floats
    centre: Floats
    hold: float
    settings: Settings


class Laterals(NamedTuple):
    """Fits of n events: ``core`` (n, 2) and distances ``r`` (n, stations) from the axis in m.

    ``features`` (n, ...) stand in the order of the configuration's group `lateral`.
    """

    core: Floats
    r: Floats
    features: Floats


def lateral_distributions(
    stations: Floats, hit: NDArray[np.int64], fronts: Fronts, settings: Settings
) -> Laterals:
    """Fit a lateral distribution to each event.

    Parameters
    ----------
    stations
        Signal in VEM (pedestal subtracted), time, x, y and z in m, shape (n, 5, stations), by
        falling signal.
    hit
        Stations of each event that were hit; they come first. Shape (n,).
    fronts
        Plane fits. Where they failed, the core is the barycentre.
    settings
        What is known beforehand.
    """
    events, _, width = stations.shape
    core, r = np.zeros((events, 2)), np.full((events, width), np.nan)
    features = np.full((events, len(GROUPS["lateral"])), np.nan)
    _loop(stations, hit, fronts, settings, Laterals(core, r, features))
    return Laterals(core, r, features)


@compiled
def _loop(stations: Floats, hit: Any, fronts: Fronts, settings: Settings, found: Laterals) -> None:
    for event in range(len(stations)):
        n = hit[event]
        if n == 0:
            continue
        places, signal = stations[event, 2:, :n], stations[event, 0, :n]
        core, axis, out = found.core[event], fronts.axis[event], found.features[event]
        centre = barycentre(places, signal)
        core[:] = centre
        if not fronts.failed[event]:
            _features(places, signal, axis, settings, core, out)
        out[7] = math.hypot(core[0] - centre[0], core[1] - centre[1])
        out[8] = math.hypot(core[0], core[1])
        found.r[event, :n] = distances(places, core, axis)


@compiled
def _features(  # noqa: PLR0917 - inputs, then outputs
    places: Floats, signal: Floats, axis: Floats, settings: Settings, core: Floats, out: Floats
) -> None:
    fitted, error, residual = lateral_fit(places, signal, axis, settings)
    core[:] = fitted[:2]
    out[0] = fitted[2]
    for k in range(2):
        decades = math.log10(1.5 if k else 0.6)
        out[1 + k] = fitted[2] + fitted[3] * decades + 0.5 * fitted[4] * decades**2
    out[3], out[4] = fitted[3], error
    if len(signal) >= FREE_CORE:
        weights = lg_weights(signal, settings.noise_VEM)
        out[5] = fitted[4]
        out[6] = (weights * residual**2).sum() / (len(signal) - 3)
        moments(places, core, axis, weights * residual, out[9:])
        out[9:12] /= weights.sum()


@compiled
def distances(places: Floats, core: Floats, axis: Floats) -> Any:
    """Perpendicular distances of stations (3, n) from the shower's axis in m, shape (n,)."""
    dx, dy, z = places[0] - core[0], places[1] - core[1], places[2]
    along = dx * axis[0] + dy * axis[1] + z * axis[2]
    return np.sqrt(np.maximum(dx**2 + dy**2 + z**2 - along**2, 0.0))


@compiled
def barycentre(places: Floats, signal: Floats) -> Any:
    """Mean position weighted by the signals' square roots, shape (2,), in m."""
    weights = np.sqrt(signal)
    total = weights.sum()
    return np.array([(weights * places[0]).sum() / total, (weights * places[1]).sum() / total])


@compiled
def lg_weights(signal: Floats, noise: float) -> Any:
    """Inverse variances of log10 of the signals: Poisson, noise, and the model's own error."""
    variance = (signal + noise**2) / (math.log(10.0) * signal) ** 2
    return 1.0 / (variance + MODEL_SD**2)


@compiled
def lateral_fit(places: Floats, signal: Floats, axis: Floats, settings: Settings) -> Any:
    """Fit lg S = lg S1000 + slope d + bend d^2 / 2, d = lg(max(r, flat) / 1000 m), and the core.

    Damped Gauss-Newton steps from the barycentre. Slope and bend are held by their expectations,
    and with few stations the core by the barycentre.

    Parameters
    ----------
    places
        x, y, z of the stations in m, shape (3, stations), by falling signal.
    signal
        Signals in VEM, pedestal subtracted, all positive.
    axis
        Upward unit vector.
    settings
        What is known beforehand.

    Returns
    -------
    tuple
        Core x and y in m, lg S1000, slope and bend, shape (5,); standard error of the slope;
        residuals of lg S.
    """
    near = _spacing(places)
    centre = barycentre(places, signal)
    hold = 1.0 / (HELD * near) ** 2 if len(signal) < FREE_CORE else 0.0
    lg, weights = np.log10(signal), lg_weights(signal, settings.noise_VEM)
    problem = _Problem(places, lg, weights, axis, centre, hold, settings)
    p = np.array([centre[0], centre[1], 0.0, settings.slope, 0.0])
    p[2] = (weights * _misses(problem, p)).sum() / weights.sum()
    best, damping, length = _misfit(problem, p), 1e-3, np.inf
    matrix, vector = _normal_equations(problem, p)
    for _ in range(STEPS):
        damped = matrix.copy()
        for k in range(len(p)):
            damped[k, k] += damping * matrix[k, k] + 1e-12
        change = solve(damped, vector)
        length = math.hypot(change[0], change[1])
        if length > near / 2:
            change *= near / 2 / length
        found = _misfit(problem, p + change)
        if found <= best:
            p, best, damping = p + change, found, damping * 0.1
            matrix, vector = _normal_equations(problem, p)
            if length < PRECISION_M:
                break
        elif damping > STIFFEST:
            break
        else:
            damping = damping * 10 + 1e-6
    error = math.sqrt(max(solve(matrix, np.array([0.0, 0.0, 0.0, 1.0, 0.0]))[3], 0.0))
    return p, error, _misses(problem, p)


@compiled
def _spacing(places: Floats) -> float:
    """Distance from the largest station to its nearest neighbour in m."""
    near = np.inf
    for other in range(1, places.shape[1]):
        dx, dy = places[0, other] - places[0, 0], places[1, other] - places[1, 0]
        near = min(near, math.hypot(dx, dy))
    return near if math.isfinite(near) and near > 1 else REFERENCE_M


@compiled
def _misses(problem: _Problem, p: Floats) -> Any:
    r = np.maximum(distances(problem.places, p, problem.axis), problem.settings.flat_within_m)
    decades = np.log10(r / REFERENCE_M)
    return problem.lg - p[2] - p[3] * decades - 0.5 * p[4] * decades**2


@compiled
def _misfit(problem: _Problem, p: Floats) -> float:
    known, centre = problem.settings, problem.centre
    return float(
        (problem.weights * _misses(problem, p) ** 2).sum()
        + problem.hold * ((p[0] - centre[0]) ** 2 + (p[1] - centre[1]) ** 2)
        + ((p[3] - known.slope) / known.slope_sd) ** 2
        + (p[4] / BEND_SD) ** 2
    )


@compiled
def _normal_equations(problem: _Problem, p: Floats) -> Any:
    matrix, vector, slopes = np.zeros((5, 5)), np.zeros(5), np.zeros(5)
    places, axis, known = problem.places, problem.axis, problem.settings
    r = distances(places, p, axis)
    for i in range(len(r)):
        dx, dy = places[0, i] - p[0], places[1, i] - p[1]
        along = dx * axis[0] + dy * axis[1] + places[2, i] * axis[2]
        decades = math.log10(max(r[i], known.flat_within_m) / REFERENCE_M)
        steep = (p[3] + p[4] * decades) / math.log(10.0)
        outside = steep / r[i] ** 2 if r[i] > known.flat_within_m else 0.0
        slopes[0] = -outside * (dx - along * axis[0])
        slopes[1] = -outside * (dy - along * axis[1])
        slopes[2], slopes[3], slopes[4] = 1.0, decades, 0.5 * decades**2
        miss = problem.lg[i] - p[2] - p[3] * decades - p[4] * slopes[4]
        for j in range(5):
            vector[j] += problem.weights[i] * slopes[j] * miss
            for k in range(5):
                matrix[j, k] += problem.weights[i] * slopes[j] * slopes[k]
    for j in range(2):
        matrix[j, j] += problem.hold + 1e-12
        vector[j] -= problem.hold * (p[j] - problem.centre[j])
    matrix[3, 3] += 1.0 / known.slope_sd**2
    vector[3] -= (p[3] - known.slope) / known.slope_sd**2
    matrix[4, 4] += 1.0 / BEND_SD**2
    vector[4] -= p[4] / BEND_SD**2
    return matrix, vector


@compiled
def solve(matrix: Floats, vector: Floats) -> Any:
    """Solve a small positive definite system by elimination; zeros where it is singular."""
    size = len(vector)
    upper, right = matrix.copy(), vector.copy()
    for row in range(size):
        pivot = upper[row, row]
        if not pivot > 1e-12 * matrix[row, row] or not math.isfinite(pivot):
            return np.zeros(size)
        for below in range(row + 1, size):
            factor = upper[below, row] / pivot
            upper[below] -= factor * upper[row]
            right[below] -= factor * right[row]
    for row in range(size - 1, -1, -1):
        for column in range(row + 1, size):
            right[row] -= upper[row, column] * right[column]
        right[row] /= upper[row, row]
    return right


@compiled
def moments(places: Floats, core: Floats, axis: Floats, values: Floats, out: Floats) -> None:
    """Sum values times cosine, sine and cosine of the double angle about the axis.

    The angle is 0 where the shower comes from, so that stations hit early are there.
    """
    sine = math.hypot(axis[0], axis[1])
    east, north = (axis[0] / sine, axis[1] / sine) if sine > 0 else (1.0, 0.0)
    r = distances(places, core, axis)
    out[:3] = 0.0
    for i in range(len(r)):
        if r[i] > 0:
            dx, dy, dz = places[0, i] - core[0], places[1, i] - core[1], places[2, i]
            cosine = ((dx * east + dy * north) * axis[2] - dz * sine) / r[i]
            sinus = (dy * east - dx * north) / r[i]
            out[0] += values[i] * cosine
            out[1] += values[i] * sinus
            out[2] += values[i] * (cosine**2 - sinus**2)
