"""Derived arrays: what a data set computes from the arrays of the events, block by block."""

from collections.abc import Mapping

import numpy as np

from footprint.config.datasets import Dataset
from footprint.config.derived import Derivation
from footprint.dataset.footprint_features import footprint_features
from footprint.errors import ConfigError
from footprint.files.events import Block
from footprint.files.hdf5 import Array, ArraySpec

Shapes = Mapping[str, tuple[int, ...]]


def derived_specs(config: Dataset) -> dict[str, ArraySpec]:
    """Units and meanings of the arrays that a data set derives."""
    return {
        array: ArraySpec(array, *meaning)
        for name, derivation in config.derived.items()
        for array, meaning in derivation.arrays(name).items()
    }


def derived_shapes(config: Dataset, shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """Shapes of one event's value of each derived array.

    Raises
    ------
    ConfigError
        The source arrays do not fit together.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name, derivation in config.derived.items():
        _check_sources(name, derivation, shapes)
        found |= dict.fromkeys(derivation.arrays(name), ())
        found |= {name: (len(derivation.features()),), f"{name}_axis": (3,), f"{name}_core": (2,)}
    return found


def _check_sources(name: str, derivation: Derivation, shapes: Shapes) -> None:
    sources = derivation.sources()
    found = {array: shapes[array] for array in sources.values()}
    stations = shapes[derivation.signal]
    expected = {
        array: (*stations, *found[array][-1:]) if option == "traces" else stations
        for option, array in sources.items()
    }
    if found != expected or not stations:
        msg = (
            f"derived.{name}: its arrays have shapes {found} an event: expected one value for each "
            f"station, the same stations for all of them, and a last axis of bins for traces"
        )
        raise ConfigError(msg)


def derived(config: Dataset, block: Block) -> Block:
    """Compute the derived arrays of some events.

    Parameters
    ----------
    config
        The data set.
    block
        Arrays of the events, among them the sources.

    Returns
    -------
    dict of str to ndarray
        The derived arrays alone.
    """
    found: dict[str, Array] = {}
    for name, derivation in config.derived.items():
        sources = {option: block[array] for option, array in derivation.sources().items()}
        features, axis, core = footprint_features(derivation, **sources)
        rows = features.astype(np.float32)
        found |= {name: rows, f"{name}_axis": axis, f"{name}_core": core}
        for column, feature in enumerate(derivation.features()):
            found[f"{name}_{feature}"] = rows[:, column]
    return found
