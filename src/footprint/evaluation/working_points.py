"""Working points: the threshold on the score at which a given share of the background is tagged.

An event is tagged if its score is at or above the threshold. The threshold is the lowest score
at which no more than the wanted share of the background is tagged.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from footprint.config.tagging import Tagging
from footprint.evaluation.bins import Bin, in_bins
from footprint.evaluation.bootstrap import Counts, Measure, Values, effective_events
from footprint.evaluation.ranking import TOLERANCE
from footprint.evaluation.shares import share
from footprint.evaluation.tagging import tagged
from footprint.files.predictions import Predictions


def thresholds(predictions: Predictions, tagging: Tagging) -> Measure:
    """Prepare the thresholds and what they are worth.

    Returns
    -------
    Measure
        Of shape (`mistag_rates`,) each: ``threshold`` and the ``signal_efficiency`` there, both
        found anew in each resampling, so that the error of the efficiency is that at a mistag
        rate and holds what is not known of the threshold. NaN where even the strictest threshold
        tags more than is wanted, or with fewer background events than 1 / mistag rate.
    """
    events = tagged(predictions, tagging)
    ranking = events.ranking()
    wanted = np.asarray(tagging.mistag_rates)
    enough = (wanted + TOLERANCE) * np.count_nonzero(~events.is_signal) >= 1

    def measure(counts: Counts) -> dict[str, Values]:
        curve = ranking.roc(counts[events.rows])
        signal, background = float(curve.signal[-1]), float(curve.background[-1])
        if signal <= 0 or background <= 0:
            nothing = np.full(len(wanted), np.nan)
            return {"threshold": nothing, "signal_efficiency": nothing}
        allowed = (wanted + TOLERANCE) * background
        last = np.searchsorted(curve.background, allowed, side="right") - 1
        some = enough & (last >= 0)
        return {
            "threshold": np.where(some, ranking.thresholds[last], np.nan),
            "signal_efficiency": np.where(some, curve.signal[last] / signal, np.nan),
        }

    return measure


def rates(predictions: Predictions, tagging: Tagging, cuts: Sequence[float] | Values) -> Measure:
    """Prepare the shares of signal and background that are tagged at given thresholds.

    Returns
    -------
    Measure
        ``signal_efficiency`` and ``mistag_rate``, shape (thresholds,) each; NaN at a threshold
        that is NaN.
    """
    return _rates(predictions, tagging, np.asarray(cuts, dtype=np.float64), None)


def rates_in_bins(
    predictions: Predictions, tagging: Tagging, cuts: Sequence[float] | Values, bins: Sequence[Bin]
) -> Measure:
    """Prepare the same in bins, shape (bins, thresholds), and how many events that is of.

    Returns
    -------
    Measure
        ``signal_efficiency``, ``mistag_rate``; ``signal`` and ``background``, the events of each
        in the bin or the sum of their weights, shape (bins,); and ``effective_signal``,
        ``effective_background``, how many events of equal weight know as much.
    """
    known = np.asarray(cuts, dtype=np.float64)
    return in_bins(bins, lambda rows: _rates(predictions, tagging, known, rows))


def _rates(
    predictions: Predictions, tagging: Tagging, cuts: Values, chosen: NDArray[np.int64] | None
) -> Measure:
    """Prepare the shares among some events, given by their numbers."""
    events = tagged(predictions, tagging)
    score = np.full(len(predictions.truth), np.nan)
    signal = np.zeros(len(predictions.truth), dtype=np.bool_)
    score[events.rows], signal[events.rows] = events.score, events.is_signal
    if chosen is not None:
        score, signal = score[chosen], signal[chosen]
    background = ~signal & ~np.isnan(score)
    passes = np.where(np.isnan(cuts), np.nan, score[:, None] >= cuts)

    def measure(counts: Counts) -> dict[str, Values]:
        return {
            "signal_efficiency": share(counts[signal], passes[signal]),
            "mistag_rate": share(counts[background], passes[background]),
            "signal": np.asarray(counts[signal].sum()),
            "background": np.asarray(counts[background].sum()),
            "effective_signal": np.asarray(effective_events(counts[signal])),
            "effective_background": np.asarray(effective_events(counts[background])),
        }

    return measure
