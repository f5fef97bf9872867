"""Predictions averaged over turns and flips of an event, in a graph.

A turned event is made of the values of the event itself, in another order, with zeros where a
station is silent; and the mean over the versions, each turned back, is linear in what the network
says of them. Both are found out by asking `Augmentation.averaged` itself, which stays the one
place that knows what turns and flips are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.errors import TrainingError
from footprint.export.graph import DOUBLE, FLOAT, Graph
from footprint.files.hdf5 import Array
from footprint.training.augment import Augmentation

Shape = tuple[int, ...]
MOST_VALUES = 2**24
"""Of an event's input: their numbers must be exact in single precision."""


@dataclass(frozen=True)
class Versions:
    """The versions of an event over which predictions are averaged.

    Attributes
    ----------
    sources
        By input, where each value of each version comes from, shape (versions, values): the
        place of the value in the flattened event, or their number for a zero.
    matrix, shift
        By output, the mean over versions: (versions * units, units) and (units,).
    """

    sources: Mapping[str, NDArray[np.int64]]
    matrix: Mapping[str, Array]
    shift: Mapping[str, Array]

    def __len__(self) -> int:
        return len(next(iter(self.sources.values())))


def versions_of(
    averaging: Augmentation, inputs: Mapping[str, Shape], units: Mapping[str, int]
) -> Versions:
    """Find out what an average over versions is made of.

    Parameters
    ----------
    averaging
        What averages.
    inputs
        Shape of each input of one event.
    units
        Number of values of each output.

    Raises
    ------
    TrainingError
        Versions are not made of the event's own values.
    """
    numbered = {name: 1 + np.arange(np.prod(s), dtype=np.float32) for name, s in inputs.items()}
    events = {name: values.reshape(1, *inputs[name]) for name, values in numbered.items()}
    seen: list[dict[str, Array]] = []

    def watch(moved: Mapping[str, Array]) -> dict[str, Array]:
        seen.append({name: np.ravel(values).copy() for name, values in moved.items()})
        return _nothing(units)

    shift = averaging.averaged(watch, events)
    sources = {}
    for name, own in numbered.items():
        places = np.stack([moved[name] for moved in seen]).astype(np.float64) - 1
        if own.size > MOST_VALUES or not np.isin(places, np.arange(-1, own.size)).all():
            msg = (
                f"predictions averaged over turns and flips cannot be exported: a version of input "
                f"'{name}' is not made of the values of the event itself"
            )
            raise TrainingError(msg)
        sources[name] = np.where(places < 0, own.size, places).astype(np.int64)
    matrix = {
        name: _matrix(averaging, events, units, name, len(seen)) - np.ravel(shift[name])
        for name in units
    }
    return Versions(sources, matrix, {name: np.ravel(values) for name, values in shift.items()})


def _nothing(units: Mapping[str, int]) -> dict[str, Array]:
    return {name: np.zeros((1, count), np.float32) for name, count in units.items()}


def _matrix(
    averaging: Augmentation,
    events: dict[str, Array],
    units: Mapping[str, int],
    name: str,
    versions: int,
) -> Array:
    """See what becomes of a 1 in each unit of each version, shape (versions * units, units)."""
    rows = []
    for version in range(versions):
        for unit in range(units[name]):
            asked = iter(range(versions))

            def answer(_: Mapping[str, Array], *, place: int = unit) -> dict[str, Array]:
                said = _nothing(units)
                if next(asked) == version:  # noqa: B023, called before the loop goes on
                    said[name][0, place] = 1.0
                return said

            rows.append(np.ravel(averaging.averaged(answer, events)[name]))
    return np.stack(rows).astype(np.float64)


def multiplied(
    graph: Graph, versions: Versions, name: str, tensor: str, *, shape: Shape, output: str
) -> None:
    """Add all versions of an input, one after another, event by event.

    Parameters
    ----------
    graph, versions
        What is added to, and the versions.
    name, tensor, shape
        Name of the input, its tensor, and its shape for one event.
    output
        Name of the result, shape (n * versions, ...).
    """
    size = int(np.prod(shape))
    flat = graph.reshaped(tensor, (size,))
    pads = graph.constant(np.array([0, 0, 0, 1], dtype=np.int64))
    padded = graph.add("Pad", flat, pads)
    taken = graph.add("Gather", padded, graph.constant(versions.sources[name]), axis=1)
    whole = graph.constant(np.array((-1, *shape), dtype=np.int64))
    graph.add("Reshape", taken, whole, output=output)


def averaged(graph: Graph, versions: Versions, name: str, said: str) -> str:
    """Add the mean over versions of an output, turned back, and give its name, shape (n, units)."""
    matrix, shift = versions.matrix[name], versions.shift[name]
    rows = graph.cast(graph.reshaped(said, (len(matrix),)), DOUBLE)
    mean = graph.add("MatMul", rows, graph.constant(matrix))
    return graph.cast(graph.add("Add", mean, graph.constant(shift.astype(np.float64))), FLOAT)
