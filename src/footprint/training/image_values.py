"""What moving its pixels means for the values of an input as networks see them.

Where all pixels of a channel share shift and scale, normalised values can move as they are. Where
each has its own, or the input is whitened, they are moved as they were before, and then brought
back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.augment import ImageAugment
from footprint.config.augment_checks import emptied, empty_value
from footprint.config.inputs import Channel, Input
from footprint.errors import TrainingError
from footprint.files import hdf5
from footprint.files.datasets import MASK, Dataset, Normalisation, Whitening
from footprint.files.hdf5 import Array

LARGEST_GAIN = 50.0
"""How much larger than in its own place a value may become by moving to a pixel that hardly varies
in the training split; beyond, single pixels would outshout all others."""


@dataclass(frozen=True)
class Values:
    """How the values of an input move.

    Attributes
    ----------
    empty
        An empty pixel, shape (depth,): the axes of an event after rows and columns in one.
    staying
        Which of them never move, being the same for all events, shape (k,).
    undone
        What has to be undone before they move; None if nothing.
    masks
        Numbers of channels and of their masks.
    """

    empty: NDArray[np.float32]
    staying: NDArray[np.intp]
    undone: Normalisation | None
    masks: tuple[tuple[int, int], ...]

    def movable(self, values: Array) -> Array:
        """Bring values of shape (n, rows, columns, ...) to (n, rows, columns, depth).

        What was not measured is NaN where a normalisation is undone, as far as masks tell.
        """
        if self.undone is not None:
            measured = values
            values = self.undone.invert(values)
            for channel, mask in self.masks:
                values[..., channel][measured[..., mask] == 0] = np.nan
        return values.reshape(*values.shape[:3], -1)

    def restored(self, moved: Array, before: Array, shape: tuple[int, ...]) -> Array:
        """Return moved values to a shape and normalisation; what stays comes from before."""
        if len(self.staying):
            moved[..., self.staying] = before[..., self.staying]
        moved = moved.reshape(shape)
        if self.undone is None:
            return moved
        return np.nan_to_num(self.undone.apply(moved), nan=0.0)


def values_of(dataset: Dataset, name: str, config: ImageAugment) -> Values:
    """Find out how the values of an input move.

    Raises
    ------
    TrainingError
        An empty pixel has no value, or values would become too large in other places.
    """
    spec = Input.model_validate(hdf5.read_json(dataset.file, "config")["inputs"][name])
    shape = dataset.array("train", "inputs", name).shape[1:]
    channels, normalisation = dataset.channels(name), dataset.normalisation(name)
    stays = [channel.removeprefix(MASK) in dataset.constants for channel in channels]
    undone = None
    if not _is_uniform(normalisation, np.flatnonzero(~np.array(stays))):
        _check_gain(name, normalisation, channels)
        undone = _single(normalisation)
    empty = np.zeros(len(channels))
    if emptied(config, spec):
        empty[:] = _zero(name, spec, channels)
        if undone is None:
            first = [part.reshape(-1, len(channels))[0] for part in _parts(normalisation)]
            empty = (empty - first[0]) / first[1]
    elif undone is not None:
        empty[[not channel.startswith(MASK) for channel in channels]] = np.nan
    times = int(np.prod(shape[2:-1], dtype=int))
    masks = [
        (channels.index(channel.removeprefix(MASK)), number)
        for number, channel in enumerate(channels)
        if channel.startswith(MASK)
    ]
    return Values(
        np.tile(empty, times).astype(np.float32),
        np.flatnonzero(np.tile(stays, times)),
        undone,
        tuple(masks),
    )


def _parts(normalisation: Normalisation) -> tuple[Array, Array]:
    return normalisation.shift, normalisation.scale


def _is_uniform(normalisation: Normalisation, moving: NDArray[np.intp]) -> bool:
    """Whether all pixels share shift and scale, in the channels that move."""
    space = tuple(range(normalisation.shift.ndim - 1))
    return normalisation.whitening is None and all(
        not np.ptp(part, axis=space)[moving].any() for part in _parts(normalisation)
    )


def _single(normalisation: Normalisation) -> Normalisation:
    whitening = normalisation.whitening
    if whitening is not None:
        matrices = (whitening.matrix.astype(np.float32), whitening.inverse.astype(np.float32))
        whitening = Whitening(*matrices, whitening.channels)
    shift, scale = (part.astype(np.float32) for part in _parts(normalisation))
    return Normalisation(shift, scale, whitening)


def _zero(name: str, spec: Input, channels: tuple[str, ...]) -> list[float]:
    """Tell what 0 becomes by the transforms, by channel; it counts as measured."""
    transforms: dict[str, Channel] = {channel.array: channel for channel in spec.channels}
    try:
        return [
            1.0
            if channel.startswith(MASK)
            else empty_value(f"training.augment, input '{name}'", transforms[channel])
            for channel in channels
        ]
    except ValueError as error:
        raise TrainingError(str(error)) from None


def _check_gain(name: str, normalisation: Normalisation, channels: tuple[str, ...]) -> None:
    """Refuse pixels whose scale is far below that of others, and directions hardly ever seen."""
    scale = normalisation.scale.reshape(-1, len(channels))
    gains = scale.max(axis=0) / scale.min(axis=0)
    advice = "set per: channel"
    if normalisation.whitening is not None:
        # The sd of each whitened value if the values before were uncorrelated, with sd 1.
        gains = gains.max() * np.linalg.norm(normalisation.whitening.matrix, axis=1)
        advice = "set per: channel, and raise whiten.epsilon, to 0.01 say"
    if gains.max() > LARGEST_GAIN:
        msg = (
            f"training.augment: values of input '{name}' would become up to {gains.max():.0f} "
            f"times as large by moving, since some pixels or details hardly vary in the training "
            f"split (expected at most {LARGEST_GAIN:g}): {advice}"
        )
        raise TrainingError(msg)
