"""How much generated events vary, relative to real ones."""

import keras
from keras import ops

from footprint.training.sliced_distance import SMALLEST_SD, standardised

RIDGE = 1e-4
"""Added to the correlations of conditions, which may follow from each other, as of classes."""


def variation(
    real: keras.KerasTensor,
    made: keras.KerasTensor,
    again: keras.KerasTensor,
    given: keras.KerasTensor | None,
) -> keras.KerasTensor:
    """Variance of generated events at fixed conditions over that of real ones.

    Two events generated under the same conditions differ by twice that variance on average; of the
    real ones it is what no linear function of the conditions explains.
    """
    rest, one = standardised(real, made)
    _, other = standardised(real, again)
    if given is not None:
        axis = (given - ops.mean(given, axis=0)) / (ops.std(given, axis=0) + SMALLEST_SD)
        events = ops.cast(ops.shape(axis)[0], axis.dtype)
        gram = ops.transpose(axis) @ axis / events + RIDGE * ops.eye(axis.shape[1])
        rest = rest - axis @ ops.solve(gram, ops.transpose(axis) @ rest / events)
    return 0.5 * ops.mean(ops.square(one - other)) / ops.mean(ops.square(rest))


def total_variation(real: keras.KerasTensor, made: keras.KerasTensor) -> keras.KerasTensor:
    """Variance of generated events over that of real ones, whatever it comes from.

    Conditions of every pixel say so much, and not linearly, that what they leave is not known.
    """
    rest, one = standardised(real, made)
    return ops.mean(ops.var(one, axis=0)) / ops.mean(ops.square(rest))
