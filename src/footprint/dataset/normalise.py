"""Normalisation: statistics of the training split, and the shift and scale they give."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footprint.config.inputs import Channel, Input
from footprint.dataset.inputs import mask_positions
from footprint.errors import DataError
from footprint.files.datasets import Normalisation
from footprint.files.hdf5 import Array

Floats = NDArray[np.float64]


@dataclass
class Moments:
    """Count, mean, sum of squared deviations and range of each element, NaN left out.

    Blocks are merged by the formula of T. F. Chan, G. H. Golub, R. J. LeVeque (1979), which
    loses no digits where the mean is far from zero.
    """

    count: Floats = field(default_factory=lambda: np.zeros(()))
    mean: Floats = field(default_factory=lambda: np.zeros(()))
    squares: Floats = field(default_factory=lambda: np.zeros(()))
    low: Floats = field(default_factory=lambda: np.full((), np.inf))
    high: Floats = field(default_factory=lambda: np.full((), -np.inf))

    def add(self, values: Array) -> None:
        """Take in a block of events, shape (n, ...)."""
        wide = values.astype(np.float64)
        measured = ~np.isnan(wide)
        count = measured.sum(axis=0).astype(np.float64)
        mean = np.where(measured, wide, 0.0).sum(axis=0) / np.maximum(count, 1.0)
        squares = np.where(measured, (wide - mean) ** 2, 0.0).sum(axis=0)
        low = np.where(measured, wide, np.inf).min(axis=0)
        high = np.where(measured, wide, -np.inf).max(axis=0)
        self._merge(Moments(count, mean, squares, low, high))

    def _merge(self, other: "Moments") -> None:
        total = self.count + other.count
        distance = other.mean - self.mean
        share = other.count / np.maximum(total, 1.0)
        self.squares = self.squares + other.squares + distance**2 * self.count * share
        self.mean = self.mean + distance * share
        self.count = total
        self.low = np.minimum(self.low, other.low)
        self.high = np.maximum(self.high, other.high)

    def pooled(self, axis: tuple[int, ...]) -> "Moments":
        """Merge the elements along some axes into one (kept with length 1)."""
        count = self.count.sum(axis=axis, keepdims=True)
        mean = (self.mean * self.count).sum(axis=axis, keepdims=True) / np.maximum(count, 1.0)
        between = self.count * (self.mean - mean) ** 2
        squares = (self.squares + between).sum(axis=axis, keepdims=True)
        low = self.low.min(axis=axis, keepdims=True)
        return Moments(count, mean, squares, low, self.high.max(axis=axis, keepdims=True))

    @property
    def sd(self) -> Floats:
        """Standard deviation of each element, 0 where nothing was measured."""
        return np.asarray(np.sqrt(self.squares / np.maximum(self.count, 1.0)))


def input_normalisation(name: str, config: Input, moments: Moments) -> Normalisation:
    """Shift and scale of an input.

    Parameters
    ----------
    name, config
        Name and configuration of the input.
    moments
        Of the training split's stacked input, each of shape (..., channels).

    Returns
    -------
    Normalisation
        Arrays of shape (..., channels), with ones where they are the same for all pixels.

    Raises
    ------
    DataError
        A channel has no measured value, or always the same.
    """
    space = tuple(range(moments.mean.ndim - 1))
    shifts, scales = [], []
    for position, channel in enumerate(mask_positions(config)):
        single = Moments(*(part[..., position : position + 1] for part in vars(moments).values()))
        if channel is None or channel.per == "channel":
            single = single.pooled(space)
        shift, scale = _shift_and_scale(name, channel, single)
        shifts.append(shift)
        scales.append(scale)
    return Normalisation(_joined(shifts), _joined(scales))


def _joined(parts: list[Floats]) -> Floats:
    widest = np.broadcast_shapes(*(part.shape for part in parts))
    return np.concatenate([np.broadcast_to(part, widest) for part in parts], axis=-1)


def _shift_and_scale(name: str, channel: Channel | None, moments: Moments) -> tuple[Floats, Floats]:
    if channel is None or channel.normalise == "none":
        return np.zeros_like(moments.mean), np.ones_like(moments.mean)
    if not moments.count.any():
        msg = (
            f"input '{name}': array '{channel.array}' has no measured value (all NaN) in the "
            f"training split: check the sample, or leave the channel out"
        )
        raise DataError(msg)
    constant = ~(moments.high > moments.low)
    if constant.all():
        msg = (
            f"input '{name}': array '{channel.array}' is constant "
            f"({np.nanmax(np.where(moments.count > 0, moments.mean, np.nan)):g}) in the training "
            f"split, it cannot be normalised: leave the channel out, or set normalise: none"
        )
        raise DataError(msg)
    if channel.normalise == "range":
        shift, scale = moments.low, moments.high - moments.low
    else:
        shift, scale = moments.mean, moments.sd
    # Single pixels that never change (corners, say) stay at 0 instead of becoming infinite.
    return np.where(constant, moments.mean, shift), np.where(constant, 1.0, scale)


def target_normalisation(name: str, moments: Moments) -> Normalisation:
    """Shift and scale of a continuous target: mean and standard deviation.

    Raises
    ------
    DataError
        The target is constant.
    """
    if not (moments.high > moments.low).all():
        msg = (
            f"target '{name}' is constant ({moments.mean}) in the training split: there is "
            f"nothing to learn; check the selection and the sample"
        )
        raise DataError(msg)
    return Normalisation(moments.mean, moments.sd)
