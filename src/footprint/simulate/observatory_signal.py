"""What the stations can expect of a shower: mean signals, arrival of particles and of the front.

The formulas of Erdmann, Glombitza, Walz, Astropart. Phys. 97 (2018) 46, written down in
`docs/physics/observatory.md`.
"""

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.config.observatory import ObservatoryOptions
from footprint.config.shower_models import LateralModel
from footprint.simulate.array import StationArray
from footprint.simulate.atmosphere import atmosphere_of
from footprint.simulate.observatory_means import Means
from footprint.simulate.observatory_primaries import Primaries, on_axis

Floats = NDArray[np.float64]
NS_PER_S = 1e9
REFERENCE_M = 1000.0
TINY = 1e-6
"""Smallest distance in m and depth in g/cm2 that the power laws are asked for."""


class Constants(NamedTuple):
    """Numbers of the options in the order in which the compiled function takes them."""

    muon_exponent: float
    em_exponent: float
    inner_radius: float
    depth_scale: float
    muon_depth_exponent: float
    em_depth_exponent: float
    largest_depth_factor: float
    largest_signal: float
    muon_start: float
    muon_growth: float
    muon_slope: float
    em_start: float
    em_growth: float
    em_slope: float
    radius: float
    exponent: float


class Geometry(NamedTuple):
    """Where n showers are, and how strong, in the order in which the compiled function asks.

    Attributes
    ----------
    core, axis, maximum
        Positions in m and upward unit vectors, shapes (n, 2), (n, 3) and (n, 3).
    depth
        Vertical depth of the maximum in g/cm2, shape (n,).
    muons, em
        Signals at 1000 m in VEM, shapes (n,).
    """

    core: Floats
    axis: Floats
    maximum: Floats
    depth: Floats
    muons: Floats
    em: Floats


def constants_of(options: ObservatoryOptions) -> Constants:
    """Collect the constants of the signal and arrival model."""
    lateral, arrival = options.lateral, options.arrival
    return Constants(
        lateral.muon_exponent,
        lateral.em_exponent,
        lateral.inner_radius_m,
        lateral.depth_scale_g_cm2,
        lateral.muon_depth_exponent,
        lateral.em_depth_exponent,
        lateral.largest_depth_factor,
        lateral.largest_signal_VEM,
        arrival.muon_start_ns,
        arrival.muon_growth_ns,
        arrival.muon_depth_slope,
        arrival.em_start_ns,
        arrival.em_growth_ns,
        arrival.em_depth_slope,
        arrival.radius_m,
        arrival.exponent,
    )


def signals_at_1000_m(
    options: ObservatoryOptions, primaries: Primaries, relative_muons: Floats
) -> tuple[Floats, Floats]:
    """Signals of muons and of electrons and photons at 1000 m from the axis, shapes (n,), in VEM.

    The mean shower of a nucleus divides the same sum as a proton's, as published; fluctuations
    and `muon_scale` come on top and change the muons alone.
    """
    lateral = options.lateral
    total = options.signal_at_1000_m_VEM * 10.0 ** (primaries.lg_energy - 19.0)
    mean_muons = lateral.muon_share * primaries.mass_number**options.muons.mass_exponent
    unit = total / (mean_muons + lateral.em_share)
    return lateral.muon_share * relative_muons * unit, lateral.em_share * unit


def muon_fraction(lateral: LateralModel, relative_muons: Floats) -> Floats:
    """Part of the muons in the signal at 1000 m, shape (n,)."""
    muons = lateral.muon_share * relative_muons
    return np.asarray(muons / (muons + lateral.em_share))


