"""Tagging: how much background is rejected at which efficiency of one signal class.

Every function here prepares what does not change between resamplings and returns a measure:
numbers or arrays by name, given how often each event counts, which may be any weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging
from footprint.evaluation.bootstrap import Counts, Measure, Values, effective_events
from footprint.evaluation.classification import EFFICIENCIES, rejection_name
from footprint.evaluation.quantities import ENOUGH_BACKGROUND
from footprint.evaluation.ranking import Ranking, ranked
from footprint.files.predictions import Predictions


@dataclass(frozen=True)
class Tagged:
    """Signal and background with the score that tells them apart.

    Attributes
    ----------
    rows
        Numbers of these events among all, shape (m,).
    score
        What signal should have more of, shape (m,).
    is_signal
        Truth, shape (m,).
    """

    rows: NDArray[Any]
    score: Values
    is_signal: NDArray[np.bool_]

    def ranking(self) -> Ranking:
        """Sort the events by falling score."""
        return ranked(self.score, self.is_signal)


def asked_of(predictions: Predictions, settings: Evaluation) -> Tagging | None:
    """Tell what tagging is asked of these predictions; None if it is of another target."""
    tagging = settings.tagging
    return tagging if tagging is not None and tagging.fits(predictions.classes) else None


def tagged(predictions: Predictions, tagging: Tagging) -> Tagged:
    """Score the events of signal and background.

    The score is the probability of the signal. Where one background of several is named, only
    its events count against the signal's, and the score is p_s / (p_s + p_b): of all functions
    of the two it orders events best if the probabilities are right. It is 1/2 where both are 0.
    """
    classes, truth = predictions.classes, predictions.truth
    signal = classes.index(tagging.signal)
    chance = predictions.prediction[:, signal]
    others = [name for name in classes if name != tagging.signal]
    if tagging.background is None or others == [tagging.background]:
        return Tagged(np.arange(len(truth)), chance, np.asarray(truth == signal))
    background = classes.index(tagging.background)
    rows = np.flatnonzero((truth == signal) | (truth == background))
    pair = predictions.prediction[rows][:, [signal, background]].astype(np.float64)
    total = pair.sum(axis=1)
    score = np.divide(pair[:, 0], total, out=np.full(len(rows), 0.5), where=total > 0)
    return Tagged(rows, score, np.asarray(truth[rows] == signal))


def metric_name(predictions: Predictions, tagging: Tagging) -> str:
    """Name what is tagged in metrics: the signal, and the background if there are others."""
    named = tagging.background is not None and len(predictions.classes) > 2  # noqa: PLR2004
    return f"{tagging.signal}_against_{tagging.background}" if named else tagging.signal


def measures(predictions: Predictions, tagging: Tagging, efficiencies: Sequence[float]) -> Measure:
    """Prepare the numbers of a tagger.

    Parameters
    ----------
    predictions, tagging
        Which method, and what is tagged against what.
    efficiencies
        Signal efficiencies at which the background rejection is quoted.

    Returns
    -------
    Measure
        With the name of `metric_name`: ``significance_improvement_<name>``, the largest signal
        efficiency over the root of the mistag rate on the grid `EFFICIENCIES`, where
        `ENOUGH_BACKGROUND` events pass; NaN where that is nowhere. Where the background is one
        of several classes also ``auc_<name>`` and ``rejection_<name>_at_<per cent>``, which
        `classification.measures` has of each class against all others.
    """
    events = tagged(predictions, tagging)
    name, ranking = metric_name(predictions, tagging), events.ranking()
    enough, named = _enough_background(ranking), name != tagging.signal

    def measure(counts: Counts) -> dict[str, float]:
        curve = ranking.roc(counts[events.rows])
        improvement = _improvement(curve.false_positive_rate(EFFICIENCIES))[enough]
        largest = float(improvement.max()) if enough.any() else float("nan")
        numbers = {f"significance_improvement_{name}": largest}
        if not named:
            return numbers
        with np.errstate(divide="ignore"):
            rejections = 1 / curve.false_positive_rate(efficiencies)
        for efficiency, rejection in zip(efficiencies, rejections, strict=True):
            numbers[rejection_name(name, efficiency)] = float(rejection)
        return {f"auc_{name}": curve.auc(), **numbers}

    return measure


def backgrounds(
    predictions: Predictions,
    efficiencies: Sequence[float],
    weight: Values | None,
    *,
    tagging: Tagging,
) -> dict[str, float]:
    """Count the background of each rejection, as `classification.backgrounds` does."""
    name, events = metric_name(predictions, tagging), tagged(predictions, tagging)
    weights = np.ones(len(predictions.truth)) if weight is None else weight
    background = effective_events(weights[events.rows][~events.is_signal])
    return {rejection_name(name, efficiency): background for efficiency in efficiencies}


def curves(predictions: Predictions, tagging: Tagging) -> Measure:
    """Prepare what is drawn against the signal efficiency, at `EFFICIENCIES`, shape (m,) each.

    Returns
    -------
    Measure
        ``rejection``, infinite where no background passes; ``improvement``, the signal
        efficiency over the root of the mistag rate; and ``background``, how much background
        passes.
    """
    events = tagged(predictions, tagging)
    ranking = events.ranking()

    def measure(counts: Counts) -> dict[str, Values]:
        curve = ranking.roc(counts[events.rows])
        rate = curve.false_positive_rate(EFFICIENCIES)
        with np.errstate(divide="ignore"):
            rejection = 1 / rate
        return {
            "rejection": rejection,
            "improvement": _improvement(rate),
            "background": rate * float(curve.background[-1]),
        }

    return measure


def _improvement(rate: Values) -> Values:
    """Divide the signal efficiency by the root of the mistag rate, infinite at none."""
    with np.errstate(divide="ignore"):
        improvement: Values = EFFICIENCIES / np.sqrt(rate)
    return improvement


def _enough_background(ranking: Ranking) -> NDArray[np.bool_]:
    """Find the efficiencies at which `ENOUGH_BACKGROUND` events pass, counting each once."""
    once = ranking.roc(np.ones(len(ranking.order), dtype=np.int64))
    passing = once.false_positive_rate(EFFICIENCIES) * float(once.background[-1])
    return np.asarray(np.round(passing) >= ENOUGH_BACKGROUND)
