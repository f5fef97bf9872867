"""How far two samples of a quantity lie apart: Wasserstein, Kolmogorov-Smirnov, chi squared.

Sorting and bins are prepared once; how often each event counts comes from the resampling.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bootstrap import Counts, effective_events

Floats = NDArray[np.float64]
CHI2_BINS = 20
"""Bins of about as many real events, of the chi squared."""


@dataclass(frozen=True)
class Pair:
    """Two samples of one quantity, sorted together; events without it are left out.

    Attributes
    ----------
    known
        Of each sample, which of its events have it.
    order
        From the events of both that have it, one sample after the other, to rising values.
    gaps
        Between neighbours, shape (events - 1,).
    places
        Of each sample, in which of the bins its events lie.
    variance
        Of the difference of the shares of the events in bins, shape (bins,); the outer bins have
        no outer edge.
    sd
        Standard deviation of the first sample.
    """

    known: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    order: NDArray[np.intp]
    gaps: Floats
    places: tuple[NDArray[np.intp], NDArray[np.intp]]
    variance: Floats
    sd: float

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the chi squared, as both are compared in shape alone."""
        return max(0, int(np.count_nonzero(self.variance > 0)) - 1)

    def _counts(self, first: Counts, second: Counts) -> tuple[Floats, Floats]:
        return (
            np.asarray(first[self.known[0]], dtype=np.float64),
            np.asarray(second[self.known[1]], dtype=np.float64),
        )

    def wasserstein_and_ks(self, first: Counts, second: Counts) -> tuple[float, float]:
        """Integrate the difference of the cumulative distributions, and find its maximum.

        The integral over |F - G| is the first Wasserstein distance, in units of the quantity
        (Vallender, Theory Probab. Appl. 18 (1974) 784). NaN where a sample has no event left.
        """
        a, b = self._counts(first, second)
        if a.sum() <= 0 or b.sum() <= 0:
            return float("nan"), float("nan")
        steps = np.concatenate([a / a.sum(), -b / b.sum()])[self.order]
        away = np.abs(np.cumsum(steps)[:-1])
        return float(away @ self.gaps), float(np.max(away, where=self.gaps > 0, initial=0.0))

    def chi_squared(self, first: Counts, second: Counts) -> float:
        """Compare the shares of the events in bins: chi squared per degree of freedom.

        The variance of a share is the sum of squared weights over the square of the sum of
        weights, of both samples (Gagunashvili, Nucl. Instrum. Meth. A 614 (2010) 287). Bins
        without events of either do not count; NaN where there are fewer than two.
        """
        there = self.variance > 0
        a, b = self._counts(first, second)
        if a.sum() <= 0 or b.sum() <= 0 or there.sum() <= 1:
            return float("nan")
        shares = [
            np.bincount(place, weights, minlength=len(self.variance)) / weights.sum()
            for place, weights in zip(self.places, (a, b), strict=True)
        ]
        squares = (shares[0] - shares[1])[there] ** 2 / self.variance[there]
        return float(squares.sum() / (there.sum() - 1))


def pair(
    first: Floats,
    second: Floats,
    weights: tuple[Floats, Floats] | None = None,
    bins: int = CHI2_BINS,
) -> Pair:
    """Prepare two samples of a quantity, shapes (n,) and (m,); NaN where an event has none.

    Parameters
    ----------
    first, second
        Their values.
    weights
        How much their events count; by default all alike.
    bins
        Of the chi squared.
    """
    given = weights or (np.ones(len(first)), np.ones(len(second)))
    known = np.isfinite(first), np.isfinite(second)
    a, b = first[known[0]], second[known[1]]
    heavy = [np.asarray(w[k], dtype=np.float64) for w, k in zip(given, known, strict=True)]
    both = np.concatenate([a, b])
    order = np.argsort(both, kind="stable")
    inner = np.unique(np.quantile(a, np.linspace(0, 1, bins + 1)[1:-1])) if a.size else a
    places = [np.searchsorted(inner, values, side="right") for values in (a, b)]
    variance = np.zeros(len(inner) + 1)
    for place, weight in zip(places, heavy, strict=True):
        share = weight / weight.sum() if weight.sum() > 0 else weight
        variance += np.bincount(place, share**2, minlength=len(variance))
    mean = np.average(a, weights=heavy[0]) if heavy[0].sum() > 0 else np.nan
    spread = np.average((a - mean) ** 2, weights=heavy[0]) if heavy[0].sum() > 0 else np.nan
    return Pair(
        known,
        order,
        np.diff(both[order]),
        (places[0], places[1]),
        variance,
        float(np.sqrt(spread)),
    )


def ks_probability(statistic: float, first: Floats, second: Floats) -> float:
    """Compute how likely a Kolmogorov-Smirnov statistic at least as large is by chance.

    Parameters
    ----------
    statistic
        The largest difference of the cumulative distributions.
    first, second
        Weights of the events.

    Returns
    -------
    float
        From Kolmogorov's limit for many events, of weighted ones the effective numbers.
    """
    n, m = effective_events(first), effective_events(second)
    from scipy.special import kolmogorov

    return float(kolmogorov(statistic * np.sqrt(n * m / (n + m)))) if n * m > 0 else float("nan")
