"""A made-up sample and a data set of it, for tests of building."""

import numpy as np

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset


def config(**changes):
    base = {
        "samples": ["s"],
        "inputs": {"image": {"channels": [{"array": "image"}, {"array": "time", "mask": True}]}},
        "targets": {
            "label": {"array": "kind", "classes": {"a": 0, "b": [1, 2]}},
            "energy": {"array": "energy"},
        },
        "spectators": ["kind"],
        "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
    }
    return Dataset.model_validate(base | changes)


def arrays(count=300, seed=1, **changes):
    rng = np.random.default_rng(seed)
    time = rng.normal(100.0, 20.0, (count, 4, 5))
    time[rng.random(time.shape) < 0.3] = np.nan
    return {
        "image": rng.normal(3.0, 2.0, (count, 4, 5)),
        "time": time,
        "kind": rng.integers(0, 3, count),
        "energy": rng.uniform(1.0, 100.0, count),
    } | changes


def built(tmp_path, parts, settings=None, name="d"):
    output = tmp_path / f"{name}.h5"
    build_dataset(output, "d", settings or config(), parts)
    return output
