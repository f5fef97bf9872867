"""Derived arrays that are formulas over arrays of the events."""

from collections.abc import Collection, Mapping

import numpy as np
from scipy.special import ndtri

from footprint.config.derived import RANDOM, FormulaArray
from footprint.config.formulas import evaluate
from footprint.files.events import Block
from footprint.files.hdf5 import Array
from footprint.seeds import uniform_of

Shape = tuple[int, ...]


def shapes(name: str, config: FormulaArray, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shape of the array; ValueError where those of the formula differ."""
    found = {array: events[source] for array, source in config.sources().items()}
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
    wide = {
        array: random_numbers(array, name, values) if array in RANDOM else values.astype(np.float64)
        for array, values in sources.items()
    }
    return {name: np.asarray(evaluate(config.formula, wide), dtype=np.float32)}


def random_numbers(kind: str, name: str, event_id: Array) -> Array:
    """Give each event its random number, uniform or normal.

    Parameters
    ----------
    kind
        ``random_uniform`` (0 to 1) or ``random_normal`` (mean 0, variance 1).
    name
        Of the derived array: another one has other random numbers.
    event_id
        Shape (n,).
    """
    uniform = uniform_of(event_id, f"{name}/{kind}")
    return np.asarray(ndtri(uniform)) if kind == "random_normal" else uniform
