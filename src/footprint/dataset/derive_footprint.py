"""Derived arrays that are features of an air shower's footprint."""

from collections.abc import Collection, Mapping

import numpy as np

from footprint.config.derived import FootprintFeatures
from footprint.dataset.footprint_features import footprint_features
from footprint.files.events import Block
from footprint.files.hdf5 import Array

Shape = tuple[int, ...]


def shapes(name: str, config: FootprintFeatures, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes of the arrays; ValueError where the sources have not the same stations."""
    sources = config.sources()
    found = {array: events[array] for array in sources.values()}
    stations = events[config.signal]
    expected = {
        array: (*stations, *found[array][-1:]) if option == "traces" else stations
        for option, array in sources.items()
    }
    if found != expected or not stations:
        msg = (
            f"its arrays have shapes {found} an event: expected one value for each station, the "
            f"same stations for all of them, and a last axis of bins for traces"
        )
        raise ValueError(msg)
    made: dict[str, Shape] = dict.fromkeys(config.arrays(name), ())
    several = {name: (len(config.features()),), f"{name}_axis": (3,), f"{name}_core": (2,)}
    return {**made, **several}


def arrays(
    name: str,
    config: FootprintFeatures,
    sources: Mapping[str, Array],
    wanted: Collection[str],  # noqa: ARG001 - the fits make all of them at once
) -> Block:
    """Fit axis, core and lateral distribution, and take all features from the fits."""
    features, axis, core = footprint_features(config, **sources)
    rows = features.astype(np.float32)
    found: Block = {name: rows, f"{name}_axis": axis, f"{name}_core": core}
    for column, feature in enumerate(config.features()):
        found[f"{name}_{feature}"] = rows[:, column]
    return found
