"""Primaries of the observatory's showers, their maxima, and where these lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions
from footprint.errors import DataError
from footprint.simulate import xmax
from footprint.simulate.atmosphere import Atmosphere, atmosphere_of

Floats = NDArray[np.float64]
MOST_REDRAWS = 1000


@dataclass(frozen=True)
class Primaries:
    """What starts the showers, and from where they come; n of them.

    Attributes
    ----------
    mass_number, lg_energy
        A and log10(E/eV), shape (n,).
    zenith, azimuth
        Direction of origin in rad, shape (n,).
    core
        Where the axis meets the plane of the array's centre, in m, shape (n, 2).
    """

    mass_number: Floats
    lg_energy: Floats
    zenith: Floats
    azimuth: Floats
    core: Floats

    @property
    def axis(self) -> Floats:
        """Upward unit vectors, shape (n, 3)."""
        across = np.sin(self.zenith)
        return np.stack(
            [across * np.cos(self.azimuth), across * np.sin(self.azimuth), np.cos(self.zenith)],
            axis=1,
        )


def draw_primaries(
    rng: np.random.Generator, options: ObservatoryOptions, showers: int
) -> Primaries:
    """Draw masses, energies, directions and cores; always the same number of random numbers."""
    masses, abundances = np.array(list(options.masses.items()), dtype=np.float64).T
    edges = np.cumsum(abundances) / np.sum(abundances)
    uniform = rng.random((6, showers))
    chosen = np.searchsorted(edges[:-1], uniform[0], side="right")
    sine = np.sin(np.radians(options.zenith_max_deg)) * np.sqrt(uniform[2])
    largest = options.spacing_m / 2 if options.core_radius_m is None else options.core_radius_m
    radius, angle = largest * np.sqrt(uniform[4]), 2 * np.pi * uniform[5]
    return Primaries(
        mass_number=masses[chosen],
        lg_energy=_lg_energy(options, uniform[1]),
        zenith=np.arcsin(sine),
        azimuth=2 * np.pi * uniform[3],
        core=np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1),
    )


def _lg_energy(options: ObservatoryOptions, uniform: Floats) -> Floats:
    """Invert the distribution of log10 E, exponential with 1 - spectral_index."""
    lowest, highest = options.lg_energy
    slope = (1.0 - options.spectral_index) * np.log(10.0)
    width = highest - lowest
    if abs(slope) * width < 1e-9:  # noqa: PLR2004 - flat, to rounding
        return lowest + width * uniform
    return np.asarray(lowest + np.log1p(uniform * np.expm1(slope * width)) / slope)


def draw_maxima(
    rng: np.random.Generator, options: ObservatoryOptions, primaries: Primaries
) -> tuple[Floats, int]:
    """Draw Xmax; what lies too low above the ground is drawn again.

    Returns
    -------
    tuple
        Xmax in g/cm2, shape (n,), and how many first draws were rejected.

    Raises
    ------
    DataError
        Showers whose maximum does not come to lie high enough.
    """
    atmosphere = atmosphere_of(options.atmosphere)
    lowest = options.altitude_m + options.lowest_maximum_m
    deepest = np.asarray(atmosphere.depth(lowest) / np.cos(primaries.zenith))
    model = options.hadronic_model
    found = xmax.draw(rng, model, primaries.lg_energy, primaries.mass_number)
    again = np.flatnonzero(found >= deepest)
    rejected = len(again)
    for _ in range(MOST_REDRAWS):
        if not len(again):
            return found, rejected
        found[again] = xmax.draw(
            rng, model, primaries.lg_energy[again], primaries.mass_number[again]
        )
        again = again[found[again] >= deepest[again]]
    worst = again[0]
    msg = (
        f"no Xmax of a shower with A = {primaries.mass_number[worst]:g}, log10(E/eV) = "
        f"{primaries.lg_energy[worst]:.2f} and {np.degrees(primaries.zenith[worst]):.0f} degrees "
        f"lies above {lowest:g} m ({deepest[worst]:.0f} g/cm2) in {MOST_REDRAWS} draws: lower "
        f"altitude_m, lowest_maximum_m or lg_energy"
    )
    raise DataError(msg)


def on_axis(
    atmosphere: Atmosphere, altitude_m: float, primaries: Primaries, depth: Floats
) -> Floats:
    """Find the points of the axes under a slant depth.

    Parameters
    ----------
    atmosphere, altitude_m
        Where the array stands.
    primaries
        The axes, n of them.
    depth
        Slant depth of each point in g/cm2, shape (n,).

    Returns
    -------
    ndarray, shape (n, 3)
        Positions about the array's centre in m.
    """
    vertical = np.cos(primaries.zenith)
    distance = (atmosphere.height(depth * vertical) - altitude_m) / vertical
    points = distance[:, None] * primaries.axis
    points[:, :2] += primaries.core
    return points


def draw_relative_muons(
    rng: np.random.Generator, options: ObservatoryOptions, mass_number: Floats
) -> Floats:
    """Draw the muons over those of a mean proton shower: A^b, fluctuation and scale.

    Parameters
    ----------
    rng
        Random stream.
    options
        Options of the generator.
    mass_number
        A of each shower, shape (n,).
    """
    relative = options.muon_scale * mass_number**options.muons.mass_exponent
    spread = muon_fluctuation(options, mass_number)
    fluctuates = spread > 0
    relative[fluctuates] *= rng.gamma(spread[fluctuates] ** -2, spread[fluctuates] ** 2)
    return relative


def muon_fluctuation(options: ObservatoryOptions, mass_number: Floats) -> Floats:
    """Relative sd of the number of muons, interpolated in ln A."""
    given = sorted(options.muons.fluctuation.items())
    if not given:
        return np.zeros_like(mass_number)
    masses, spreads = np.array(given, dtype=np.float64).T
    return np.asarray(np.interp(np.log(mass_number), np.log(masses), spreads))
