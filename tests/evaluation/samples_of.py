"""Samples of generators whose faults are known."""

from collections.abc import Mapping

import numpy as np

from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.samples import Kind, Samples


def kind(arrays: Mapping[str, Array]) -> Kind:
    parts = [np.nan_to_num(array) for array in arrays.values()]
    return Kind(dict(arrays), np.stack(parts, axis=-1).astype(np.float32))


def samples_of(
    real: Mapping[str, Array],
    generated: Mapping[str, Array],
    training: Mapping[str, Array] | None = None,
    units: Mapping[str, str] | None = None,
    **further: object,
) -> Samples:
    training = real if training is None else training
    events, learnt = (len(next(iter(arrays.values()))) for arrays in (real, training))
    given = {
        "method": "gan",
        "seed": 1,
        "task": "generation",
        "variables": "footprint",
        "seconds_per_event": 1e-4,
        "seconds_per_event_error": 5e-6,
        **further,
    }
    names = {**dict.fromkeys(real, ""), **(units or {})}
    return Samples(
        channels=tuple(real),
        event_id=np.arange(events, dtype=np.uint64),
        real=kind(real),
        generated=kind(generated),
        training=kind(training),
        training_event_id=np.arange(events, events + learnt, dtype=np.uint64),
        specs={name: ArraySpec(name, unit, "") for name, unit in names.items()},
        **given,
    )


def normal(seed: int, events: int, shift: float = 0.0, width: float = 1.0) -> Array:
    return np.random.default_rng(seed).normal(shift, width, events)


def blobs(seed: int, events: int, width: float = 1.5, side: int = 9) -> dict[str, Array]:
    """Footprints: Poisson numbers about a centre, and the time of a tilted plane with noise."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    centre = rng.uniform(3, side - 4, (2, events, 1, 1))
    away = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    mean = rng.normal(100, 10, (events, 1, 1)) * np.exp(-away / (2 * width**2))
    signal = rng.poisson(mean / (2 * np.pi * width**2)).astype(np.float32)
    tilt = rng.uniform(-3, 3, (2, events, 1, 1))
    time = tilt[0] * x + tilt[1] * y + rng.normal(0, 2, signal.shape)
    return {"signal": signal, "time": np.where(signal > 0, time, np.nan).astype(np.float32)}
