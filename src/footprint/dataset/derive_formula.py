"""Derived arrays that are formulas over arrays of the events."""

from collections.abc import Collection, Mapping

import numpy as np

from footprint.config.derived import FormulaArray
from footprint.config.formulas import evaluate
from footprint.files.events import Block
from footprint.files.hdf5 import Array

Shape = tuple[int, ...]


def shapes(name: str, config: FormulaArray, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shape of the array; ValueError where those of the formula differ."""
    found = {array: events[array] for array in config.sources()}
    if len(set(found.values())) != 1:
        msg = (
            f"'{config.formula}' is over arrays of shapes {found} an event, expected at least one "
            f"array, and equal shapes"
        )
        raise ValueError(msg)
    return {name: next(iter(found.values()))}


def arrays(
    name: str,
    config: FormulaArray,
    sources: Mapping[str, Array],
    wanted: Collection[str],  # noqa: ARG001 - it makes one array
) -> Block:
    """Evaluate the formula."""
    wide = {array: values.astype(np.float64) for array, values in sources.items()}
    return {name: np.asarray(evaluate(config.formula, wide), dtype=np.float32)}
