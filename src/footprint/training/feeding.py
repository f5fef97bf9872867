"""Batches in an order of our own, from memory or streamed from disk.

Keras on TensorFlow repeats one permutation in every epoch after a seed is set, and streams
compressed files slowly row by row; here each epoch has its permutation from (seed, epoch), and
files are read in windows of whole chunks, shuffled among each other and within.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass, field

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import CHUNK, Array

WINDOW = 32 * CHUNK
CACHED_WINDOWS = 2
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
    """

    dataset: Dataset
    split: Split
    names: list[str]
    window: int
    _cache: "OrderedDict[int, Arrays]" = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return self.dataset.length(self.split)

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
            rows = slice(number * self.window, (number + 1) * self.window)
            self._cache[number] = self.dataset.inputs(self.split, self.names, rows)
            if len(self._cache) > CACHED_WINDOWS:
                self._cache.popitem(last=False)
        return self._cache[number]


def rows_of(dataset: Dataset, split: Split, names: list[str], memory_mb: float) -> Rows:
    """Choose between memory and disk by the size of a split's inputs."""
    arrays = [dataset.array(split, "inputs", name) for name in names]
    megabytes = sum(array.size * array.dtype.itemsize for array in arrays) / 1e6
    length = dataset.length(split)
    return Rows(dataset, split, names, length if megabytes <= memory_mb else WINDOW)


class Batches(keras.utils.PyDataset):
    """Batches of inputs, targets and weights for Keras.

    Parameters
    ----------
    rows
        Inputs.
    batch_size
        Events a batch.
    targets, weights
        Of all rows, shapes (n, ...) and (n,); without targets only inputs are given.
    """

    def __init__(
        self,
        rows: Rows,
        batch_size: int,
        targets: Array | None = None,
        weights: Array | None = None,
    ) -> None:
        super().__init__()
        self._rows, self._batch_size = rows, batch_size
        self._targets, self._weights = targets, weights
        self._order = np.arange(len(rows))

    def shuffle(self, seed: int, epoch: int) -> None:
        """Order the rows for an epoch."""
        self._order = self._rows.order(seed, epoch)

    def __len__(self) -> int:
        return math.ceil(len(self._rows) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[Arrays | Array, ...]:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        inputs = self._rows.take(rows)
        if self._targets is None:
            return (inputs,)
        if self._weights is None:
            return inputs, self._targets[rows]
        return inputs, self._targets[rows], self._weights[rows]
