"""ROC curves: events ranked by a score, with ties kept together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from footprint.evaluation.bootstrap import Counts

TOLERANCE = 1e-9
"""Of the number of signal events: 0.7 * 10 in floating point is more than 7."""


@dataclass(frozen=True)
class Roc:
    """What passes at each threshold, from the strictest to the loosest.

    Attributes
    ----------
    signal, background
        Events with a score at or above each distinct threshold, or their weights, shape
        (thresholds,).
    """

    signal: NDArray[Any]
    background: NDArray[Any]

    def auc(self) -> float:
        """Area under the curve: the chance that signal outranks background, ties half."""
        pairs = float(self.signal[-1]) * float(self.background[-1])
        if pairs == 0:
            return float("nan")
        before = np.concatenate([[0.0], self.signal[:-1]])
        steps = np.diff(self.background, prepend=0)
        return float(np.dot(steps, 0.5 * (before + self.signal)) / pairs)

    def false_positive_rate(self, efficiencies: ArrayLike) -> NDArray[np.float64]:
        """Share of background that passes where the signal efficiency is first reached.

        Parameters
        ----------
        efficiencies
            Signal efficiencies in (0, 1], shape (m,).

        Returns
        -------
        ndarray, shape (m,)
            At the first threshold, coming from the strictest, whose signal efficiency is at
            least the wanted one. Its inverse is the background rejection as quoted by
            Kasieczka et al., SciPost Phys. 7 (2019) 014. NaN without signal or background.
        """
        total, others = self.signal[-1], self.background[-1]
        if total == 0 or others == 0:
            return np.full(np.shape(efficiencies), np.nan)
        first = self.first_reaching(efficiencies)
        return np.asarray(self.background[first] / others, dtype=np.float64)

    def first_reaching(self, efficiencies: ArrayLike) -> NDArray[np.intp]:
        """Find the strictest thresholds that reach signal efficiencies in (0, 1], shape (m,)."""
        wanted = np.asarray(efficiencies, dtype=np.float64)
        least = (wanted - TOLERANCE) * self.signal[-1]
        return np.asarray(np.searchsorted(self.signal, least, side="left"), dtype=np.intp)


@dataclass(frozen=True)
class Ranking:
    """Events in falling order of a score.

    Attributes
    ----------
    order
        Event numbers in falling order, shape (n,).
    is_signal
        Whether each of them is signal, shape (n,).
    ends
        Last position of each group of equal scores, shape (thresholds,).
    thresholds
        The distinct scores, the highest first; events at or above one pass it.
    """

    order: NDArray[Any]
    is_signal: NDArray[np.bool_]
    ends: NDArray[Any]
    thresholds: NDArray[Any]

    def roc(self, counts: Counts) -> Roc:
        """Count what passes, given how often each event counts."""
        ordered = counts[self.order]
        return Roc(
            np.cumsum(ordered * self.is_signal)[self.ends],
            np.cumsum(ordered * ~self.is_signal)[self.ends],
        )


def ranked(scores: NDArray[Any], is_signal: NDArray[np.bool_]) -> Ranking:
    """Sort events by falling score.

    Parameters
    ----------
    scores
        Score that signal has more of, shape (n,).
    is_signal
        Truth, shape (n,).
    """
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    ends = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
    return Ranking(order, np.asarray(is_signal[order], dtype=np.bool_), ends, falling[ends])
