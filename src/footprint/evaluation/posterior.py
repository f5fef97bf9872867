"""Posteriors, known through draws or a sigma: how often they hold the truth, how sharp they are.

Of each event there are K draws of one value, or a normal distribution in closed form. If truth
and draws come from the same distribution, the truth is equally likely to have any rank among the
draws (Talts et al., arXiv:1804.06788).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from footprint.evaluation import uncertainty
from footprint.evaluation.bins import Bin, in_bins
from footprint.evaluation.bootstrap import CENTRAL, Counts, Measure, Values
from footprint.evaluation.shares import share
from footprint.files.predictions import Predictions

Wide = NDArray[np.float64]
TWO_SIGMA = 0.9545
"""Probability within two standard deviations of a normal distribution."""
CREDIBILITIES = np.round(np.append(np.arange(0.05, 0.96, 0.05), [CENTRAL, TWO_SIGMA, 0.99]), 4)
CREDIBILITIES.sort()
PIT_BINS = 20
_AT_ONCE = 2048
"""Events whose draws are sorted at once."""
_PER_CENT = 100.0


@dataclass(frozen=True)
class Posteriors:
    """What is known of each event's posterior, shapes (n,).

    Attributes
    ----------
    pit
        Share of the posterior below the truth, in (0, 1): probability integral transform.
    half_width
        Half of the central 68.27 % interval, in the unit of the target.
    crps
        Continuous ranked probability score, in the unit of the target.
    """

    pit: Wide
    half_width: Wide
    crps: Wide

    def at(self, rows: NDArray[np.intp]) -> "Posteriors":
        """Take some events."""
        return Posteriors(self.pit[rows], self.half_width[rows], self.crps[rows])


def has_posterior(predictions: Predictions) -> bool:
    """Tell whether there are draws, or a sigma."""
    return predictions.samples is not None or predictions.sigma is not None


def posteriors(predictions: Predictions) -> Posteriors:
    """Compare the posterior of each event with its truth.

    Raises
    ------
    ValueError
        There is none.
    """
    if not has_posterior(predictions):
        msg = f"'{predictions.method}' has neither draws nor a sigma"
        raise ValueError(msg)
    samples = predictions.samples
    if samples is None:
        return _of_sigma(predictions)
    truth = predictions.truth.reshape(-1).astype(np.float64)
    parts = [
        _of_some(np.sort(samples[start : start + _AT_ONCE].astype(np.float64), axis=1), here)
        for start in range(0, len(truth), _AT_ONCE)
        for here in [truth[start : start + _AT_ONCE]]
    ]
    return Posteriors(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Posteriors.__annotations__)
    )


def _of_sigma(predictions: Predictions) -> Posteriors:
    """Compare a normal posterior, or that of a logarithm, with the truth, in closed form."""
    found = uncertainty.normal_of(predictions)
    half_width = np.asarray(predictions.sigma, dtype=np.float64).reshape(-1)
    from scipy.special import ndtr

    return Posteriors(ndtr(-found.pull), half_width, uncertainty.crps(predictions))


def _of_some(rising: Wide, truth: Wide) -> Posteriors:
    edges = interval(rising, CENTRAL)
    return Posteriors(pit(rising, truth), 0.5 * (edges[1] - edges[0]), crps(rising, truth))


def pit(rising: Wide, truth: Wide) -> Wide:
    """Estimate the share of each posterior below the truth.

    The k-th of K rising draws has on average the share k / (K + 1) of any distribution below it;
    between two draws the share is linear. A truth beyond all draws has half of the outermost step.

    Parameters
    ----------
    rising
        Draws in rising order, shape (n, draws).
    truth
        Shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
        Within (0, 1).
    """
    draws = rising.shape[1]
    below = np.count_nonzero(rising < truth[:, None], axis=1)
    equal = np.count_nonzero(rising == truth[:, None], axis=1)
    events = np.arange(len(rising))
    low = rising[events, np.maximum(below, 1) - 1]
    high = rising[events, np.minimum(below, draws - 1)]
    gap = high - low
    inside = (below > 0) & (below < draws) & (gap > 0)
    part = np.where(inside, (truth - low) / np.where(gap > 0, gap, 1.0), 0.5)
    # A truth that is among the draws has as many ranks as draws that are equal to it.
    position = np.where(equal > 0, below + 0.5 * (equal + 1), below + part)
    return np.asarray(position / (draws + 1))


def interval(rising: Wide, credibility: float) -> tuple[Wide, Wide]:
    """Find the edges of the central interval of each posterior, shapes (n,).

    Quantiles are those of `pit`: a truth inside has a `pit` within credibility / 2 of one half.
    """
    shares = [0.5 * (1 - credibility), 0.5 * (1 + credibility)]
    low, high = np.quantile(rising, shares, axis=1, method="weibull")
    return low, high


def crps(rising: Wide, truth: Wide) -> Wide:
    """Estimate the continuous ranked probability score of each event, in the unit of the truth.

    E|X - y| - E|X - X'| / 2 for draws X, X' and the truth y (Gneiting and Raftery, J. Am. Stat.
    Assoc. 102 (2007) 359, eq. 21); of pairs of different draws, so that the number of draws is of
    no consequence (Ferro, Q. J. R. Meteorol. Soc. 140 (2014) 1917). Of a single value without
    uncertainty it is the absolute error.
    """
    draws = rising.shape[1]
    ranks = 2 * np.arange(1, draws + 1) - draws - 1
    apart = rising @ ranks * 2 / (draws * (draws - 1))
    return np.asarray(np.mean(np.abs(rising - truth[:, None]), axis=1) - 0.5 * apart)


def inside(shares: Wide, credibilities: ArrayLike) -> Values:
    """Tell whether central intervals hold the truth, shape (n, intervals), given its `pit`."""
    return np.abs(shares[:, None] - 0.5) <= 0.5 * np.asarray(credibilities)


def joint_level(predictions: Predictions) -> Wide | None:
    """Give the smallest credibility of a region of highest joint density that holds the truth.

    Returns
    -------
    ndarray of float64, shape (n,), or None
        Uniform in (0, 1) where the posterior is right. Among K draws there are K + 1 ranks.
    """
    level, samples = predictions.level, predictions.samples
    if level is None:
        return None
    if samples is None:
        return level.astype(np.float64)
    draws = samples.shape[1]
    return np.asarray((level.astype(np.float64) * draws + 0.5) / (draws + 1))


def measures(predictions: Predictions) -> Measure:
    """Prepare the numbers of a posterior; none of a method that says one value alone.

    Returns
    -------
    Measure
        ``coverage_68`` and ``coverage_95``, the share of events whose central 68.27 % or 95.45 %
        interval holds the truth, in per cent; ``pit_distance``, the largest distance of the
        cumulative distribution of the PIT to that of a uniform one (Kolmogorov and Smirnov);
        ``interval_68``, the mean half-width of the 68.27 % interval, and ``crps``, in the target's
        unit; of all targets learnt together ``log_likelihood``, the mean logarithm of the density
        of the truth in nat, and ``joint_coverage_68``, the share of events whose 68.27 % region of
        highest joint density holds the truth, in per cent.
    """
    columns: dict[str, Values] = {}
    distance: Measure | None = None
    if has_posterior(predictions):
        found = posteriors(predictions)
        within = _PER_CENT * inside(found.pit, [CENTRAL, TWO_SIGMA])
        columns = {"coverage_68": within[:, 0], "coverage_95": within[:, 1]}
        columns |= {"interval_68": found.half_width, "crps": found.crps}
        distance = pit_distance(found.pit)
    if predictions.sigma is not None:
        columns["log_likelihood"] = uncertainty.log_likelihood(predictions)
    if predictions.log_density is not None:
        columns["log_likelihood"] = predictions.log_density.astype(np.float64)
    level = joint_level(predictions)
    if level is not None:
        columns["joint_coverage_68"] = _PER_CENT * (level < CENTRAL)
    means = averages(columns)
    return lambda counts: {**means(counts), **(distance(counts) if distance else {})}


def averages(columns: dict[str, Values]) -> Measure:
    """Prepare the means of quantities of the events, each of shape (n,); NaN without events."""
    stacked = np.stack(list(columns.values()), axis=1) if columns else np.empty((0, 0))

    def measure(counts: Counts) -> dict[str, float]:
        if not columns:
            return {}
        return dict(zip(columns, share(counts, stacked).tolist(), strict=True))

    return measure


def pit_distance(shares: Wide) -> Measure:
    """Prepare ``pit_distance``: how far the distribution of PIT lies from a uniform one at most."""
    order = np.argsort(shares, kind="stable")
    rising = shares[order]

    def measure(counts: Counts) -> dict[str, float]:
        ends = np.cumsum(counts[order], dtype=np.float64)
        if ends[-1] <= 0:
            return {"pit_distance": float("nan")}
        above = ends / ends[-1]
        below = np.append(0.0, above[:-1])
        return {"pit_distance": float(np.maximum(above - rising, rising - below).max())}

    return measure


def coverage(predictions: Predictions) -> Measure:
    """Prepare the share of truths inside central intervals and joint regions.

    Returns
    -------
    Measure
        ``central`` and, where several targets are learnt together, ``joint``, shapes
        (credibilities,), of all `CREDIBILITIES`.
    """
    chosen: dict[str, Values] = {}
    if has_posterior(predictions):
        chosen["central"] = inside(posteriors(predictions).pit, CREDIBILITIES)
    level = joint_level(predictions)
    if level is not None:
        chosen["joint"] = level[:, None] < CREDIBILITIES
    return lambda counts: {name: share(counts, held) for name, held in chosen.items()}


def pit_histogram(predictions: Predictions) -> Measure:
    """Prepare the ``density`` of the PIT in `PIT_BINS` bins, shape (bins,), 1 where uniform."""
    if not has_posterior(predictions):
        return lambda _: {}
    place = np.minimum((posteriors(predictions).pit * PIT_BINS).astype(np.intp), PIT_BINS - 1)

    def measure(counts: Counts) -> dict[str, Values]:
        filled = np.bincount(place, weights=counts, minlength=PIT_BINS)
        return {"density": filled * PIT_BINS / counts.sum()}

    return measure


def coverage_in_bins(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare ``coverage_68``, ``interval_68`` and ``crps`` in bins, each of shape (bins,)."""
    if not has_posterior(predictions):
        return lambda _: {}
    found = posteriors(predictions)

    def of_bin(rows: NDArray[np.intp]) -> Measure:
        here = found.at(rows)
        held = _PER_CENT * inside(here.pit, [CENTRAL])[:, 0]
        return averages({"coverage_68": held, "interval_68": here.half_width, "crps": here.crps})

    return in_bins(bins, of_bin)
