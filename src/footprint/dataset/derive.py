"""Derived arrays: what a data set computes from the arrays of the events, block by block."""

from collections.abc import Mapping

import numpy as np

from footprint.config.datasets import Dataset
from footprint.config.derived import FootprintFeatures, FormulaArray
from footprint.config.formulas import evaluate
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
        if isinstance(derivation, FormulaArray):
            found[name] = _formula_shape(name, derivation, shapes)
            continue
        _check_sources(name, derivation, shapes)
        found |= dict.fromkeys(derivation.arrays(name), ())
        found |= {name: (len(derivation.features()),), f"{name}_axis": (3,), f"{name}_core": (2,)}
    return found


def _formula_shape(name: str, derivation: FormulaArray, shapes: Shapes) -> tuple[int, ...]:
    found = {array: shapes[array] for array in derivation.sources()}
    if len(set(found.values())) != 1:
        msg = (
            f"derived.{name}: '{derivation.formula}' is over arrays of shapes {found} an event, "
            f"expected at least one array, and equal shapes"
        )
        raise ConfigError(msg)
    return next(iter(found.values()))


def _check_sources(name: str, derivation: FootprintFeatures, shapes: Shapes) -> None:
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
        if isinstance(derivation, FormulaArray):
            wide = {array: values.astype(np.float64) for array, values in sources.items()}
            found[name] = np.asarray(evaluate(derivation.formula, wide), dtype=np.float32)
            continue
        features, axis, core = footprint_features(derivation, **sources)
        rows = features.astype(np.float32)
        found |= {name: rows, f"{name}_axis": axis, f"{name}_core": core}
        for column, feature in enumerate(derivation.features()):
            found[f"{name}_{feature}"] = rows[:, column]
    return found
