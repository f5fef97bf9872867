"""How far generated events are from real ones, along many directions: a loss to choose epochs by.

Along each direction the one-dimensional Wasserstein distance is divided by the standard deviation
of the real events, so 0.1 means a tenth of the spread. After Bonneel and others, Sliced and Radon
Wasserstein barycenters of measures (J. Math. Imaging Vis. 51, 2015).
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array

SMALLEST_SD = 1e-6
LEAST_SD = 0.1
"""Least standard deviation of a column, in units of their root mean square."""


@dataclass(frozen=True)
class Look:
    """Directions along which events are looked at.

    Attributes
    ----------
    values, conditions
        Directions among values and among conditions, shapes (values, d) and (conditions, d); no
        conditions without any.
    angles
        Between both, shape (d,).
    """

    values: keras.KerasTensor | Array
    conditions: keras.KerasTensor | Array | None
    angles: keras.KerasTensor | Array


def look(count: int, values: int, conditions: int, seed: int | keras.random.SeedGenerator) -> Look:
    """Draw directions; with the same number as seed the same ones."""
    numbers = (seed, seed + 1, seed + 2) if isinstance(seed, int) else (seed,) * 3
    among = [
        keras.random.normal((size, count), seed=number) if size else None
        for size, number in zip((values, conditions), numbers, strict=False)
    ]
    angles = keras.random.uniform((count,), -np.pi / 2, np.pi / 2, seed=numbers[-1])
    return Look(among[0], among[1], angles)


def standardised(
    real: keras.KerasTensor, made: keras.KerasTensor
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Shift and scale both to mean 0 and variance 1 of the real, column by column."""
    mean, sd = ops.mean(real, axis=0), ops.std(real, axis=0)
    # Columns that hardly vary, such as pixels that are never hit, do not outweigh the others.
    sd = ops.maximum(sd, LEAST_SD * ops.sqrt(ops.mean(ops.square(sd)))) + SMALLEST_SD
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
    along: Look,
    weight: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Mean distance along some directions, in standard deviations of the real events.

    Parameters
    ----------
    real, made
        Shape (n, values), under the same conditions.
    conditions
        Shape (n, conditions); each direction holds a part of them, so that how events depend on
        them counts too. None without any.
    along
        The directions.
    weight
        How much each event counts, shape (n,).
    """
    one, two = standardised(*(standardised(real, made)[k] @ along.values for k in (0, 1)))
    if conditions is not None:
        given, _ = standardised(conditions, conditions)
        part, _ = standardised(given @ along.conditions, given @ along.conditions)
        one, two = (ops.cos(along.angles) * x + ops.sin(along.angles) * part for x in (one, two))
    sd = ops.std(one, axis=0) + SMALLEST_SD
    return ops.mean(distances(one, two, weight) / sd)
