"""Bootstrap over test events: the statistical error of any number, paired between methods.

A resampling says how often each event counts (Efron, Ann. Statist. 7 (1979) 1). It depends on
the number of events alone, so all methods see the same resamplings of the same events, and the
error of a difference knows that both methods were judged on one test split.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 1979
CENTRAL = 0.6827
"""Probability within one standard deviation of a normal distribution."""
ENOUGH = 0.9
"""Share of the resamplings that must give a finite number, or no error is stated."""
FEW = 0.01
"""Share of the resamplings that may be infinite, or no error is stated."""

Counts = NDArray[np.int64] | NDArray[np.float64]
"""How often each event counts, shape (n,); all ones for the sample as it is. In floating point
where events have weights: how often, times the weight."""
Values = NDArray[Any]
Measure = Callable[[Counts], Mapping[str, ArrayLike]]
"""Numbers or arrays by name, as functions of how often each event counts."""


@dataclass(frozen=True)
class Sampled:
    """A number, or an array of numbers, with its value in every resampling.

    Attributes
    ----------
    value
        From the sample as it is, any shape.
    replicas
        From the resamplings, shape (resamplings, *shape of value).
    """

    value: Values
    replicas: Values

    @property
    def error(self) -> Values:
        """Standard deviation of the replicas that are finite; NaN where that would say too little.

        A resampling without the events in question says nothing of them, and up to 1 - `ENOUGH`
        may be missing. An infinite replica is the far end of the distribution: the error without
        it is too small, so no error is stated where more than `FEW` are infinite, or the value.
        """
        finite = np.isfinite(self.replicas)
        infinite = np.isinf(self.replicas).sum(axis=0)
        used = finite.sum(axis=0)
        kept = np.where(finite, self.replicas, 0.0)
        mean = kept.sum(axis=0) / np.maximum(used, 1)
        squares = np.where(finite, (kept - mean) ** 2, 0.0).sum(axis=0)
        number = len(self.replicas)
        stated = (used >= ENOUGH * number) & (used > 1) & np.isfinite(self.value)
        stated &= infinite <= FEW * number
        return np.where(stated, np.sqrt(squares / np.maximum(used - 1, 1)), np.nan)

    def band(self) -> tuple[Values, Values]:
        """Find the central 68.27 % of the replicas: lower and upper edge."""
        edges = (0.5 * (1 - CENTRAL), 0.5 * (1 + CENTRAL))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
            low, high = np.nanquantile(self.replicas, edges, axis=0)
        return low, high

    def at(self, index: int) -> "Sampled":
        """Take one element of the first axis."""
        return Sampled(self.value[index], self.replicas[:, index])

    def __sub__(self, other: Self) -> "Sampled":
        """Subtract resampling by resampling, so that the error is that of paired events.

        Where both are infinite, the replica of the difference could be anything and is infinite.
        """
        both = np.isinf(self.replicas) & np.isinf(other.replicas)
        with np.errstate(invalid="ignore"):
            replicas = np.where(both, np.inf, self.replicas - other.replicas)
            return Sampled(self.value - other.value, replicas)

    def __truediv__(self, other: Self) -> "Sampled":
        """Divide resampling by resampling; NaN where the denominator is zero."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return Sampled(self.value / other.value, self.replicas / other.replicas)


def resamplings(events: int, number: int) -> Iterator[NDArray[np.int64]]:
    """Draw events with replacement, always the same way.

    Parameters
    ----------
    events
        Events in the test split.
    number
        Resamplings.

    Yields
    ------
    ndarray of int64, shape (events,)
        How often each event was drawn; the sum is ``events``.
    """
    stream = np.random.Generator(np.random.PCG64DXSM([SEED, events]))
    for _ in range(number):
        yield np.bincount(stream.integers(0, events, events), minlength=events)


