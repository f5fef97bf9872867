"""Bias of predicted values as a function of what is known in data, and its correction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from footprint.config.corrections import BiasCorrection
from footprint.errors import DataError
from footprint.evaluation.bins import Bin, equal_population
from footprint.evaluation.bootstrap import Counts, Measure, Values, effective_events
from footprint.evaluation.regression import residuals
from footprint.files.predictions import Predictions

Wide = NDArray[np.float64]


@dataclass(frozen=True)
class Bias:
    """The bias of validation events in bins, shapes (bins,).

    Attributes
    ----------
    bins
        Their events.
    centre
        Mean of the variable.
    value, error
        Mean of prediction minus truth and its error.
    correction
        What is taken off: the value, or if ``relative`` its share of the mean prediction.
    relative
        Whether predictions are multiplied by a factor instead of shifted, as where log10 is learnt
        or numbers are quoted relative to the truth.
    """

    bins: list[Bin]
    centre: Wide
    value: Wide
    error: Wide
    correction: Wide
    relative: bool

    def at(self, variable: Values) -> Wide:
        """Interpolate between the bins; 0 where the variable is NaN.

        The outermost bins are crossed at the slope towards their neighbours, or their events would
        be corrected by less than their mean bias; beyond, the correction is constant.
        """
        wide = variable.astype(np.float64)
        known = np.isfinite(wide)
        x, y = self.centre, self.correction
        if len(x) > 1:
            slopes = np.diff(y) / np.diff(x)
            low, high = min(self.bins[0].low, x[0]), max(self.bins[-1].high, x[-1])
            x = np.concatenate([[low], x, [high]])
            ends = y[0] - slopes[0] * (x[1] - low), y[-1] + slopes[-1] * (high - x[-2])
            y = np.concatenate([[ends[0]], y, [ends[1]]])
        found = np.interp(np.where(known, wide, x[0]), x, y)
        return np.where(known, found, 0.0)


def variable_of(predictions: Predictions, settings: BiasCorrection) -> Values:
    """Take what the bias is a function of: the prediction, or a spectator, shape (n,).

    Raises
    ------
    DataError
        There is no such spectator, or it has several values an event.
    """
    if settings.by is None:
        return predictions.prediction
    if settings.by not in predictions.spectators:
        msg = (
            f"evaluation.bias_correction.by names '{settings.by}', which '{predictions.method}' "
            f"does not have; spectators there: {', '.join(predictions.spectators) or 'none'}"
        )
        raise DataError(msg)
    values = predictions.spectators[settings.by]
    if values.size != len(values):
        msg = (
            f"evaluation.bias_correction.by: '{settings.by}' has several values an event, shape "
            f"{values.shape}: name one of one value"
        )
        raise DataError(msg)
    return values.reshape(len(values))


def bias_of(
    validation: Predictions, settings: BiasCorrection, weight: Values | None = None
) -> Bias:
    """Measure the bias of validation events.

    Parameters
    ----------
    validation
        Their predictions and truth.
    settings
        In how many bins of what.
    weight
        How much each of them counts, shape (n,).
    """
    weights = np.ones(len(validation.truth)) if weight is None else weight.astype(np.float64)
    variable = variable_of(validation, settings)
    bins = equal_population(variable, settings.bins, weights > 0)
    away, prediction = residuals(validation), validation.prediction.astype(np.float64)
    relative = validation.log or validation.relative
    rows = []
    for entry in bins:
        w, r = weights[entry.members], away[entry.members]
        mean = float(np.average(r, weights=w))
        sd = float(np.sqrt(np.average((r - mean) ** 2, weights=w)))
        unit = float(np.average(prediction[entry.members], weights=w)) if relative else 1.0
        centre = float(np.average(variable[entry.members].astype(np.float64), weights=w))
        rows.append((centre, mean, sd / np.sqrt(effective_events(w)), mean / unit))
    centre, value, error, correction = np.asarray(rows, dtype=np.float64).T
    return Bias(bins, centre, value, error, correction, relative)


def corrected(predictions: Predictions, bias: Bias, settings: BiasCorrection) -> Predictions:
    """Take the bias off other events; a predicted sigma changes with a factor alone."""
    found = bias.at(variable_of(predictions, settings))
    wide = predictions.prediction.astype(np.float64)
    if not bias.relative:
        return replace(predictions, prediction=wide - found)
    factor = 1 - found
    sigma = None if predictions.sigma is None else predictions.sigma * np.abs(factor)
    return replace(predictions, prediction=wide * factor, sigma=sigma)


def bins_of(predictions: Predictions, settings: BiasCorrection) -> list[Bin]:
    """Divide test events by what the bias is a function of.

    By the rank of a prediction, so that all trainings have as many bins.
    """
    variable = variable_of(predictions, settings)
    if settings.by is not None:
        return equal_population(variable, settings.bins)
    wide = variable.astype(np.float64)
    groups = np.array_split(np.argsort(wide, kind="stable"), min(settings.bins, len(wide)))
    return [
        Bin(float(wide[rows[0]]), float(wide[rows[-1]]), float(wide[rows].mean()), rows)
        for rows in groups
    ]


def in_bins_of_both(before: Predictions, after: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare the bias ``before`` and ``after`` in bins of test events, each of shape (bins,).

    And ``low``, ``high`` and ``centre`` of the bins.
    """
    away = {"before": residuals(before), "after": residuals(after)}
    places = {
        name: np.array([getattr(entry, name) for entry in bins])
        for name in ("low", "high", "centre")
    }

    def measure(counts: Counts) -> dict[str, Values]:
        with np.errstate(invalid="ignore"):
            found = {
                name: np.array(
                    [
                        np.dot(counts[entry.members], values[entry.members])
                        / counts[entry.members].sum()
                        for entry in bins
                    ]
                )
                for name, values in away.items()
            }
        return found | places

    return measure
