"""Calibration of a classifier: probabilities corrected as the validation events tell.

Nothing here looks at test events but to apply what was learnt from others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.corrections import Calibration
from footprint.evaluation.bootstrap import Values, effective_events
from footprint.evaluation.classification import calibration_error
from footprint.files.predictions import Predictions

Wide = NDArray[np.float64]
RANGE = (-5.0, 5.0)
"""Within which the logarithm of the temperature is sought."""
SEED = 2017


@dataclass(frozen=True)
class Calibrated:
    """What was learnt from validation events.

    Attributes
    ----------
    apply
        From probabilities to corrected ones, both of shape (n, classes) and sum 1.
    parameters
        Fitted numbers by name, each with its standard deviation.
    """

    apply: Callable[[Values], Wide]
    parameters: dict[str, tuple[float, float]]


def calibration_of(
    method: Calibration, validation: Predictions, weight: Values | None = None
) -> Calibrated:
    """Learn from validation events how to correct probabilities.

    Parameters
    ----------
    method
        ``temperature`` or ``isotonic``.
    validation
        Probabilities and classes of validation events.
    weight
        How much each of them counts, shape (n,).
    """
    weights = np.ones(len(validation.truth)) if weight is None else weight.astype(np.float64)
    fit = _temperature if method == "temperature" else _isotonic
    return fit(validation.prediction, validation.truth, weights)


def at_temperature(probabilities: Values, temperature: float) -> Wide:
    """Divide the logits by a temperature: p becomes proportional to p^(1 / T).

    Probabilities of a softmax determine its logits up to a constant, which a softmax does not
    see, so the network is not asked again. What single precision cannot tell from 0 counts as its
    smallest number.
    """
    return np.asarray(np.exp(_log_probabilities(_logits(probabilities), temperature)))


def _logits(probabilities: Values) -> Wide:
    smallest = np.finfo(np.float32).tiny
    return np.asarray(np.log(np.maximum(probabilities.astype(np.float64), smallest)))


def _log_probabilities(logits: Wide, temperature: float) -> Wide:
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))


def _temperature(probabilities: Values, truth: Values, weights: Wide) -> Calibrated:
    """Minimise the negative log-likelihood by one temperature (Guo et al., ICML 2017).

    The likelihood has one maximum in 1 / T. The error of T counts how much the slopes of the
    events' likelihoods differ, so that it holds also of events with weights, and where no
    temperature is right (White, Econometrica 50 (1982) 1).
    """
    logits, events = _logits(probabilities), np.arange(len(truth))

    def surprise(log_temperature: float) -> float:
        logs = _log_probabilities(logits, float(np.exp(log_temperature)))
        return -float(np.average(logs[events, truth], weights=weights))

    from scipy.optimize import minimize_scalar

    found = minimize_scalar(surprise, bounds=RANGE, method="bounded", options={"xatol": 1e-6})
    temperature = float(np.exp(found.x))
    chance = np.exp(_log_probabilities(logits, temperature))
    mean = (chance * logits).sum(axis=1)
    slopes = weights * (mean - logits[events, truth])
    curvature = float(np.dot(weights, (chance * logits**2).sum(axis=1) - mean**2))
    # Of 1 / T; by it the error of T is T^2 times as large.
    error = temperature**2 * float(np.sqrt(np.dot(slopes, slopes))) / curvature
    return Calibrated(
        lambda given: at_temperature(given, temperature), {"temperature": (temperature, error)}
    )


def _isotonic(probabilities: Values, truth: Values, weights: Wide) -> Calibrated:
    """Fit a rising function of each class's probability, each against the rest.

    The functions are brought to a sum of 1 (Zadrozny and Elkan, KDD 2002, p. 694); of two classes
    one function says all. No probability comes nearer to 0 and 1 than 1 / (n + 2): more certain
    than that n events cannot make anyone.
    """
    from sklearn.isotonic import IsotonicRegression

    classes = probabilities.shape[1]
    least = 1 / (effective_events(weights) + 2)
    numbers = [1] if classes == 2 else list(range(classes))  # noqa: PLR2004, a pair
    functions = [
        IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip").fit(
            probabilities[:, number].astype(np.float64), truth == number, weights
        )
        for number in numbers
    ]

    def apply(given: Values) -> Wide:
        columns = [
            function.predict(given[:, number].astype(np.float64))
            for number, function in zip(numbers, functions, strict=True)
        ]
        if len(columns) == 1:
            columns = [1 - columns[0], columns[0]]
        found = np.stack(columns, axis=1)
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    return Calibrated(apply, {})


def floor(
    predictions: Predictions, number: int, weight: Values | None = None
) -> tuple[float, float]:
    """Compute the calibration error that chance alone makes: its mean and standard deviation.

    A sum of absolute differences is never 0 in a finite sample, however right the probabilities
    are. Events are drawn to be right as often as their confidence says.

    Parameters
    ----------
    predictions
        Whose confidences.
    number
        How often all events are drawn.
    weight
        How much each event counts, shape (n,).
    """
    confidence = predictions.prediction.max(axis=1).astype(np.float64)
    counts = np.ones(len(confidence)) if weight is None else weight.astype(np.float64)
    stream = np.random.Generator(np.random.PCG64DXSM([SEED, len(confidence)]))
    found = [
        calibration_error(confidence, stream.random(len(confidence)) < confidence)(counts)
        for _ in range(number)
    ]
    return float(np.mean(found)), float(np.std(found, ddof=1))