def expected(
    options: ObservatoryOptions,
    array: StationArray,
    primaries: Primaries,
    maximum: Floats,
    relative_muons: Floats,
) -> Means:
    """Work out what each station can expect of each shower.

    Parameters
    ----------
    options, array
        Model and stations, s of them.
    primaries, maximum, relative_muons
        Showers: primaries, positions of the maximum in m, shape (n, 3), relative muons.
    """
    atmosphere = atmosphere_of(options.atmosphere)
    stations = array.positions
    ground = np.where(array.exists.ravel(), stations[:, 2], 0.0) + options.altitude_m
    showers = Geometry(
        primaries.core,
        primaries.axis,
        maximum,
        atmosphere.depth(maximum[:, 2] + options.altitude_m),
        *signals_at_1000_m(options, primaries, relative_muons),
    )
    mean = Means(*np.zeros((4, len(primaries.core), len(stations))))
    _expect(stations, atmosphere.depth(ground), showers, constants_of(options), mean)
    return mean


@compiled
def _expect(
    stations: Floats, ground_depth: Floats, showers: Geometry, c: Constants, mean: Means
) -> None:
    for n in range(len(showers.core)):
        for s in range(len(stations)):
            z = stations[s, 2]
            if np.isnan(z):
                continue
            x, y = stations[s, 0] - showers.core[n, 0], stations[s, 1] - showers.core[n, 1]
            axis, maximum = showers.axis[n], showers.maximum[n]
            along = x * axis[0] + y * axis[1] + z * axis[2]
            distance = sqrt(max(x * x + y * y + z * z - along * along, TINY))
            dx, dy, up = maximum[0] - stations[s, 0], maximum[1] - stations[s, 1], maximum[2] - z
            cosine = up / sqrt(dx * dx + dy * dy + up * up)
            # A station above the maximum sees it as close as can be.
            depth = max((ground_depth[s] - showers.depth[n]) / cosine, TINY) if up > 0.0 else TINY
            log_r = log(max(distance, c.inner_radius) / REFERENCE_M)
            log_x = log(depth / c.depth_scale)
            muon_factor = min(exp(-c.muon_depth_exponent * log_x), c.largest_depth_factor)
            em_factor = min(exp(-c.em_depth_exponent * log_x), c.largest_depth_factor)
            muons = showers.muons[n] * exp(-c.muon_exponent * log_r) * muon_factor
            em = showers.em[n] * exp(-c.em_exponent * log_r) * em_factor
            scale = min(c.largest_signal / (muons + em), 1.0)
            mean.muons[n, s] = scale * muons
            mean.em[n, s] = scale * em
            growth = exp(c.exponent * log(distance / c.radius))
            muon_growth = c.muon_growth * max(1.0 - c.muon_slope * depth / 1000.0, 0.0)
            em_growth = c.em_growth * max(1.0 - c.em_slope * depth / 1000.0, 0.0)
            mean.muon_median[n, s] = c.muon_start + muon_growth * growth
            mean.em_median[n, s] = c.em_start + em_growth * growth


def front_arrival(
    options: ObservatoryOptions, array: StationArray, primaries: Primaries, xmax: Floats
) -> Floats:
    """Work out when the front arrives, after its arrival at the core.

    Parameters
    ----------
    options, array
        Model and stations, s of them.
    primaries, xmax
        Showers, n of them, and their Xmax in g/cm2.

    Returns
    -------
    ndarray, shape (n, s)
        Times in ns, NaN where there is no station.
    """
    core = np.pad(primaries.core, ((0, 0), (0, 1)))
    stations = array.positions
    ns_per_m = NS_PER_S / options.light_speed_m_s
    if options.front == "plane":
        axis = primaries.axis
        from_core = (stations[:, k] - core[:, k, None] for k in range(3))
        return -ns_per_m * sum(
            (step * axis[:, k, None] for k, step in enumerate(from_core)), start=np.zeros(1)
        )
    atmosphere = atmosphere_of(options.atmosphere)
    origin = on_axis(atmosphere, options.altitude_m, primaries, options.sphere_origin * xmax)
    to_stations = np.linalg.norm(stations - origin[:, None, :], axis=2)
    to_core = np.linalg.norm(origin - core, axis=1)
    return np.asarray(ns_per_m * (to_stations - to_core[:, None]))
