"""Averages of weights, put in place of the weights while a network is validated and kept.

Exponential averages are the optimizer's, part of its compiled step and of its state; averages
over epochs are summed here. Either way the training itself goes on from its own weights.
Statistics of batch normalisation are not averaged, since those of an averaged network are others:
they are measured anew, on training events.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.config.weight_averaging import EpochAverage, WeightAveraging
from footprint.files.hdf5 import Array
from footprint.training.feeding import APPLY_BATCH, Batch
from footprint.training.learners import inner, learners_of

STATISTICS_EVENTS = 16 * APPLY_BATCH
"""Events that the statistics of batch normalisation are measured on."""
Batches = Callable[[], Iterator[Batch]]


def decays(decay: float, numbers: NDArray[np.int_]) -> NDArray[np.float64]:
    """Share of the old average in the new one, such that an average forgets where it started.

    With the share d (1 - d^(n-1)) / (1 - d^n) in step n the average is exactly
    sum_k d^(n-k) w_k / sum_k d^(n-k) of the weights w_k after the steps k = 1..n. With a share of
    d in all steps, the first of a short training would rule it.

    Parameters
    ----------
    decay
        The d above.
    numbers
        Steps n, from 1, shape (k,).
    """
    log = np.log(decay)
    return np.asarray(decay * np.expm1((numbers - 1) * log) / np.expm1(numbers * log))


def added(
    config: WeightAveraging | None, network: keras.Model, epoch: int, sums: Sequence[Array]
) -> list[Array]:
    """Add the weights at the end of an epoch (from 1) to the sums over epochs, if it counts."""
    if not isinstance(config, EpochAverage) or epoch < config.from_epoch:
        return list(sums)
    values = [keras.ops.convert_to_numpy(v).astype(float) for v in network.trainable_variables]
    return [a + b for a, b in zip(sums, values, strict=True)] if sums else values


@contextmanager
def averaged(
    config: WeightAveraging | None,
    network: keras.Model,
    epoch: int,
    sums: Sequence[Array],
    batches: Batches,
) -> Iterator[None]:
    """Put averaged weights in place, with their statistics, and the weights back afterwards.

    Parameters
    ----------
    config
        Which average; None changes nothing.
    network
        At the end of an epoch.
    epoch
        Number of the epoch, the first being 1.
    sums
        Weights summed over epochs; without any, weights stay as they are.
    batches
        Makes batches of training events, for the statistics of batch normalisation.
    """
    if config is None or (isinstance(config, EpochAverage) and not sums):
        yield
        return
    own = [np.array(keras.ops.convert_to_numpy(variable)) for variable in network.weights]
    if isinstance(config, EpochAverage):
        count = epoch - config.from_epoch + 1
        for variable, total in zip(network.trainable_variables, sums, strict=True):
            variable.assign((total / count).astype(variable.dtype))
    else:
        for learner in learners_of(network):
            if inner(learner.optimizer).use_ema:
                learner.optimizer.finalize_variable_values(learner.variables)
        # JAX shares the memory of averages and weights now, and would free both together.
        for variable in network.trainable_variables:
            variable.assign(np.array(keras.ops.convert_to_numpy(variable)))
    measure_statistics(network, batches)
    yield
    network.set_weights(own)


def measure_statistics(network: keras.Model, batches: Batches) -> None:
    """Measure mean and variance of all batch normalisations as the mean over batches.

    Dropout is active, as it is where a training measures them.
    """
    layers = [
        layer
        for layer in network._flatten_layers()  # noqa: SLF001 - layers within layers too
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
    ]
    if not layers:
        return
    usual, events = [layer.momentum for layer in layers], 0
    try:
        for batch in batches():
            if events >= STATISTICS_EVENTS:
                break
            for layer in layers:
                layer.momentum = events / (events + len(batch))
            network(batch.inputs, training=True)
            events += len(batch)
    finally:
        for layer, momentum in zip(layers, usual, strict=True):
            layer.momentum = momentum
