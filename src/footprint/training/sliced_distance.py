"""How far generated events are from real ones, along many directions.

To choose epochs by, the one-dimensional Wasserstein distance along each direction, over the
standard deviation of the real events, so 0.1 means a tenth of the spread. After Bonneel and others,
Sliced and Radon Wasserstein barycenters of measures (J. Math. Imaging Vis. 51, 2015).

To learn from, the energy distance (Szekely and Rizzo, J. Stat. Plan. Inference 143 (2013) 1249).
The Wasserstein distance of two batches is smallest on average where generated events vary less than
real ones; the gradient of the energy distance is right for batches of any size (Bellemare and
others, arXiv:1705.10743).
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


def energies(
    real: keras.KerasTensor, made: keras.KerasTensor, weight: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """Energy distances of columns, 2 E|x - y| - E|x - x'| - E|y - y'|, from pairs of other events.

    Parameters
    ----------
    real, made
        Shape (n, columns); a single event says nothing of E|x - x'|.
    weight
        How much each event counts, real and generated alike, shape (n,).

    Returns
    -------
    tensor, shape (columns,)
        In the unit of the columns; 0 on average, and often below, for the same distribution.
    """
    share = ops.ones_like(real[:, 0]) if weight is None else weight
    within = [_between(values, share) for values in (real, made)]
    both = _between(ops.concatenate([real, made], axis=0), ops.concatenate([share, share], axis=0))
    total = ops.square(ops.sum(share))
    # A batch may be left with a single event.
    pairs = ops.maximum(total - ops.sum(ops.square(share)), SMALLEST_SD)
    return 2 * (both - within[0] - within[1]) / total - 2 * (within[0] + within[1]) / pairs


def _between(values: keras.KerasTensor, weight: keras.KerasTensor) -> keras.KerasTensor:
    """Sum the distances of all pairs of rows (n, columns), each as often as both weigh."""
    order = ops.argsort(values, axis=0)
    heavy = ops.take(weight, order)
    below = ops.cumsum(heavy, axis=0) - heavy
    above = ops.sum(weight) - below - heavy
    rising = ops.take_along_axis(values, order, axis=0)
    return ops.sum(heavy * rising * (below - above), axis=0)


def sliced_distance(
    real: keras.KerasTensor,
    made: keras.KerasTensor,
    conditions: keras.KerasTensor | None,
    along: Look,
    weight: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Mean Wasserstein distance along some directions, in standard deviations of the real events.

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
    one, two, sd = _looked_at(real, made, conditions, along)
    return ops.mean(distances(one, two, weight) / sd)


def sliced_energy(
    real: keras.KerasTensor,
    made: keras.KerasTensor,
    conditions: keras.KerasTensor | None,
    along: Look,
    weight: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Mean energy distance along some directions, and along the values themselves.

    Parameters as of `sliced_distance`. Each value counts for itself too, since in a direction that
    mixes many a single one hardly shows. Both means are added, in standard deviations.
    """
    one, two, sd = _looked_at(real, made, conditions, along)
    alone = energies(*standardised(real, made), weight)
    return ops.mean(energies(one, two, weight) / sd) + ops.mean(alone)


def _looked_at(
    real: keras.KerasTensor,
    made: keras.KerasTensor,
    conditions: keras.KerasTensor | None,
    along: Look,
) -> tuple[keras.KerasTensor, ...]:
    """Project events on directions, and give the standard deviation of the real ones along each."""
    one, two = standardised(*(standardised(real, made)[k] @ along.values for k in (0, 1)))
    if conditions is not None:
        given, _ = standardised(conditions, conditions)
        part, _ = standardised(given @ along.conditions, given @ along.conditions)
        one, two = (ops.cos(along.angles) * x + ops.sin(along.angles) * part for x in (one, two))
    return one, two, ops.std(one, axis=0) + SMALLEST_SD
