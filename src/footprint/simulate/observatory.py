"""Air showers over an array of surface detectors, as the generator `observatory` makes them.

After M. Erdmann, J. Glombitza, D. Walz, Astropart. Phys. 97 (2018) 46. Formulas, open choices
and weaknesses of the model stand in `docs/physics/observatory.md`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions
from footprint.files.hdf5 import Array, ArraySpec
from footprint.simulate import observatory_primaries as primary
from footprint.simulate.array import array_of
from footprint.simulate.atmosphere import atmosphere_of
from footprint.simulate.observatory_integrated import draw_sums, sum_model_of
from footprint.simulate.observatory_means import Means, timing_of
from footprint.simulate.observatory_noise import (
    SATURATED,
    TRIGGERED,
    Channels,
    clock_errors,
    digitise,
    draw_channels,
    electronics_of,
    trigger,
)
from footprint.simulate.observatory_particles import (
    count_in_time,
    draw_normals,
    fill_traces,
    state_of,
)
from footprint.simulate.observatory_signal import expected, front_arrival, muon_fraction

Floats = NDArray[np.float64]
EV_PER_EEV = 18.0
"""log10 of it."""

ARRAYS = (
    ArraySpec("mass_number", "", "mass number A of the primary nucleus"),
    ArraySpec("energy", "EeV", "energy of the primary"),
    ArraySpec("lg_energy", "", "log10 of the primary's energy in eV"),
    ArraySpec("xmax", "g/cm2", "slant depth of the shower maximum"),
    ArraySpec("axis", "", "upward unit vector along the shower axis (x, y, z)"),
    ArraySpec("zenith", "deg", "zenith angle of the shower axis"),
    ArraySpec("azimuth", "deg", "azimuth of the direction of origin, from x to y"),
    ArraySpec("core", "m", "where the axis meets the ground (x, y), from the array's centre"),
    ArraySpec("shower_maximum", "m", "position of the maximum (x, y, z), from the array's centre"),
    ArraySpec("muon_fraction", "", "part of the muons in the signal at 1000 m from the axis"),
    ArraySpec(
        "relative_muons", "", "muons over those of a mean proton shower: A^b, fluctuation, scale"
    ),
    ArraySpec("stations_hit", "", "number of stations that triggered"),
    ArraySpec("saturated_stations", "", "number of stations that are saturated"),
    ArraySpec("signal", "VEM", "integrated signal of each station, NaN if silent"),
    ArraySpec("arrival_time", "ns", "arrival of the shower front, NaN if silent"),
    ArraySpec(
        "station_status", "", "-1 dead or no station, 0 silent, 1 triggered, 2 and saturated"
    ),
)
TRACES = ArraySpec("traces", "VEM", "signal of each station in bins of time, NaN if silent")
CONSTANTS = (
    ArraySpec("station_x", "m", "stations along x, from the array's centre; NaN without station"),
    ArraySpec("station_y", "m", "stations along y, from the array's centre; NaN without station"),
    ArraySpec("station_z", "m", "stations upward, from the array's centre; NaN without station"),
)


class Streams(NamedTuple):
    """Independent random streams, so that an option of one step leaves the others' draws alone."""

    primaries: np.random.Generator
    maxima: np.random.Generator
    muons: np.random.Generator
    numbers: np.random.Generator
    arrivals: np.random.Generator
    dead: np.random.Generator
    gains: np.random.Generator
    noise: np.random.Generator
    clocks: np.random.Generator


def arrays(options: ObservatoryOptions) -> tuple[ArraySpec, ...]:
    """List what the generator makes of each event."""
    return (*ARRAYS, TRACES) if options.traces else ARRAYS


def constants(options: ObservatoryOptions) -> list[tuple[ArraySpec, Array]]:
    """List what is the same for all events: the stations' positions."""
    array = array_of(options)
    return list(zip(CONSTANTS, (array.x, array.y, array.z), strict=True))


def simulate(
    rng: np.random.Generator, options: ObservatoryOptions, showers: int
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
        The arrays of `arrays(options)`, first axis n.
    """
    streams = Streams(*rng.spawn(len(Streams._fields)))
    array, atmosphere = array_of(options), atmosphere_of(options.atmosphere)
    primaries = primary.draw_primaries(streams.primaries, options, showers)
    xmax, _ = primary.draw_maxima(streams.maxima, options, primaries)
    maximum = primary.on_axis(atmosphere, options.altitude_m, primaries, xmax)
    muons = primary.draw_relative_muons(streams.muons, options, primaries.mass_number)
    mean = expected(options, array, primaries, maximum, muons)
    channels = draw_channels(streams.dead, streams.gains, options, array.exists.ravel(), showers)
    traces = read_out(streams, options, mean, channels)
    time = front_arrival(options, array, primaries, xmax)
    time += clock_errors(
        options,
        channels.charge,
        draw_normals(streams.clocks, (2, *time.shape)),
        streams.clocks.random(showers),
    )
    silent = channels.status < TRIGGERED
    time[silent] = np.nan
    grid = (showers, *array.shape)
    events: dict[str, Array] = {
        "mass_number": primaries.mass_number.astype(np.int16),
        "energy": 10.0 ** (primaries.lg_energy - EV_PER_EEV),
        "lg_energy": primaries.lg_energy,
        "xmax": xmax,
        "axis": primaries.axis,
        "zenith": np.degrees(primaries.zenith),
        "azimuth": np.degrees(primaries.azimuth),
        "core": primaries.core,
        "shower_maximum": maximum,
        "muon_fraction": muon_fraction(options.lateral, muons),
        "relative_muons": muons,
        "stations_hit": np.count_nonzero(~silent, axis=1).astype(np.int16),
        "saturated_stations": np.count_nonzero(channels.status == SATURATED, axis=1).astype(
            np.int16
        ),
        "signal": channels.signal.reshape(grid),
        "arrival_time": time.astype(np.float32).reshape(grid),
        "station_status": channels.status.reshape(grid),
    }
    if traces is not None:
        events["traces"] = traces.reshape(*grid, options.bins)
    return events


def read_out(
    streams: Streams, options: ObservatoryOptions, mean: Means, channels: Channels
) -> NDArray[np.float32] | None:
    """Draw the particles of all stations, and what the detector makes of them.

    Returns
    -------
    ndarray or None
        The traces in VEM, NaN if silent, shape (n, s, bins); None if the options want none.
    """
    shape = channels.gain.shape
    numbers = draw_normals(streams.numbers, (*shape, 2))
    arrivals, timing = state_of(streams.arrivals), timing_of(options)
    if options.traces:
        traces = np.zeros((*shape, options.bins), np.float32)
        fill_traces(arrivals, mean, numbers, timing, traces)
        noise = draw_normals(streams.noise, traces.shape, np.float32)
        digitise(traces, noise, channels, electronics_of(options))
        return traces
    arrived = np.zeros((*shape, 2))
    count_in_time(arrivals, mean, numbers, timing, arrived)
    model = sum_model_of(options)
    normals = draw_normals(streams.noise, shape)
    trigger(draw_sums(arrived, mean, normals, channels, model), channels, model.electronics)
    return None
