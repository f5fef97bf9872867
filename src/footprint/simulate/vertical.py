"""Vertical air showers of one energy: the muons' footprint on a pixel grid.

After the toy showers of the RWTH Aachen tutorial (D. Walz, 2017). The reasons for the open
choices stand in ``docs/physics/vertical_showers.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.constants import speed_of_light
from scipy.special import ndtr, ndtri

from footprint.config.samples import VerticalShowersOptions
from footprint.files.hdf5 import Array, ArraySpec
from footprint.simulate import xmax
from footprint.simulate.atmosphere import US_STANDARD

Floats = NDArray[np.float64]

LIGHT_M_PER_NS = speed_of_light * 1e-9
RADIATION_LENGTH_G_CM2 = 36.66
"""Of air (Particle Data Group, Review of Particle Physics 2022)."""
REFERENCE_ENERGY_EEV = 10.0
FLUCTUATION_EXPONENT = -0.3
"""Muon-number fluctuations fall from 16 % (A = 1) to 5 % (A = 56) about as A^-0.3."""
TOP_G_CM2 = 10.0
"""No muon is produced above this depth: hardly any primary has interacted."""

ARRAYS = (
    ArraySpec("mass_number", "", "mass number A of the primary nucleus"),
    ArraySpec("xmax", "g/cm2", "slant depth of the shower maximum"),
    ArraySpec("muons_at_ground", "", "number of muons that reach the ground"),
    ArraySpec("filled_pixels", "", "number of pixels hit by at least one muon"),
    ArraySpec("core_x", "m", "core position along x from the centre of the grid"),
    ArraySpec("core_y", "m", "core position along y from the centre of the grid"),
    ArraySpec("muons", "", "number of muons in each pixel (x, y)"),
    ArraySpec("arrival_time", "ns", "earliest arrival in each pixel (x, y), NaN without muons"),
)


@dataclass(frozen=True)
class Muons:
    """Muons of several showers, one after the other.

    Attributes
    ----------
    shower
        Number of the shower each muon belongs to, shape (m,).
    x, y
        Position on the ground about the shower's core in m, shape (m,).
    delay
        Arrival after the shower front's arrival at the core in ns, shape (m,).
    """

    shower: NDArray[np.intp]
    x: Floats
    y: Floats
    delay: Floats


def mean_muons(options: VerticalShowersOptions, mass_number: Floats) -> Floats:
    """Mean number of muons at ground, proportional to E A^b."""
    scale = options.muons_at_10_EeV * options.energy_EeV / REFERENCE_ENERGY_EEV
    return np.asarray(scale * mass_number**options.mass_exponent)


def draw_muon_numbers(
    rng: np.random.Generator, options: VerticalShowersOptions, mass_number: Floats
) -> NDArray[np.int64]:
    """Draw the number of muons at ground of each shower.

    A Gamma distribution gives the fluctuation from shower to shower, Poisson's the counting.
    """
    mean = mean_muons(options, mass_number)
    spread = options.muon_fluctuation * mass_number**FLUCTUATION_EXPONENT
    if options.muon_fluctuation > 0:
        mean = mean * rng.gamma(spread**-2, spread**2)
    return rng.poisson(mean)


def production_depth_moments(
    options: VerticalShowersOptions, shower_maximum: Floats, mass_number: Floats
) -> tuple[Floats, Floats]:
    """Mean and sd of the muons' production depths in g/cm2.

    The mean lies above Xmax. The width is that of Greisen's profile at its maximum,
    sqrt(3/2 Xmax X0), widened for nuclei by the spread of their nucleons' first interactions.
    """
    shift = options.depth_shift_g_cm2 + options.depth_shift_per_lnA_g_cm2 * np.log(mass_number)
    profile = 1.5 * shower_maximum * RADIATION_LENGTH_G_CM2
    nucleons = options.interaction_spread_g_cm2**2 * (1.0 - 1.0 / mass_number)
    return shower_maximum - shift, np.sqrt(profile + nucleons)


def draw_truncated_normal(
    rng: np.random.Generator, mean: Floats, sd: Floats, low: float, high: float
) -> Floats:
    """Draw from normal distributions cut off at both sides, by inversion."""
    lowest, highest = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return np.asarray(mean + sd * ndtri(lowest + (highest - lowest) * rng.random(mean.shape)))


def draw_muons(
    rng: np.random.Generator,
    options: VerticalShowersOptions,
    shower_maximum: Floats,
    mass_number: Floats,
    counts: NDArray[np.int64],
) -> Muons:
    """Draw where and when the muons of several showers reach the ground.

    Parameters
    ----------
    rng
        Random stream.
    options
        Options of the generator.
    shower_maximum, mass_number, counts
        Xmax in g/cm2, A and number of muons of each shower, shape (n,).

    Returns
    -------
    Muons
        All sum(counts) of them.
    """
    shower = np.repeat(np.arange(len(counts)), counts)
    mean, sd = production_depth_moments(options, shower_maximum, mass_number)
    ground = options.ground_altitude_m
    deepest = float(US_STANDARD.depth(ground)) - 1.0
    depth = draw_truncated_normal(rng, mean[shower], sd[shower], TOP_G_CM2, deepest)
    height = US_STANDARD.height(depth) - ground
    angle = rng.normal(0.0, np.radians(options.opening_angle_deg), depth.shape)
    azimuth = rng.uniform(0.0, np.pi, depth.shape)
    distance = height * np.tan(angle)
    delay = (np.hypot(height, distance) - height) / LIGHT_M_PER_NS
    return Muons(shower, distance * np.cos(azimuth), distance * np.sin(azimuth), delay)


def pixelise(
    muons: Muons, core: Floats, options: VerticalShowersOptions, showers: int
) -> tuple[Floats, Floats]:
    """Count muons and find the earliest arrival in each pixel.

    Parameters
    ----------
    muons
        Muons of all showers.
    core
        Cores on the grid in m, shape (n, 2).
    options
        Options of the generator.
    showers
        Number n of showers.

    Returns
    -------
    tuple of ndarray, shapes (n, pixels, pixels)
        Counts, and earliest delays in ns, NaN where no muon fell.
    """
    size, pixels = options.pixel_size_m, options.pixels
    half = pixels / 2.0
    column = np.floor((muons.x + core[muons.shower, 0]) / size + half).astype(np.int64)
    row = np.floor((muons.y + core[muons.shower, 1]) / size + half).astype(np.int64)
    inside = (column >= 0) & (column < pixels) & (row >= 0) & (row < pixels)
    flat = ((muons.shower * pixels + column) * pixels + row)[inside]
    shape = (showers, pixels, pixels)
    counts = np.bincount(flat, minlength=int(np.prod(shape))).astype(np.float64)
    earliest = np.full(counts.shape, np.inf)
    np.minimum.at(earliest, flat, muons.delay[inside])
    earliest[np.isinf(earliest)] = np.nan
    return counts.reshape(shape), earliest.reshape(shape)


def simulate(
    rng: np.random.Generator, options: VerticalShowersOptions, showers: int
) -> dict[str, Array]:
    """Simulate showers.

    Parameters
    ----------
    rng
        Random stream; the result depends on it, the options and the number of showers alone.
    options
        Options of the generator.
    showers
        How many, n.

    Returns
    -------
    dict of str to ndarray
        The arrays of `ARRAYS`, first axis n.
    """
    mass = rng.choice(np.asarray(options.mass_numbers, dtype=np.float64), showers)
    lg_energy = np.full(showers, 18.0 + np.log10(options.energy_EeV))
    shower_maximum = xmax.draw(rng, options.hadronic_model, lg_energy, mass)
    counts = draw_muon_numbers(rng, options, mass)
    core = rng.uniform(-options.core_offset_m, options.core_offset_m, (showers, 2))
    start = rng.uniform(-options.time_offset_ns, options.time_offset_ns, showers)
    muons = draw_muons(rng, options, shower_maximum, mass, counts)
    signal, earliest = pixelise(muons, core, options, showers)
    jitter = rng.normal(0.0, options.time_resolution_ns, earliest.shape)
    return {
        "mass_number": mass.astype(np.int16),
        "xmax": shower_maximum,
        "muons_at_ground": counts.astype(np.int32),
        "filled_pixels": np.count_nonzero(signal, axis=(1, 2)).astype(np.int32),
        "core_x": core[:, 0],
        "core_y": core[:, 1],
        "muons": signal.astype(np.float32),
        "arrival_time": (earliest + jitter + start[:, None, None]).astype(np.float32),
    }
