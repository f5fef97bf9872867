"""Classification: the numbers and curves that say how well classes are told apart.

Every function here prepares what does not change between resamplings and returns a measure:
numbers or arrays by name, given how often each event counts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from footprint.evaluation.bins import Bin, in_bins
from footprint.evaluation.bootstrap import Counts, Measure, Values, effective_events
from footprint.evaluation.ranking import ranked
from footprint.files.predictions import Predictions

EFFICIENCIES = np.concatenate([np.linspace(0.01, 0.99, 99), [0.995, 0.999, 1.0]])
"""Signal efficiencies at which ROC curves are given."""
SCORE_BINS = 25
"""Bins of the predicted probability in score distributions."""
RELIABILITY_BINS = 10
CONFIDENCE_BINS = 15
"""Bins of the expected calibration error, as in Guo et al., ICML 2017, arXiv:1706.04599."""


def rejection_name(name: str, efficiency: float) -> str:
    """Name a background rejection: ``rejection_proton_at_30`` at 30 % signal efficiency."""
    return f"rejection_{name}_at_{100 * efficiency:g}"


def measures(predictions: Predictions, efficiencies: Sequence[float]) -> Measure:
    """Prepare the numbers of a classification.

    Parameters
    ----------
    predictions
        Probabilities, shape (n, classes), and class numbers, shape (n,).
    efficiencies
        Signal efficiencies at which the background rejection is quoted.

    Returns
    -------
    Measure
        ``accuracy``; ``log_loss``, the mean of -ln p(true class); ``calibration_error``;
        ``brier_score``, the mean over events of the squared differences of probability and truth
        (0 or 1), summed over classes (Brier, Mon. Weather Rev. 78 (1950) 1);
        for every class against all others ``auc_<class>`` and
        ``rejection_<class>_at_<per cent>``, the inverse of the false positive rate, infinite
        where no background passes (see `certainty.rejection_limit`); and ``auc_macro``, the mean
        of the classes' AUC.
    """
    truth, prediction = predictions.truth, predictions.prediction
    right = prediction.argmax(axis=1) == truth
    surprise = _surprise(prediction, truth)
    calibration = calibration_error(prediction.max(axis=1), right)
    brier = _brier(prediction, truth)
    rankings = {
        name: ranked(prediction[:, number], truth == number)
        for number, name in enumerate(predictions.classes)
    }

    def measure(counts: Counts) -> dict[str, float]:
        total = counts.sum()
        numbers = {"accuracy": float(np.dot(counts, right) / total)}
        curves = {name: ranking.roc(counts) for name, ranking in rankings.items()}
        areas = {name: curve.auc() for name, curve in curves.items()}
        numbers["auc_macro"] = float(np.mean(list(areas.values())))
        numbers["log_loss"] = float(np.dot(counts, surprise) / total)
        numbers["calibration_error"] = calibration(counts)
        numbers["brier_score"] = float(np.dot(counts, brier) / total)
        numbers |= {f"auc_{name}": area for name, area in areas.items()}
        for name, curve in curves.items():
            rates = curve.false_positive_rate(efficiencies)
            with np.errstate(divide="ignore"):
                rejections = 1 / rates
            for efficiency, rejection in zip(efficiencies, rejections, strict=True):
                numbers[rejection_name(name, efficiency)] = float(rejection)
        return numbers

    return measure


def backgrounds(
    predictions: Predictions, efficiencies: Sequence[float], weight: Values | None = None
) -> dict[str, float]:
    """Count the background events that each rejection is measured on.

    Returns
    -------
    dict of str to float
        By the rejection's name, the number of background events, of weighted ones the effective
        number: what is known of a rejection where few of them or none pass depends on it alone.
    """
    truth = predictions.truth
    weights = np.ones(len(truth)) if weight is None else weight
    return {
        rejection_name(name, efficiency): effective_events(weights[truth != number])
        for number, name in enumerate(predictions.classes)
        for efficiency in efficiencies
    }


def _surprise(prediction: Values, truth: Values) -> Values:
    """Compute -ln p of the true class, shape (n,); p is kept away from 0 by float32's epsilon."""
    chosen = prediction[np.arange(len(truth)), truth].astype(np.float64)
    smallest = float(np.finfo(np.float32).eps)
    surprise: Values = -np.log(np.clip(chosen, smallest, 1.0))
    return surprise


def _brier(prediction: Values, truth: Values) -> Values:
    """Compute the Brier score of each event, shape (n,), from 0 to 2."""
    away = prediction.astype(np.float64)
    away[np.arange(len(truth)), truth] -= 1
    score: Values = (away**2).sum(axis=1)
    return score


