"""Which events are kept: the selection, and whether the samples have what it takes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.config.datasets import Dataset
from footprint.config.formulas import evaluate
from footprint.errors import ConfigError, DataError, suggest
from footprint.files.events import Block, open_events
from footprint.files.hdf5 import Array, ArraySpec


def inspect_samples(
    name: str, config: Dataset, parts: Mapping[str, Sequence[Path]]
) -> tuple[dict[str, ArraySpec], dict[str, tuple[int, ...]], dict[str, int]]:
    """Check that all samples have what the data set needs, in the same shape and unit.

    Parameters
    ----------
    name, config
        Name and configuration of the data set.
    parts
        Event files of each sample.

    Returns
    -------
    tuple
        Units and meanings of the arrays, shape of one event's value of each, and the number of
        events of each sample.

    Raises
    ------
    ConfigError
        An array is missing, or differs between samples.
    DataError
        No sample holds an event.
    """
    specs: dict[str, ArraySpec] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    counts = dict.fromkeys(parts, 0)
    for sample, paths in parts.items():
        for path in paths:
            with open_events(path) as events:
                counts[sample] += len(events)
                for array in config.arrays():
                    if array not in events.specs:
                        msg = (
                            f"data set '{name}' needs the array '{array}', which sample "
                            f"'{sample}' ({path}) has not; {suggest(array, events.specs)}"
                        )
                        raise ConfigError(msg)
                    found = (events.shape(array), events.specs[array].units)
                    known = (
                        shapes.setdefault(array, found[0]),
                        specs.setdefault(array, events.specs[array]).units,
                    )
                    if found != known:
                        msg = (
                            f"array '{array}' has (shape, unit) {found} in {path}, and {known} in "
                            f"other parts of data set '{name}': they cannot be mixed"
                        )
                        raise ConfigError(msg)
    if not any(counts.values()):
        files = sum(len(paths) for paths in parts.values())
        msg = (
            f"data set '{name}': its samples {list(parts)} hold no events at all (0 events in "
            f"{files} parts): check the reader's options.cut, or the files"
        )
        raise DataError(msg)
    return specs, shapes, counts


def passing(config: Dataset, block: Block) -> NDArray[np.bool_]:
    """Find the events of a block that pass the selection.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ConfigError
        The selection does not give one truth value for each event.
    """
    events = len(block["event_id"])
    if config.selection is None:
        return np.ones(events, dtype=np.bool_)
    result = evaluate(config.selection, block)
    if result.dtype != np.bool_ or result.shape != (events,):
        msg = (
            f"selection '{config.selection}' gives {result.dtype} of shape {result.shape}, "
            f"expected one truth value for each of {events} events: compare arrays that have "
            f"one value per event"
        )
        raise ConfigError(msg)
    return result


def refuse_empty(name: str, config: Dataset, seen: int, kept: int) -> None:
    """Stop when no event is left.

    Raises
    ------
    DataError
        With the number of events before the selection.
    """
    if kept == 0:
        msg = (
            f"data set '{name}': none of {seen} events of samples {config.samples} passes the "
            f"selection '{config.selection}': loosen it or check the arrays' values and units"
        )
        raise DataError(msg)


def shared_constants(
    name: str, parts: Mapping[str, Sequence[Path]]
) -> list[tuple[ArraySpec, Array]]:
    """Read the constants that all parts have.

    Raises
    ------
    ConfigError
        Parts disagree on one.
    """
    found: dict[str, tuple[ArraySpec, Array]] | None = None
    for paths in parts.values():
        for path in paths:
            with open_events(path) as events:
                own = events.constants
                if found is None:
                    found = {key: (events.specs[key], values) for key, values in own.items()}
                found = {key: known for key, known in found.items() if key in own}
                for key, (_, values) in found.items():
                    if not np.array_equal(values, own[key], equal_nan=True):
                        msg = (
                            f"'{key}' has one value in {path} and another in other parts of data "
                            f"set '{name}': samples of different layouts cannot be mixed"
                        )
                        raise ConfigError(msg)
    return list((found or {}).values())
