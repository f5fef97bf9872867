"""Batches in an order of our own, from memory or streamed from disk.

Keras on TensorFlow repeats one permutation in every epoch after a seed is set, and streams
compressed files slowly row by row; here each epoch has its permutation from (seed, epoch), and
files are read in windows of whole chunks, shuffled among each other and within. Batches go
straight to the network, without the pipeline of threads that ``fit`` puts between: on one core
it costs as much as a small network's training.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footprint.config.trainings import Training
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import CHUNK, Array

WINDOW = 32 * CHUNK
CACHED_WINDOWS = 2
APPLY_BATCH = 4 * CHUNK
"""Events at once where nothing is learnt: whole chunks of the file."""
Arrays = dict[str, Array]


@dataclass
class Rows:
    """Inputs of one split.

    Attributes
    ----------
    dataset, split, names
        Where they come from.
    window
        Rows that are read at once; all of them if the split fits into memory.
    events
        Use the first rows only; None for all.
    chosen
        Use these rows of the split only, rising, shape (m,); None for all. Rows are then counted
        among them, and `events` of them are used.
    """

    dataset: Dataset
    split: Split
    names: list[str]
    window: int
    events: int | None = None
    chosen: NDArray[np.intp] | None = None
    _cache: "OrderedDict[int, Arrays]" = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        if self.events is not None:
            return self.events
        return self.dataset.length(self.split) if self.chosen is None else len(self.chosen)

    def take(self, rows: NDArray[np.intp]) -> Arrays:
        """Read rows in the given order; they should lie in few windows."""
        if self.window >= len(self):
            return {name: values[rows] for name, values in self._load(0).items()}
        number = rows // self.window
        parts = {w: self._load(int(w)) for w in np.unique(number)}
        result = {}
        for name in self.names:
            like = next(iter(parts.values()))[name]
            values = np.empty((len(rows), *like.shape[1:]), like.dtype)
            for w, arrays in parts.items():
                chosen = number == w
                values[chosen] = arrays[name][rows[chosen] - w * self.window]
            result[name] = values
        return result

    def order(self, seed: int, epoch: int) -> NDArray[np.intp]:
        """Permutation of all rows for an epoch: windows shuffled, and the rows in each."""
        rng = np.random.default_rng([seed, epoch])
        starts = np.arange(0, len(self), self.window)
        pieces = [
            start + rng.permutation(min(self.window, len(self) - start))
            for start in rng.permutation(starts)
        ]
        return np.concatenate(pieces)

    def _load(self, number: int) -> Arrays:
        if number not in self._cache:
            rows = slice(number * self.window, min((number + 1) * self.window, len(self)))
            self._cache[number] = self._read(rows)
            if len(self._cache) > CACHED_WINDOWS:
                self._cache.popitem(last=False)
        return self._cache[number]

    def _read(self, rows: slice) -> Arrays:
        """Read consecutive rows; of chosen ones a window of the file at a time.

        The chosen may be few among many: all between them would not fit into memory.
        """
        if self.chosen is None:
            return self.dataset.inputs(self.split, self.names, rows)
        chosen = self.chosen[rows]
        cuts = np.flatnonzero(np.diff(chosen // WINDOW)) + 1
        parts = [self._chosen(some) for some in np.split(chosen, cuts)]
        return {name: np.concatenate([part[name] for part in parts]) for name in self.names}

    def _chosen(self, chosen: NDArray[np.intp]) -> Arrays:
        span = slice(int(chosen[0]), int(chosen[-1]) + 1)
        found = self.dataset.inputs(self.split, self.names, span)
        return {name: values[chosen - span.start] for name, values in found.items()}


def events_of(dataset: Dataset, split: Split, config: Training) -> int | None:
    """Tell how many of the first events are learnt from; None for all of a split.

    Raises
    ------
    TrainingError
        There are fewer.
    """
    events = config.events if split == "train" else None
    if events is not None and events > dataset.length(split):
        msg = (
            f"training.events is {events}, and {dataset.path} has {dataset.length(split)} events "
            f"in its training split: ask for fewer, or simulate more"
        )
        raise TrainingError(msg)
    return events


def rows_of(
    dataset: Dataset,
    split: Split,
    names: list[str],
    memory_mb: float,
    events: int | None = None,
    *,
    chosen: NDArray[np.intp] | None = None,
) -> Rows:
    """Choose between memory and disk by the size of a split's inputs, or of its first events'."""
    arrays = [dataset.array(split, "inputs", name) for name in names]
    length = len(Rows(dataset, split, names, 1, events, chosen))
    row = sum(math.prod(array.shape[1:]) * array.dtype.itemsize for array in arrays)
    in_memory = length * row / 1e6 <= memory_mb
    return Rows(dataset, split, names, length if in_memory else WINDOW, events, chosen)


@dataclass(frozen=True)
class Batch:
    """Some events as Keras takes them: inputs, targets and weights by name, shapes (n, ...).

    Weights are None where all events count alike for all targets.
    """

    inputs: Arrays
    targets: Arrays
    weights: Arrays | None

    def __len__(self) -> int:
        return len(next(iter(self.targets.values())))

    def weight_of(self, metric: str) -> float:
        """Sum of the weights behind a metric, which starts with its target's name if needed."""
        if self.weights is None:
            return float(len(self))
        fitting = [name for name in self.weights if metric.startswith(f"{name}_")]
        name = max(fitting, key=len) if fitting else next(iter(self.weights))
        return float(self.weights[name].sum())


@dataclass(frozen=True)
class Examples:
    """Inputs of a split with what the network shall answer.

    Attributes
    ----------
    rows
        The inputs.
    targets, weights
        Of all rows by target, shapes (n, ...) and (n,); weights are None where all count alike.
    further
        Inputs of all rows that are no inputs of the data set, by name.
    """

    rows: Rows
    targets: Arrays
    weights: Mapping[str, Array | None]
    further: Arrays = field(default_factory=dict)

    def batches(self, order: NDArray[np.intp], size: int) -> Iterator[Batch]:
        """Give the events in an order, so many at once; the last batch may be smaller."""
        for start in range(0, len(order), size):
            yield self.batch(order[start : start + size])

    def batch(self, rows: NDArray[np.intp]) -> Batch:
        """Give some events, which should lie in few windows."""
        targets = {name: values[rows] for name, values in self.targets.items()}
        inputs = self.rows.take(rows) if self.rows.names else {}
        inputs |= {name: values[rows] for name, values in self.further.items()}
        return Batch(inputs, targets, self._weights(rows))

    def _weights(self, rows: NDArray[np.intp]) -> Arrays | None:
        if all(weights is None for weights in self.weights.values()):
            return None
        return {
            name: np.ones(len(rows), np.float32) if weights is None else weights[rows]
            for name, weights in self.weights.items()
        }
