"""The loss of a network that predicts a value and its uncertainty.

Of each value there are two outputs, both of the normalised target: the mean of a normal
distribution, and a number that becomes the logarithm of its standard deviation (Nix and Weigend,
Proc. IEEE Int. Conf. Neural Networks 1 (1994) 55).
"""

import math
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

LIMIT = 10.0
"""The logarithm of sigma stays between minus and plus this: where a network learns values without
noise, its likelihood has no upper bound, and a sigma of zero would end the training."""


def sigma(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the standard deviation of the normalised target from the network's second output."""
    return np.asarray(np.exp(LIMIT * np.tanh(raw / LIMIT)))


def negative_log_likelihood(truth: Any, outputs: Any) -> Any:
    """Compute minus the logarithm of the normal density of the truth, in nat.

    (y - mu)^2 / (2 sigma^2) + ln sigma + ln(2 pi) / 2, the sum over the values of a target.

    Parameters
    ----------
    truth
        Normalised, shape (n, values).
    outputs
        Means, then what becomes the logarithms of sigma, shape (n, 2 values).

    Returns
    -------
    tensor, shape (n,)
    """
    # PyTorch gets the truth as NumPy has it, and the operator - takes no such pair.
    mean, raw = ops.split(outputs, 2, axis=-1)
    log_sigma = LIMIT * ops.tanh(raw / LIMIT)
    pull = ops.subtract(truth, mean) * ops.exp(-log_sigma)
    return ops.sum(0.5 * pull**2 + log_sigma + 0.5 * math.log(2 * math.pi), axis=-1)


def _absolute_error(truth: Any, outputs: Any) -> Any:
    return ops.mean(ops.abs(ops.subtract(truth, ops.split(outputs, 2, axis=-1)[0])), axis=-1)


def error_of_mean() -> keras.metrics.Metric:
    """Make the metric of the mean absolute error of the predicted means."""
    return keras.metrics.MeanMetricWrapper(_absolute_error, name="mae")
