"""Derived arrays: what a data set computes from the arrays of the events, block by block."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from footprint.config.datasets import Dataset
from footprint.dataset import (
    derive_constituents,
    derive_footprint,
    derive_formula,
    derive_geometry,
    derive_jet_image,
    derive_substructure,
)
from footprint.errors import ConfigError, DataError
from footprint.files.events import Block
from footprint.files.hdf5 import Array, ArraySpec

Shape = tuple[int, ...]


class Method(NamedTuple):
    """How arrays of one method are derived; each method has a file of its own.

    Attributes
    ----------
    shapes
        From the derivation's name and configuration and the shapes of the events' arrays to the
        shapes of its own arrays; raises ValueError where the sources do not fit together.
    arrays
        From name, configuration, source arrays by option and the names of arrays that are wanted
        to the arrays, at least those.
    """

    shapes: Callable[[str, Any, Mapping[str, Shape]], dict[str, Shape]]
    arrays: Callable[[str, Any, Mapping[str, Array], Collection[str]], Block]


METHODS = {
    "footprint": Method(derive_footprint.shapes, derive_footprint.arrays),
    "formula": Method(derive_formula.shapes, derive_formula.arrays),
    "geometry": Method(derive_geometry.shapes, derive_geometry.arrays),
    "jet_image": Method(derive_jet_image.shapes, derive_jet_image.arrays),
    "constituents": Method(derive_constituents.shapes, derive_constituents.arrays),
    "substructure": Method(derive_substructure.shapes, derive_substructure.arrays),
}


def derived_specs(config: Dataset) -> dict[str, ArraySpec]:
    """Units and meanings of the arrays that a data set derives."""
    return {
        array: ArraySpec(array, *meaning)
        for name, derivation in config.derived.items()
        for array, meaning in derivation.arrays(name).items()
    }


def derived_shapes(config: Dataset, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes of one event's value of each derived array that the data set uses.

    Raises
    ------
    ConfigError
        The source arrays do not fit together.
    """
    found: dict[str, Shape] = {}
    asked = config.asked()
    for name, derivation in config.derived.items():
        try:
            made = METHODS[derivation.method].shapes(name, derivation, shapes)
        except ValueError as error:
            msg = f"derived.{name}: {error}"
            raise ConfigError(msg) from error
        found |= {array: shape for array, shape in made.items() if array in asked}
    return found


def derived(config: Dataset, block: Block) -> Block:
    """Compute the derived arrays of some events, as far as the data set uses them.

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

    Raises
    ------
    DataError
        Values from which nothing can be derived.
    """
    found: dict[str, Array] = {}
    asked = config.asked()
    for name, derivation in config.derived.items():
        wanted = [array for array in derivation.arrays(name) if array in asked]
        sources = {option: block[array] for option, array in derivation.sources().items()}
        if not wanted:
            continue
        try:
            made = METHODS[derivation.method].arrays(name, derivation, sources, wanted)
        except DataError as error:
            msg = f"derived.{name}: {error}"
            raise DataError(msg) from error
        found |= {array: made[array] for array in wanted}
    return found
