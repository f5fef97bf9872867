"""Ranges of the arrays of training events, found while events pass by."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footprint.files.domain import LEVELS, Range
from footprint.files.events import Block
from footprint.files.hdf5 import Array

MOST_VALUES = 200_000
"""Values of an array that are kept for its quantiles."""


@dataclass
class _Seen:
    """What was seen of one array; ``keys`` and ``values`` are those of the kept events."""

    low: float = np.inf
    high: float = -np.inf
    measured: int = 0
    missing: int = 0
    keys: list[NDArray[np.uint64]] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    waiting: int = 0

    def add(self, keys: NDArray[np.uint64], block: Array) -> None:
        values = block.reshape(len(block), -1)
        missing = int(np.count_nonzero(np.isnan(values))) if values.dtype.kind == "f" else 0
        self.missing += missing
        self.measured += values.size - missing
        if missing < values.size:
            # Of a number and NaN these take the number.
            self.low = min(self.low, float(np.fmin.reduce(values, axis=None)))
            self.high = max(self.high, float(np.fmax.reduce(values, axis=None)))
        most = max(1, MOST_VALUES // max(1, values.shape[1]))
        first = np.argsort(keys, kind="stable")[:most]
        self.keys.append(keys[first])
        self.values.append(values[first].astype(np.float32))
        self.waiting += len(first)
        if self.waiting > 2 * most:
            self._keep(most)

    def _keep(self, most: int) -> None:
        """Keep the events of the smallest keys: a choice that depends on no order of events."""
        keys, values = np.concatenate(self.keys), np.concatenate(self.values)
        first = np.argsort(keys, kind="stable")[:most]
        self.keys, self.values, self.waiting = [keys[first]], [values[first]], len(first)

    def range(self) -> Range:
        if not self.measured:
            return Range(np.nan, np.nan, (np.nan,) * len(LEVELS), 1.0)
        self._keep(max(1, MOST_VALUES // max(1, self.values[0].shape[1])))
        kept = self.values[0][~np.isnan(self.values[0])]
        quantiles = (
            np.quantile(kept.astype(np.float64), LEVELS)
            if kept.size
            else np.full(len(LEVELS), np.nan)
        )
        missing = self.missing / (self.missing + self.measured)
        return Range(self.low, self.high, tuple(map(float, quantiles)), missing)


class DomainSketch:
    """Ranges and quantiles of arrays in one pass and bounded memory.

    Smallest and largest values are those of all events; quantiles are those of the events with
    the smallest random keys, of which there are as many as `MOST_VALUES` allows.

    Parameters
    ----------
    names
        Arrays to look at.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._seen = {name: _Seen() for name in names}

    def add(self, keys: NDArray[np.uint64], block: Block, rows: NDArray[np.bool_]) -> None:
        """Take in some training events.

        Parameters
        ----------
        keys
            Random keys of all events of the block, by which the data set is shuffled.
        block
            Their arrays.
        rows
            Which of them are in the training split.
        """
        for name, seen in self._seen.items() if rows.any() else ():
            seen.add(keys[rows], block[name][rows])

    def ranges(self) -> dict[str, Range]:
        """Give what was found, by array."""
        return {name: seen.range() for name, seen in self._seen.items()}
