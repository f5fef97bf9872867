"""Means and standard deviations in bins, from sums that can be made block by block.

Values of one event belong together: a shower with many muons raises the signal of all its
stations. So sums are made for each event first, and errors are those between events: with
x = (n, sum of v, sum of v^2) of an event in a bin, a mean or an sd is a function of the total X,
and its variance is g^T (sum of x x^T) g with the gradient g at X. For one value an event this is
the familiar sd / sqrt(n).
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """Sums over the events that have values in a bin.

    Attributes
    ----------
    events
        Their number, shape (bins,).
    first
        Sum of x, shape (bins, 3).
    second
        Sum of x x^T, shape (bins, 3, 3).
    """

    events: Counts
    first: Floats
    second: Floats

    def __add__(self, other: "Sums") -> "Sums":
        """Join what two blocks of events gave."""
        return Sums(
            self.events + other.events, self.first + other.first, self.second + other.second
        )

    @property
    def values(self) -> Counts:
        """Number of values in each bin."""
        return self.first[:, 0].astype(np.int64)

    def mean(self) -> tuple[Floats, Floats]:
        """Mean of each bin and its error; NaN where there is no value, or no second event."""
        n, total, _ = self.first.T
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / n
            gradient = np.stack([-mean, np.ones_like(mean), np.zeros_like(mean)], axis=-1)
            return mean, self._error(gradient / n[:, None])

    def sd(self) -> tuple[Floats, Floats]:
        """Sd of each bin and its error; NaN where there is no second event."""
        n, total, squares = self.first.T
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / n
            variance = np.maximum(squares / n - mean**2, 0.0)
            gradient = np.stack([2 * mean**2 - squares / n, -2 * mean, np.ones_like(mean)], axis=-1)
            sd = np.sqrt(variance * self._small_sample())
            # Without any spread the error is none either, rather than 0 / 0.
            return sd, np.where(sd > 0, self._error(gradient / n[:, None]) / (2 * sd), 0 * sd)

    def _error(self, gradient: Floats) -> Floats:
        squared = np.einsum("bi,bij,bj->b", gradient, self.second, gradient)
        return np.asarray(np.sqrt(np.maximum(squared, 0.0) * self._small_sample()))

    def _small_sample(self) -> Floats:
        """E / (E - 1) for E events, as a mean takes one of them away; NaN for a single one."""
        events = self.events.astype(np.float64)
        return np.divide(events, events - 1, out=np.full_like(events, np.nan), where=events > 1)

    @classmethod
    def none(cls, bins: int) -> Self:
        """Begin with nothing."""
        return cls(np.zeros(bins, np.int64), np.zeros((bins, 3)), np.zeros((bins, 3, 3)))


def sums(values: Floats, bins: NDArray[np.intp], count: int) -> Sums:
    """Sum the values of each event in each bin.

    Parameters
    ----------
    values
        Values of each event, shape (events, k).
    bins
        Number of the bin of each value, the same shape; -1 leaves the value out.
    count
        Number of bins.
    """
    used = bins >= 0
    event = np.broadcast_to(np.arange(len(values))[:, None], values.shape)[used]
    slot = event * count + bins[used]
    chosen = values[used].astype(np.float64)
    each = np.stack(
        [
            np.bincount(slot, weights, minlength=len(values) * count)
            for weights in (np.ones_like(chosen), chosen, chosen**2)
        ],
        axis=-1,
    ).reshape(len(values), count, 3)
    return Sums(
        events=np.count_nonzero(each[..., 0], axis=0).astype(np.int64),
        first=each.sum(axis=0),
        second=np.einsum("ebi,ebj->bij", each, each),
    )


def wilson(successes: NDArray[Any], trials: NDArray[Any]) -> tuple[Floats, Floats]:
    """Interval of 68.27 % for a binomial probability (E. B. Wilson, 1927), NaN without trials."""
    z = 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        n = trials.astype(np.float64)
        share = successes / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
