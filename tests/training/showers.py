"""Showers without noise on arrays of stations, and data sets of them."""

from dataclasses import replace

import numpy as np

from footprint.config.datasets import Dataset
from footprint.config.observatory import ObservatoryOptions
from footprint.dataset.build import build_dataset
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids
from footprint.simulate.array import array_of
from footprint.simulate.atmosphere import atmosphere_of
from footprint.simulate.observatory_primaries import Primaries, on_axis
from footprint.simulate.observatory_signal import expected, front_arrival

LIGHT_M_PER_NS = 0.3
SILENT_BELOW_VEM = 3.0
BINS = 5
CHANNELS = [
    {"array": "signal", "transform": "log10(1 + x)", "mask": True},
    {"array": "arrival_time"},
]
INPUTS = {
    "footprint": {"channels": CHANNELS},
    "traces": {"channels": [{"array": "traces", "transform": "log10(1 + x)", "mask": True}]},
}
TARGETS = {
    "axis": {"array": "axis", "kind": "direction"},
    "core": {"array": "core", "kind": "position"},
    "energy": {"array": "energy", "log": True},
    "mass": {"array": "mass_number", "classes": {"light": 1, "heavy": 56}},
}


def options(layout, side=9, **changes):
    return ObservatoryOptions.model_validate(
        {"layout": layout, "rows": side, "columns": side, "traces": False} | changes
    )


def primaries(count, seed=1):
    rng = np.random.default_rng(seed)
    return Primaries(
        mass_number=rng.choice([1.0, 56.0], count),
        lg_energy=rng.uniform(18.5, 20.0, count),
        zenith=rng.uniform(0.1, 1.0, count),
        azimuth=rng.uniform(0.0, 2 * np.pi, count),
        core=rng.uniform(-700.0, 700.0, (count, 2)),
    )


def turned(showers, matrix):
    """The same showers from another side."""
    axis = showers.axis[:, :2] @ matrix.T
    azimuth = np.arctan2(axis[:, 1], axis[:, 0])
    return replace(showers, azimuth=azimuth, core=showers.core @ matrix.T)


def measured(config, showers):
    """What the array measures without noise: the generator's expectations."""
    array, count = array_of(config), len(showers.core)
    xmax = 750.0 + 40.0 * (showers.lg_energy - 19.0)
    maximum = on_axis(atmosphere_of(config.atmosphere), config.altitude_m, showers, xmax)
    mean = expected(config, array, showers, maximum, np.ones(count))
    signal = mean.muons + mean.em
    time = front_arrival(config, array, showers, xmax)
    silent = ~(signal > SILENT_BELOW_VEM)
    pulse = np.exp(-np.arange(BINS) / np.maximum(mean.muon_median[..., None] / 200.0, 0.1))
    traces = signal[..., None] * pulse / pulse.sum(axis=-1, keepdims=True)
    for values in (signal, time, traces):
        values[silent] = np.nan
    grid = (count, *array.shape)
    return {
        "signal": signal.reshape(grid),
        "arrival_time": time.reshape(grid),
        "traces": traces.reshape(*grid, BINS),
    }


def events(config, showers, **more):
    return {
        **measured(config, showers),
        "axis": showers.axis,
        "core": showers.core,
        "energy": 10 ** (showers.lg_energy - 18),
        "mass_number": showers.mass_number.astype(np.int64),
        **more,
    }


def dataset(folder, layout="cartesian", count=300, *, inputs=None, targets=None, more=None,
            constants=None, like=None, **changes):  # fmt: skip
    """Build a data set of showers, with the normalisation of another if told so."""
    config = options(layout, **changes)
    arrays = events(config, primaries(count), **(more or {}))
    array = array_of(config)
    if constants is None:
        constants = {"station_x": array.x, "station_y": array.y, "station_z": array.z}
    part = folder / f"part-{like is not None}.h5"
    with EventWriter(
        part, [ArraySpec(name, "", name) for name in arrays], sample="s", config="{}", seed=1,
        constants=[(ArraySpec(name, "m", name), values) for name, values in constants.items()],
    ) as writer:  # fmt: skip
        writer.append({"event_id": event_ids("s", 0, count), **arrays})
    settings = Dataset.model_validate(
        {"samples": ["s"], "inputs": inputs or INPUTS, "targets": targets or TARGETS,
         "split": {"train": 0.6, "validation": 0.2, "test": 0.2}}
    )  # fmt: skip
    path = folder / f"d-{like is not None}.h5"
    build_dataset(path, "d", settings, {"s": [part]}, like)
    return path
