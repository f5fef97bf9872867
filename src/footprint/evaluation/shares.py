"""Shares of events, such as efficiencies, with an error even where none or all are meant."""

import numpy as np

from footprint.evaluation.bootstrap import Counts, Sampled, Values

ROUNDING = 1e-12
"""Sums of weights in another order differ by less of a share, and no event is so small a part."""


def share(counts: Counts, chosen: Values) -> Values:
    """Divide what counts among chosen events by what counts at all.

    Parameters
    ----------
    counts
        How often each event counts, shape (n,).
    chosen
        1 for events that are meant, 0 for others, shape (n, m).

    Returns
    -------
    ndarray, shape (m,)
        NaN without events.
    """
    total = counts.sum()
    if total <= 0:
        return np.full(chosen.shape[1], np.nan)
    return np.asarray(counts @ chosen / total)


def share_error(found: Sampled, events: Values) -> Values:
    """Take the bootstrap's error of a share, but no certainty from few events.

    Parameters
    ----------
    found
        The share, any shape.
    events
        How many events it is a share of, of weighted ones the effective number, of a shape that
        broadcasts.

    Returns
    -------
    ndarray
        Where none or all of n events are meant, resampling knows no error; it is then the sd of
        the share after a flat prior, the root of (k + 1) (n - k + 1) / ((n + 2)^2 (n + 3)).
    """
    number = np.broadcast_to(np.asarray(events, dtype=np.float64), found.value.shape)
    meant = found.value * number
    least = np.sqrt((meant + 1) * (number - meant + 1) / ((number + 2) ** 2 * (number + 3)))
    certain = (found.value < ROUNDING) | (found.value > 1 - ROUNDING)
    return np.where(certain | (~np.isfinite(found.error) & (number > 0)), least, found.error)
