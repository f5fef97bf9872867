"""Quantiles of values that count more or less than once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bootstrap import Counts, Values


def quantiles(rising: Values, counts: Counts, shares: Sequence[float]) -> NDArray[np.float64]:
    """Compute quantiles, linear between values as NumPy's default (Hyndman and Fan's type 7).

    The rising values are a step function of the summed weight, which ends at S; the quantile q is
    its mean over one unit of weight u from q (S - u) on (Akinshin, arXiv:2304.07265). With whole
    numbers and u = 1 that is exactly the quantile of values repeated so many times. Where events
    count less than once, u is the smallest weight: the quantile follows the steps, and a common
    factor of all weights below 1 changes nothing.

    Parameters
    ----------
    rising
        Values in rising order, shape (n,).
    counts
        How often each of them counts, shape (n,); in floating point its weight.
    shares
        Shares of the events below, in [0, 1].

    Returns
    -------
    ndarray, shape (len(shares),)
        NaN where nothing counts.
    """
    used = counts > 0
    if not used.any():
        return np.full(len(shares), np.nan)
    if counts.dtype.kind != "f":
        return np.asarray(np.quantile(np.repeat(rising, counts.astype(np.int64)), shares))
    ends = np.cumsum(counts[used])
    starts = np.concatenate([[0.0], ends[:-1]])
    unit = min(1.0, float(counts[used].min()))
    first = np.asarray(shares)[:, None] * (ends[-1] - unit)
    inside = np.minimum(ends, first + unit) - np.maximum(starts, first)
    shared = np.maximum(inside, 0.0)
    return np.asarray(shared @ rising[used] / shared.sum(axis=1))
