"""Predicted uncertainties: whether they are as large as the errors that are made.

A method that predicts a value and its sigma says that the truth follows a normal distribution; of
the logarithm of the value where that was learnt. It is a posterior in closed form, and judged as
one (`footprint.evaluation.posterior`), and by its pulls, (prediction - truth) / sigma.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bootstrap import Counts, Measure, Values
from footprint.files.predictions import Predictions

Wide = NDArray[np.float64]
PULL_EDGES = np.linspace(-5, 5, 41)
"""Bins of the distribution of pulls."""
SIGMA_BINS = 10
"""Bins of the predicted sigma; each holds as many events."""


@dataclass(frozen=True)
class Normal:
    """Normal distributions of values, or of their log10 where that was learnt, shapes (n,).

    Attributes
    ----------
    mean, sigma
        Of the distributions.
    truth
        On the same scale.
    """

    mean: Wide
    sigma: Wide
    truth: Wide

    @property
    def pull(self) -> Wide:
        """Prediction minus truth in units of sigma."""
        return np.asarray((self.mean - self.truth) / self.sigma)


def normal_of(predictions: Predictions) -> Normal:
    """Read the normal distributions that a method predicts.

    Of a value whose log10 was learnt, ``sigma`` is half of the range from 10^(m - s) to
    10^(m + s), that is 10^m sinh(s ln 10), from which s follows.

    Raises
    ------
    ValueError
        There is no sigma.
    """
    if predictions.sigma is None:
        msg = f"'{predictions.method}' predicts no sigma"
        raise ValueError(msg)
    mean, sigma, truth = (
        array.reshape(-1).astype(np.float64)
        for array in (predictions.prediction, predictions.sigma, predictions.truth)
    )
    if not predictions.log:
        return Normal(mean, sigma, truth)
    return Normal(np.log10(mean), np.arcsinh(sigma / mean) / np.log(10), np.log10(truth))


def crps(predictions: Predictions) -> Wide:
    """Compute the continuous ranked probability score in closed form, in the target's unit, (n,).

    Of a normal distribution by Gneiting et al., Mon. Weather Rev. 133 (2005) 1098, eq. 5; of a
    log-normal one by Baran and Lerch, Q. J. R. Meteorol. Soc. 141 (2015) 2289, eq. 3.
    """
    from scipy.special import ndtr

    found = normal_of(predictions)
    z = -found.pull
    if not predictions.log:
        density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
        return np.asarray(found.sigma * (z * (2 * ndtr(z) - 1) + 2 * density - np.pi**-0.5))
    sigma = found.sigma * np.log(10)
    # In terms of the median, which does not overflow where the mean of a log-normal would.
    median, truth = 10.0**found.mean, 10.0**found.truth
    beyond = ndtr(z - sigma) + ndtr(sigma / np.sqrt(2)) - 1
    return np.asarray(truth * (2 * ndtr(z) - 1) - 2 * median * np.exp(0.5 * sigma**2) * beyond)


def log_likelihood(predictions: Predictions) -> Wide:
    """Compute the logarithm of the density of the truth in nat, shape (n,).

    Per unit of the target; of its log10 where that was learnt.
    """
    found = normal_of(predictions)
    return np.asarray(-0.5 * found.pull**2 - np.log(found.sigma) - 0.5 * np.log(2 * np.pi))


def combined_sigma(
    predictions: Sequence[Predictions], weights: Sequence[float], mean: Values
) -> Values | None:
    """Compute the uncertainty of the mean of several methods; None where one says none.

    The variance of the mixture of their distributions about the mean: the mean of the variances
    and the variance of the means (Lakshminarayanan et al., NeurIPS 30 (2017), arXiv:1612.01474);
    of log10 where all have learnt that.

    Parameters
    ----------
    predictions, weights
        Of the same events in the same order, and how much each counts.
    mean
        Their mean, in the target's unit, shape (n,).
    """
    if any(entry.sigma is None for entry in predictions):
        return None
    log = all(entry.log for entry in predictions)
    found = [normal_of(replace(entry, log=log)) for entry in predictions]
    centre = np.log10(mean) if log else mean
    squares = [entry.sigma**2 + (entry.mean - centre) ** 2 for entry in found]
    sigma = np.sqrt(np.average(squares, axis=0, weights=weights))
    return np.asarray(mean * np.sinh(sigma * np.log(10)) if log else sigma)


def measures(predictions: Predictions) -> Measure:
    """Prepare the numbers of predicted uncertainties; none of a method that predicts none.

    Returns
    -------
    Measure
        ``pull_mean`` and ``pull_width``, mean and standard deviation of the pulls, 0 and 1 where
        predictions and sigmas are right.
    """
    if predictions.sigma is None:
        return lambda _: {}
    pull = normal_of(predictions).pull

    def measure(counts: Counts) -> dict[str, float]:
        total = counts.sum()
        mean = float(np.dot(counts, pull) / total)
        width = float(np.dot(counts, (pull - mean) ** 2) / total) ** 0.5
        return {"pull_mean": mean, "pull_width": width}

    return measure


def pulls(predictions: Predictions) -> Measure:
    """Prepare the ``density`` of the pulls in `PULL_EDGES`, shape (bins,), of all events."""
    if predictions.sigma is None:
        return lambda _: {}
    pull, width = normal_of(predictions).pull, np.diff(PULL_EDGES)
    place = np.searchsorted(PULL_EDGES, pull, side="right")

    def measure(counts: Counts) -> dict[str, Values]:
        filled = np.bincount(place, weights=counts, minlength=len(PULL_EDGES) + 1)
        return {"density": filled[1 : len(PULL_EDGES)] / (width * counts.sum())}

    return measure


def in_bins_of_sigma(predictions: Predictions) -> Measure:
    """Prepare the errors that are made where a sigma is predicted.

    Returns
    -------
    Measure
        In bins of rising sigma of about as many events, each of shape (bins,): ``predicted``, the
        root mean square of sigma, and ``observed``, that of prediction minus truth. They are
        equal where sigmas are right (Levi et al., Sensors 22 (2022) 5540). Of log10 where that
        was learnt. ``low`` and ``high``, the smallest and largest sigma, and ``events``.
    """
    if predictions.sigma is None:
        return lambda _: {}
    found = normal_of(predictions)
    bins = min(SIGMA_BINS, len(found.sigma))
    # By rank, so that all trainings have as many bins, whatever sigmas they predict.
    members = np.array_split(np.argsort(found.sigma, kind="stable"), bins)
    place = np.empty(len(found.sigma), dtype=np.intp)
    for number, rows in enumerate(members):
        place[rows] = number
    fixed = {
        "low": np.array([found.sigma[rows[0]] for rows in members]),
        "high": np.array([found.sigma[rows[-1]] for rows in members]),
        "events": np.array([len(rows) for rows in members]),
    }
    columns = {"predicted": found.sigma**2, "observed": (found.mean - found.truth) ** 2}

    def measure(counts: Counts) -> dict[str, Values]:
        total = np.bincount(place, weights=counts, minlength=bins)
        with np.errstate(invalid="ignore"):
            means = {
                name: np.sqrt(np.bincount(place, counts * values, bins) / total)
                for name, values in columns.items()
            }
        return means | fixed

    return measure