def bootstrap(
    measure: Measure,
    events: int,
    number: int,
    weights: Values | None = None,
    *,
    rows: NDArray[np.intp] | None = None,
) -> dict[str, Sampled]:
    """Take a measure on the sample and on its resamplings.

    Parameters
    ----------
    measure
        What to compute from how often each event counts.
    events, number
        Events in the test split, and resamplings.
    weights
        How much each event counts when it is drawn, shape (n,); by default all count alike.
    rows
        Where only some of the events are measured, their places among all, shape (n,). Samples
        that share some of their events are then resampled together: an event counts as often in
        the one as in the other, and differences between them have the right error whatever
        they share.

    Returns
    -------
    dict of str to Sampled
    """
    here = slice(None) if rows is None else rows
    weight: Any = 1 if weights is None else weights.astype(np.float64)
    nominal = measure(np.ones(events, dtype=np.int64)[here] * weight)
    drawn = [measure(counts[here] * weight) for counts in resamplings(events, number)]
    return {
        name: Sampled(
            np.asarray(value, dtype=np.float64),
            np.asarray([replica[name] for replica in drawn], dtype=np.float64),
        )
        for name, value in nominal.items()
    }


def bootstrap_of_two(
    measure: Callable[[Counts, Counts], Mapping[str, ArrayLike]],
    events: tuple[int, int],
    number: int,
    weights: tuple[Values | None, Values | None] = (None, None),
) -> dict[str, Sampled]:
    """Take a measure of two samples on both as they are and on their resamplings.

    Samples of one length are resampled alike, as events that belong together must be, such as
    real and generated ones under the same conditions; for independent events it makes no
    difference.

    Parameters
    ----------
    measure
        What to compute from how often each event of the first and of the second sample counts.
    events
        Their lengths.
    number
        Resamplings.
    weights
        How much each event counts when it is drawn; None where all count alike.
    """
    heavy: list[Any] = [1 if w is None else w.astype(np.float64) for w in weights]

    def at(first: Values, second: Values) -> Mapping[str, ArrayLike]:
        return measure(first * heavy[0], second * heavy[1])

    nominal = at(*(np.ones(length, dtype=np.int64) for length in events))
    drawn = [at(*both) for both in zip(*(resamplings(n, number) for n in events), strict=True)]
    return {
        name: Sampled(
            np.asarray(value, dtype=np.float64),
            np.asarray([replica[name] for replica in drawn], dtype=np.float64),
        )
        for name, value in nominal.items()
    }


def normal(value: float, error: float, number: int, about: Sequence[object]) -> Sampled:
    """Stand in for resamplings of a number that has its error from elsewhere, such as a time.

    Parameters
    ----------
    value, error
        The number; NaN where its error is not known.
    number
        Resamplings: normal deviates with exactly this error, the same whenever asked for.
    about
        Of what it is the number: those of other things are independent.
    """
    seeds = [SEED, *"/".join(map(str, about)).encode()]
    deviates = np.random.Generator(np.random.PCG64DXSM(seeds)).standard_normal(number)
    centred = deviates - deviates.mean()
    size = np.sqrt(np.mean(centred**2) * number / max(number - 1, 1))
    return Sampled(np.asarray(value), value + error * centred / (size or 1.0))


def effective_events(weights: Values) -> float:
    """Compute how many events of equal weight would be as good: (sum w)^2 / sum w^2.

    Kish, Survey Sampling (1965). Without any weight above 0 there are none.
    """
    wide = weights.astype(np.float64)
    squares = float(np.dot(wide, wide))
    return float(wide.sum()) ** 2 / squares if squares > 0 else 0.0


def mean(sampled: Sequence[Sampled]) -> Sampled:
    """Average over trainings (seeds); the replicas are averaged resampling by resampling."""
    return Sampled(
        np.mean([entry.value for entry in sampled], axis=0),
        np.mean([entry.replicas for entry in sampled], axis=0),
    )


def spread(sampled: Sequence[Sampled]) -> float | None:
    """Compute the standard deviation over trainings (seeds), None for a single one."""
    if len(sampled) <= 1:
        return None
    with np.errstate(invalid="ignore"):
        return float(np.std([entry.value for entry in sampled], ddof=1))
