"""Marks on events: the published test split, and values outside the expected ranges."""

import logging
from collections.abc import Mapping

import numpy as np

from footprint.config.npz import OUTSIDE, TEST, TEST_SPLIT
from footprint.files.hdf5 import Array, ArraySpec

EDGE = 1e-5
"""Relative rounding at the edges of a range."""
SPECS = {
    TEST: ArraySpec(TEST, "", "1 for events of the published test split, else 0"),
    OUTSIDE: ArraySpec(OUTSIDE, "", "1 for events outside the expected ranges, else 0"),
}

log = logging.getLogger(__name__)


class Outside:
    """Counts events outside the expected ranges of one file.

    Parameters
    ----------
    ranges
        Smallest and largest expected value by the array's name.
    """

    def __init__(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        self.ranges = ranges
        self.counts = dict.fromkeys(ranges, 0)
        self.events = 0

    def mark(self, arrays: Mapping[str, Array], count: int) -> Array:
        """Mark the events of a block that are outside a range; NaN is.

        Returns
        -------
        ndarray of uint8, shape (count,)
        """
        marked = np.zeros(count, dtype=np.bool_)
        for name, (low, high) in self.ranges.items():
            edge = EDGE * max(abs(low), abs(high))
            inside = (arrays[name] >= low - edge) & (arrays[name] <= high + edge)
            self.counts[name] += int(np.count_nonzero(~inside))
            marked |= ~inside
        self.events += count
        return marked.astype(np.uint8)

    def warn(self, path: str) -> None:
        """Say in the log how many there were."""
        for name, count in self.counts.items():
            if count:
                log.warning(
                    "%s: '%s' of %d of %d events lies outside %g to %g; they are kept and marked "
                    "in '%s'",
                    *(path, name, count, self.events, *self.ranges[name], OUTSIDE),
                )


def published_test(split: str, first: int, count: int, last: range) -> Array:
    """Mark the events of the published test split.

    Parameters
    ----------
    split
        Name of the split the events belong to; empty where members hold all events.
    first, count
        Index of the first event in the file, and how many there are.
    last
        Indices of the test split, where it is the last part of the file.

    Returns
    -------
    ndarray of uint8, shape (count,)
    """
    if split:
        return np.full(count, split == TEST_SPLIT, dtype=np.uint8)
    return (np.arange(first, first + count) >= last.start).astype(np.uint8)
