"""Shares of events, such as efficiencies, with an error even where none or all are meant."""

import numpy as np

from footprint.evaluation.bootstrap import CENTRAL, Counts, Sampled, Values

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


def density_error(density: Sampled, widths: Values | float, events: Values | float) -> Values:
    """Take the error of a histogram's densities, where a bin holds none or all as of a share.

    Parameters
    ----------
    density
        Share of the events over the width of the bin, any shape.
    widths, events
        Of the bins, and how many events it is a share of; both of a shape that broadcasts.
    """
    share_ = Sampled(density.value * widths, density.replicas * widths)
    return share_error(share_, np.asarray(events)) / widths


def share_band(found: Sampled, events: Values | float) -> tuple[Values, Values]:
    """Find the central 68.27 % of the replicas of a share, but no certainty from few events.

    Where none or all of n events are meant, resampling knows no interval; it is then that of
    Clopper and Pearson (Biometrika 26 (1934) 404): up to, or from, one minus the n-th root of
    half the probability outside. Who says the same of all events, so that all are meant
    everywhere, is exact.
    """
    low, high = found.band()
    if (found.value == 1).all():
        return low, high
    reach = 1 - (0.5 * (1 - CENTRAL)) ** (1 / np.maximum(np.asarray(events, np.float64), 1.0))
    none, every = found.value < ROUNDING, found.value > 1 - ROUNDING
    return np.where(every, np.minimum(low, 1 - reach), low), np.where(
        none, np.maximum(high, reach), high
    )
