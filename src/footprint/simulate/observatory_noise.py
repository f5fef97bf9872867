"""The detector: noise, pedestal, saturation, trigger and clocks of the stations."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions
from footprint.simulate.compiled import compiled

Floats = NDArray[np.float64]

DEAD, SILENT, TRIGGERED, SATURATED = -1, 0, 1, 2
"""Values of the array `station_status`."""


class Electronics(NamedTuple):
    """Numbers of the options in the order in which the compiled functions take them."""

    bin_noise: float
    pedestal: float
    pedestal_sd: float
    trigger: float
    saturation: float
    bin_saturation: float


def electronics_of(options: ObservatoryOptions) -> Electronics:
    """Collect what the options say of noise, trigger and saturation."""
    infinite = float("inf")
    return Electronics(
        options.noise_scale * options.bin_noise,
        options.pedestal_VEM,
        options.noise_scale * options.pedestal_spread * options.pedestal_VEM,
        options.trigger_VEM,
        infinite if options.saturation_VEM is None else options.saturation_VEM,
        infinite if options.bin_saturation_VEM is None else options.bin_saturation_VEM,
    )


@compiled
def digitise(
    traces: Any, noise: Any, gain: Any, alive: Any, e: Electronics, charge: Any, signal: Any,
    status: Any,
) -> None:  # fmt: skip
    """Add noise and pedestal to the traces, clip them at zero, saturate and trigger.

    Relative noise and pedestal are independent normals, so that one normal number a bin with
    the sum of their variances gives the same distribution.

    Parameters
    ----------
    traces
        Counts of particles, shape (n, s, bins); replaced by signals in VEM, NaN if silent.
    noise
        Standard normal numbers, shape (n, s, bins).
    gain, alive
        Gain of each station and whether it works, shapes (n, s).
    e
        Noise, pedestal, trigger and saturation.
    charge, signal, status
        Filled with the particles' signal and the whole signal in VEM, and the station's
        status; shapes (n, s).
    """
    bins = traces.shape[2]
    values = np.empty(bins)
    pedestal_variance = e.pedestal_sd * e.pedestal_sd
    for shower in range(len(traces)):
        for station in range(traces.shape[1]):
            trace, normal = traces[shower, station], noise[shower, station]
            if not alive[shower, station]:
                trace[:] = np.nan
                signal[shower, station] = np.nan
                status[shower, station] = DEAD
                continue
            factor = gain[shower, station]
            particles = 0.0
            for k in range(bins):
                particles += trace[k]
            for k in range(bins):
                mean = factor * trace[k]
                sd = sqrt(e.bin_noise * e.bin_noise * mean * mean + pedestal_variance)
                values[k] = max(mean + e.pedestal + sd * normal[k], 0.0)
            saturated = False
            total = 0.0
            for k in range(bins):
                if values[k] >= e.bin_saturation:
                    values[k] = e.bin_saturation
                    saturated = True
                total += values[k]
            charge[shower, station] = factor * particles
            if total < e.trigger:
                trace[:] = np.nan
                signal[shower, station] = np.nan
                status[shower, station] = SILENT
                continue
            if total >= e.saturation:
                total = e.saturation
                saturated = True
            for k in range(bins):
                trace[k] = values[k]
            signal[shower, station] = total
            status[shower, station] = SATURATED if saturated else TRIGGERED


def clock_errors(
    options: ObservatoryOptions, charge: Floats, normals: Floats, uniform: Floats
) -> Floats:
    """Errors of the arrival times in ns.

    Parameters
    ----------
    options
        Options of the generator.
    charge
        Particles' signal of each station in VEM, shape (n, s).
    normals
        Standard normal numbers, shape (2, n, s).
    uniform
        Uniform numbers in 0..1, shape (n,).
    """
    resolution = options.time_resolution_ns / (1.0 + np.log10(charge + 1.0))
    errors = resolution * normals[0] + options.time_jitter_ns * normals[1]
    return np.asarray(errors + options.event_jitter_ns * (uniform[:, None] - 0.5))


def draw_gains(rng: np.random.Generator, spread: float, shape: tuple[int, int]) -> Floats:
    """Draw lognormal gains of mean 1, shape (n, s)."""
    width = np.sqrt(np.log1p(spread**2))
    return np.exp(width * rng.standard_normal(shape) - 0.5 * width**2)