def calibration_error(confidence: Values, right: Values) -> Callable[[Counts], float]:
    """Prepare the calibration error: mean distance of confidence and accuracy (Guo et al. 2017)."""
    number = np.minimum((confidence * CONFIDENCE_BINS).astype(int), CONFIDENCE_BINS - 1)
    excess = right - confidence.astype(np.float64)

    def measure(counts: Counts) -> float:
        summed = np.bincount(number, weights=counts * excess)
        return float(np.abs(summed).sum() / counts.sum())

    return measure


def roc(predictions: Predictions) -> Measure:
    """Prepare the false positive rate of each class at `EFFICIENCIES`, shape (m,) each."""
    rankings = {
        name: ranked(predictions.prediction[:, number], predictions.truth == number)
        for number, name in enumerate(predictions.classes)
    }
    return lambda counts: {
        name: ranking.roc(counts).false_positive_rate(EFFICIENCIES)
        for name, ranking in rankings.items()
    }


def confusion(predictions: Predictions, rows: Any = slice(None)) -> Measure:
    """Prepare the confusion matrix: ``count`` and row-normalised ``fraction``, (truth, predicted).

    Each event is given to its most probable class. ``rows`` says which events count. Of weighted
    events ``count`` is the sum of the weights.
    """
    size = len(predictions.classes)
    cell = (predictions.truth.astype(int) * size + predictions.prediction.argmax(axis=1))[rows]

    def measure(counts: Counts) -> dict[str, Values]:
        table = np.bincount(cell, weights=counts, minlength=size**2).reshape(size, size)
        with np.errstate(invalid="ignore"):
            return {"count": table, "fraction": table / table.sum(axis=1, keepdims=True)}

    return measure


def confusion_in_bins(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare the confusion matrix in bins, each name of shape (bins, truth, predicted)."""
    return in_bins(bins, lambda rows: confusion(predictions, rows))


def accuracy_in_bins(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare the ``accuracy`` in bins, shape (bins,)."""
    right = predictions.prediction.argmax(axis=1) == predictions.truth

    def of_rows(rows: Values) -> Measure:
        inside = right[rows]

        def measure(counts: Counts) -> dict[str, float]:
            total = counts.sum()
            return {"accuracy": float(np.dot(counts, inside) / total) if total else float("nan")}

        return measure

    return in_bins(bins, of_rows)


def scores(predictions: Predictions) -> Measure:
    """Prepare the distributions of the predicted probabilities.

    Returns
    -------
    Measure
        ``density``, shape (classes, true classes, `SCORE_BINS`): of the probability of a class
        among the events of a true class; each integrates to 1 over [0, 1].
    """
    size = len(predictions.classes)
    bins = np.minimum((predictions.prediction * SCORE_BINS).astype(int), SCORE_BINS - 1)
    of_class = [np.flatnonzero(predictions.truth == number) for number in range(size)]

    def one(counts: Counts, number: int, truth: int) -> Values:
        rows = of_class[truth]
        filled = np.bincount(bins[rows, number], weights=counts[rows], minlength=SCORE_BINS)
        with np.errstate(invalid="ignore"):
            density: Values = filled * SCORE_BINS / filled.sum()
        return density

    return lambda counts: {
        "density": np.asarray(
            [[one(counts, number, truth) for truth in range(size)] for number in range(size)]
        )
    }


def reliability(predictions: Predictions) -> Measure:
    """Prepare the sums behind reliability curves, in bins of the predicted probability.

    Returns
    -------
    Measure
        Each of shape (classes, `RELIABILITY_BINS`): ``events`` in the bin, sum of their
        ``predicted`` probabilities, and how many ``observed`` are of the class, all weighted. The
        ratios to ``events`` are the curve. And ``squares``, the sum of the squared weights.
    """
    numbers = range(len(predictions.classes))
    chance = predictions.prediction.astype(np.float64)
    bins = np.minimum((chance * RELIABILITY_BINS).astype(int), RELIABILITY_BINS - 1)

    def summed(counts: Counts, weights: Values) -> Values:
        return np.asarray(
            [
                np.bincount(bins[:, n], weights=counts * weights[:, n], minlength=RELIABILITY_BINS)
                for n in numbers
            ]
        )

    member = predictions.truth[:, None] == np.asarray(numbers)[None, :]
    return lambda counts: {
        "events": summed(counts, np.ones_like(chance)),
        "squares": summed(counts * counts, np.ones_like(chance)),
        "predicted": summed(counts, chance),
        "observed": summed(counts, member),
    }
