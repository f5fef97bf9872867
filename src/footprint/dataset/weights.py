"""Weights of events: found in the training split, applied to all splits alike.

Flattening gives an event of class c in bin b of a spectrum the factor g_b / h_cb, with h the
class's histogram in the training split and g the goal, a constant density or another class's
histogram; the mean weight over the training events of each class is 1. Where a class has no
training events the goal cannot be reached: it is scaled to the class's other bins, and an event
that is found there after all gets the factor of the nearest bin that is filled.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from footprint.config.datasets import Dataset
from footprint.config.weights import FLAT, Flatten
from footprint.dataset.scratch import Scratch
from footprint.dataset.source import Source
from footprint.errors import DataError
from footprint.files.events import ID, Block
from footprint.files.hdf5 import WEIGHT, Array
from footprint.files.weighting import Flattening, Floats, Weighting

log = logging.getLogger(__name__)


def brought_weights(config: Dataset, block: Block) -> dict[str, Array]:
    """Take the weights that events bring, as the column `WEIGHT`; none without an array of them.

    Raises
    ------
    DataError
        There is not one finite weight an event, none negative; or not one finite value of the
        spectrum to flatten.
    """
    if config.weights is None:
        return {}
    flatten, array = config.weights.flatten, config.weights.array
    if flatten is not None:
        _check_column("weights.flatten.array", flatten.array, block)
    if array is None:
        return {}
    _check_column("weights.array", array, block)
    negative = np.count_nonzero(block[array] < 0)
    if negative:
        msg = (
            f"weights.array: {negative} values of '{array}' in one block are negative, first event "
            f"{block[ID][np.argmax(block[array] < 0)]}: rankings and shares of events have no "
            f"meaning then; select these events away, or give an array without them"
        )
        raise DataError(msg)
    return {WEIGHT: block[array].astype(np.float64)}


def _check_column(key: str, name: str, block: Block) -> None:
    values = block[name]
    if values.ndim != 1:
        msg = f"{key} '{name}' has shape {values.shape[1:]} an event, expected one value"
        raise DataError(msg)
    bad = ~np.isfinite(values.astype(np.float64))
    if bad.any():
        msg = (
            f"{key}: {np.count_nonzero(bad)} values of '{name}' in one block are not finite, "
            f"first in event {block[ID][np.argmax(bad)]}: select these events away"
        )
        raise DataError(msg)


def weighting_of(source: Source, train: Scratch) -> Weighting | None:
    """Find what the weights of a data set follow from, in its training split.

    Raises
    ------
    DataError
        All weights are 0, the spectrum has a single value, or a class shares no bin with the
        goal.
    """
    weights = source.config.weights
    if weights is None:
        return None
    scale = 1.0
    if weights.array is not None:
        scale = sum(float(part.sum()) for part in train.column(WEIGHT)) / train.rows
        if scale <= 0:
            msg = f"data set '{source.name}': all training weights '{weights.array}' are 0"
            raise DataError(msg)
    if weights.flatten is None:
        return Weighting(scale)
    return Weighting(scale, _flattening(source, weights.flatten, train, scale))


def _flattening(source: Source, flatten: Flatten, train: Scratch, scale: float) -> Flattening:
    classes = list(source.config.targets[flatten.target].class_values())
    edges = _edges(source, flatten, train)
    shape = (len(classes), len(edges) - 1)
    found = Flattening(
        array=flatten.array,
        target=flatten.target,
        to=flatten.to,
        resampled=flatten.method == "resample",
        edges=edges,
        factors=np.ones(shape),
    )
    sums, events = np.zeros(shape), np.zeros(len(classes))
    for weights, numbers, values in _columns(flatten, train):
        cell = numbers * shape[1] + found.bins(values)
        filled = np.bincount(cell, weights / scale, minlength=shape[0] * shape[1])
        sums += filled.reshape(shape)
        events += np.bincount(numbers, minlength=len(classes))
    missing = sums == 0
    for name, bins in zip(classes, missing, strict=True):
        if bins.any():
            log.warning(
                "no training event of class %s in %d of %d bins of %s: its spectrum stays empty "
                "there, choose other bins or a selection", name, bins.sum(), bins.size,
                flatten.array,
            )  # fmt: skip
    goal = np.diff(edges) if flatten.to == FLAT else sums[classes.index(flatten.to)]
    apart = [c for c, bins in zip(classes, missing, strict=True) if not (goal * ~bins).any()]
    if apart:
        msg = (
            f"data set '{source.name}': weights.flatten: class {', '.join(apart)} has no training "
            f"event in the bins of '{flatten.array}' where {flatten.to} has some: the spectra do "
            f"not overlap"
        )
        raise DataError(msg)
    return replace(found, factors=factors_of(sums, events, goal, flatten))


def factors_of(sums: Floats, events: Floats, goal: Floats, flatten: Flatten) -> Floats:
    """Compute the factors that bring each class to the goal.

    Parameters
    ----------
    sums
        Sum of the weights of each class in each bin, shape (classes, bins).
    events
        Events of each class, shape (classes,).
    goal
        Wanted content of the bins up to a factor, shape (bins,).
    flatten
        How, and the largest factor.

    Returns
    -------
    ndarray, shape (classes, bins)
        With sum over bins of sums * factors = events for each class.
    """
    filled = sums > 0
    reached = np.where(filled, goal, 0.0)
    reached = reached / reached.sum(axis=1, keepdims=True)
    factors = np.divide(reached, sums, out=np.zeros_like(sums), where=filled)
    unit = 1 / sums.sum(axis=1, keepdims=True)
    if flatten.method == "resample":
        unit = np.where(factors > 0, factors, np.inf).min(axis=1, keepdims=True)
    large = factors > flatten.largest * unit
    if large.any():
        log.warning(
            "%d factors of weights.flatten are above largest = %g and cut: the spectra keep a "
            "rest of their difference there", large.sum(), flatten.largest,
        )  # fmt: skip
    factors = np.minimum(factors, flatten.largest * unit)
    factors *= (events / (sums * factors).sum(axis=1))[:, None]
    return _from_nearest(factors, filled)


def _from_nearest(factors: Floats, filled: NDArray[np.bool_]) -> Floats:
    """Give empty bins the factor of the nearest filled one, the lower of two."""
    bins = np.arange(factors.shape[1])
    found = np.empty_like(factors)
    for row, inside, values in zip(found, filled, factors, strict=True):
        there = np.flatnonzero(inside)
        row[:] = values[there[np.abs(bins[:, None] - there).argmin(axis=1)]]
    return found


def _edges(source: Source, flatten: Flatten, train: Scratch) -> Floats:
    if not isinstance(flatten.bins, int):
        return np.asarray(flatten.bins, dtype=np.float64)
    low, high = np.inf, -np.inf
    for values in train.column(f"spectators/{flatten.array}"):
        low, high = min(low, float(values.min())), max(high, float(values.max()))
    if not low < high:
        msg = (
            f"data set '{source.name}': weights.flatten.array '{flatten.array}' is {low:g} in all "
            f"training events: there is no spectrum to flatten"
        )
        raise DataError(msg)
    return np.linspace(low, high, flatten.bins + 1)


def _columns(flatten: Flatten, train: Scratch) -> Iterator[tuple[Array, Array, Array]]:
    """Read weight, class number and value of the training events."""
    brought = train.column(WEIGHT) if WEIGHT in train.names else repeat(None)
    numbers = train.column(f"targets/{flatten.target}")
    values = train.column(f"spectators/{flatten.array}")
    for own, number, value in zip(brought, numbers, values, strict=False):
        yield np.ones(len(number)) if own is None else own, number, value


def weights_of(weighting: Weighting, piece: Block, *, repeated: bool) -> Array:
    """Compute the weights of events from their columns.

    Parameters
    ----------
    weighting
        What they follow from.
    piece
        Columns of the events, among them targets and spectators.
    repeated
        Whether events stand there as often as they count, so that they get no factors.

    Returns
    -------
    ndarray of float32, shape (n,)
    """
    brought = piece.get(WEIGHT)
    weights = np.ones(len(piece[ID])) if brought is None else brought / weighting.scale
    flattening = weighting.flattening
    if flattening is not None and not (repeated and flattening.resampled):
        numbers = piece[f"targets/{flattening.target}"]
        weights = weights * flattening.of(numbers, piece[f"spectators/{flattening.array}"])
    return weights.astype(np.float32)
