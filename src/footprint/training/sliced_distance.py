"""How far generated events are from real ones, along many directions: a loss to choose epochs by.

Along each direction the one-dimensional Wasserstein distance is divided by the standard deviation
of the real events, so 0.1 means a tenth of the spread. After Bonneel and others, Sliced and Radon
Wasserstein barycenters of measures (J. Math. Imaging Vis. 51, 2015).
"""

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array

SMALLEST_SD = 1e-6


def directions(count: int, size: int, seed: int) -> Array:
    """Draw unit vectors, shape (size, count)."""
    drawn = np.random.default_rng(seed).normal(size=(size, count))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=0), np.float32)


def standardised(
    real: keras.KerasTensor, made: keras.KerasTensor
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Shift and scale both to mean 0 and variance 1 of the real, column by column."""
    mean, sd = ops.mean(real, axis=0), ops.std(real, axis=0) + SMALLEST_SD
    return (real - mean) / sd, (made - mean) / sd


def distances(
    real: keras.KerasTensor, made: keras.KerasTensor, weight: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """Wasserstein distances of columns, the integral of |F - G|.

    Parameters
    ----------
    real, made
        Shape (n, columns).
    weight
        How much each event counts, real and generated alike, shape (n,).

    Returns
    -------
    tensor, shape (columns,)
        In the unit of the columns.
    """
    share = ops.ones_like(real[:, 0]) if weight is None else weight
    share = share / ops.sum(share)
    both = ops.concatenate([real, made], axis=0)
    signs = ops.concatenate([share, -share], axis=0)
    order = ops.argsort(both, axis=0)
    rising = ops.take_along_axis(both, order, axis=0)
    excess = ops.cumsum(ops.take(signs, order), axis=0)
    return ops.sum(ops.abs(excess[:-1]) * (rising[1:] - rising[:-1]), axis=0)


def sliced_distance(
    real: keras.KerasTensor,
    made: keras.KerasTensor,
    conditions: keras.KerasTensor | None,
    turned: Array | keras.KerasTensor,
    angles: Array | keras.KerasTensor,
    weight: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Mean distance along fixed directions, in standard deviations of the real events.

    Parameters
    ----------
    real, made
        Shape (n, values), under the same conditions.
    conditions
        Shape (n, conditions); each direction holds a part of them, so that how events depend on
        them counts too. None without any.
    turned
        Directions among values, shape (values, d), and below those among conditions, shape
        (values + conditions, d).
    angles
        Between values and conditions, shape (d,).
    weight
        How much each event counts, shape (n,).
    """
    size = real.shape[1]
    one, two = standardised(real @ turned[:size], made @ turned[:size])
    if conditions is not None:
        axis, _ = standardised(conditions, conditions)
        along, _ = standardised(axis @ turned[size:], axis @ turned[size:])
        one, two = (ops.cos(angles) * x + ops.sin(angles) * along for x in (one, two))
    sd = ops.std(one, axis=0) + SMALLEST_SD
    return ops.mean(distances(one, two, weight) / sd)
