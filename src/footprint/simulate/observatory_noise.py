"""The detector: noise, pedestal, saturation, trigger and clocks of the stations."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.config.observatory import ObservatoryOptions

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


class Channels(NamedTuple):
    """What s stations bring into n showers, and what they report, each of shape (n, s).

    Attributes
    ----------
    gain, alive
        Factor on the particles' signal; whether the station exists and works.
    charge
        Signal of the particles in time in VEM, without noise.
    signal
        Integrated signal in VEM with noise and pedestal, NaN if silent.
    status
        As in the array `station_status`.
    """

    gain: Floats
    alive: NDArray[np.bool_]
    charge: Floats
    signal: NDArray[np.float32]
    status: NDArray[np.int8]


def draw_channels(
    dead: np.random.Generator, gains: np.random.Generator, options: ObservatoryOptions, exists: Any,
    showers: int,
) -> Channels:  # fmt: skip
    """Draw which stations are dead, and the gains of all, lognormal with mean 1.

    Parameters
    ----------
    dead, gains
        Random streams.
    options
        Options of the generator.
    exists
        Where there is a station, shape (s,).
    showers
        How many, n.
    """
    shape = (showers, len(exists))
    alive = (dead.random(shape) >= options.dead_fraction) & exists
    gain = np.ones(shape)
    if options.gain_spread > 0:
        width = np.sqrt(np.log1p(options.gain_spread**2))
        gain = np.exp(width * gains.standard_normal(shape) - 0.5 * width**2)
    signal = np.full(shape, np.nan, np.float32)
    return Channels(gain, alive, np.zeros(shape), signal, np.full(shape, DEAD, np.int8))


@compiled
def _report(channels: Channels, place: Any, total: float, saturated: bool, e: Electronics) -> Any:
    """Decide on the trigger of a station; whether it triggered."""
    if total < e.trigger:
        channels.signal[place] = np.nan
        channels.status[place] = SILENT
        return False
    channels.signal[place] = min(total, e.saturation)
    full = saturated or total >= e.saturation
    channels.status[place] = SATURATED if full else TRIGGERED
    return True


@compiled
def digitise(traces: Any, noise: Any, channels: Channels, e: Electronics) -> None:
    """Add noise and pedestal to the traces, clip them at zero, saturate and trigger.

    Relative noise and pedestal are independent normals, so that one normal number a bin with
    the sum of their variances gives the same distribution.

    Parameters
    ----------
    traces
        Counts of particles, shape (n, s, bins); replaced by signals in VEM, NaN if silent.
    noise
        Standard normal numbers, shape (n, s, bins).
    channels
        Gains and working stations; their charge, signal and status are filled in.
    e
        Noise, pedestal, trigger and saturation.
    """
    values = np.empty(traces.shape[2])
    pedestal_variance = e.pedestal_sd * e.pedestal_sd
    for shower in range(traces.shape[0]):
        for station in range(traces.shape[1]):
            place = (shower, station)
            trace, normal = traces[place], noise[place]
            if not channels.alive[place]:
                trace[:] = np.nan
                continue
            gain = channels.gain[place]
            for k in range(len(values)):
                mean = gain * trace[k]
                sd = sqrt(e.bin_noise * e.bin_noise * mean * mean + pedestal_variance)
                values[k] = max(mean + e.pedestal + sd * normal[k], 0.0)
            charge, total, largest = 0.0, 0.0, 0.0
            for k in range(len(values)):
                charge += trace[k]
                largest = max(largest, values[k])
                total += min(values[k], e.bin_saturation)
            channels.charge[place] = gain * charge
            if _report(channels, place, total, largest >= e.bin_saturation, e):
                for k in range(len(values)):
                    trace[k] = min(values[k], e.bin_saturation)
            else:
                trace[:] = np.nan


@compiled
def trigger(totals: Floats, channels: Channels, e: Electronics) -> None:
    """Saturate and trigger on integrated signals, shape (n, s) in VEM."""
    for shower in range(totals.shape[0]):
        for station in range(totals.shape[1]):
            place = (shower, station)
            if channels.alive[place]:
                _report(channels, place, totals[place], False, e)


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
