"""What the stations can expect of a shower: mean signals, arrival of particles and of the front.

The formulas of Erdmann, Glombitza, Walz, Astropart. Phys. 97 (2018) 46, written down in
`docs/physics/observatory.md`.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import LateralModel, ObservatoryOptions
from footprint.simulate.array import StationArray
from footprint.simulate.atmosphere import atmosphere_of
from footprint.simulate.compiled import compiled
from footprint.simulate.observatory_primaries import Primaries, on_axis

Floats = NDArray[np.float64]
NS_PER_S = 1e9
REFERENCE_M = 1000.0


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


@dataclass(frozen=True)
class Expected:
    """What n showers give in s stations on average, each of shape (n, s).

    Attributes
    ----------
    muons, em
        Mean numbers of muons and of electrons and photons, in VEM; 0 where there is no station.
    muon_median, em_median
        Medians of their arrival times after the front in ns.
    """

    muons: Floats
    em: Floats
    muon_median: Floats
    em_median: Floats


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
) -> Expected:
    """Work out what each station can expect of each shower.

    Parameters
    ----------
    options, array
        Model and stations, s of them.
    primaries, maximum, relative_muons
        Showers: primaries, positions of the maximum in m, shape (n, 3), relative muons.
    """
    atmosphere = atmosphere_of(options.atmosphere)
    stations = np.stack([array.x.ravel(), array.y.ravel(), array.z.ravel()], axis=1)
    ground = np.where(array.exists.ravel(), stations[:, 2], 0.0) + options.altitude_m
    muons, em = signals_at_1000_m(options, primaries, relative_muons)
    shape = (len(primaries.core), len(stations))
    result = Expected(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape))
    _expect(
        stations,
        atmosphere.depth(ground),
        primaries.core,
        primaries.axis,
        maximum,
        np.asarray(atmosphere.depth(maximum[:, 2] + options.altitude_m)),
        muons,
        em,
        constants_of(options),
        result.muons,
        result.em,
        result.muon_median,
        result.em_median,
    )
    return result


@compiled
def _expect(
    stations: Floats,
    ground_depth: Floats,
    core: Floats,
    axis: Floats,
    maximum: Floats,
    maximum_depth: Floats,
    muons_at_1000_m: Floats,
    em_at_1000_m: Floats,
    c: Constants,
    muons: Floats,
    em: Floats,
    muon_median: Floats,
    em_median: Floats,
) -> None:
    for shower in range(len(core)):
        for station in range(len(stations)):
            if stations[station, 0] != stations[station, 0]:  # noqa: PLR0124 - NaN, no station
                continue
            x = stations[station, 0] - core[shower, 0]
            y = stations[station, 1] - core[shower, 1]
            z = stations[station, 2]
            along = x * axis[shower, 0] + y * axis[shower, 1] + z * axis[shower, 2]
            distance = sqrt(max(x * x + y * y + z * z - along * along, 1e-6))
            up = maximum[shower, 2] - z
            dx = maximum[shower, 0] - stations[station, 0]
            dy = maximum[shower, 1] - stations[station, 1]
            cosine = up / sqrt(dx * dx + dy * dy + up * up)
            # A station above the maximum sees it as close as can be.
            depth = (ground_depth[station] - maximum_depth[shower]) / cosine if up > 0 else 0.0
            depth = max(depth, 1e-6)
            lg_r = log(max(distance, c.inner_radius) / REFERENCE_M)
            lg_x = log(depth / c.depth_scale)
            mu_depth = min(exp(-c.muon_depth_exponent * lg_x), c.largest_depth_factor)
            em_depth = min(exp(-c.em_depth_exponent * lg_x), c.largest_depth_factor)
            s_mu = muons_at_1000_m[shower] * exp(-c.muon_exponent * lg_r) * mu_depth
            s_em = em_at_1000_m[shower] * exp(-c.em_exponent * lg_r) * em_depth
            scale = min(c.largest_signal / (s_mu + s_em), 1.0)
            muons[shower, station] = s_mu * scale
            em[shower, station] = s_em * scale
            growth = exp(c.exponent * log(distance / c.radius))
            mu_slope = max(1.0 - c.muon_slope * depth / 1000.0, 0.0)
            em_slope = max(1.0 - c.em_slope * depth / 1000.0, 0.0)
            muon_median[shower, station] = c.muon_start + c.muon_growth * growth * mu_slope
            em_median[shower, station] = c.em_start + c.em_growth * growth * em_slope


def front_arrival(
    options: ObservatoryOptions, array: StationArray, primaries: Primaries, xmax: Floats
) -> Floats:
    """When the front arrives, after its arrival at the core.

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
    stations = np.stack([array.x.ravel(), array.y.ravel(), array.z.ravel()], axis=1)
    per_metre = NS_PER_S / options.light_speed_m_s
    core = np.pad(primaries.core, ((0, 0), (0, 1)))
    if options.front == "plane":
        axis = primaries.axis
        return (np.sum(core * axis, axis=1)[:, None] - axis @ stations.T) * per_metre
    atmosphere = atmosphere_of(options.atmosphere)
    origin = on_axis(atmosphere, options.altitude_m, primaries, options.sphere_origin * xmax)
    to_stations = np.sqrt(
        sum((stations[:, k] - origin[:, k, None]) ** 2 for k in range(3))  # type: ignore[arg-type]
    )
    to_core = np.linalg.norm(origin - core, axis=1)
    return np.asarray((to_stations - to_core[:, None]) * per_metre)
