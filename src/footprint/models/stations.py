"""Which stations of an array have triggered, as the mask channels of the inputs tell."""

from collections.abc import Mapping
from typing import Any

import keras

from footprint.files.datasets import MASK


def station_mask(
    tensors: Mapping[str, keras.KerasTensor],
    trace_input: str | None,
    channels: Mapping[str, tuple[str, ...]],
    array: str | None,
) -> keras.KerasTensor | None:
    """Find the mask of silent stations.

    Parameters
    ----------
    tensors
        Inputs of shape (n, stations..., channels).
    trace_input
        Name of the one of shape (n, stations..., bins, channels).
    channels
        Names of the channels of each input.
    array
        Array whose mask is wanted; None for the first mask there is.

    Returns
    -------
    KerasTensor of shape (n, stations..., 1) or None
        1 for stations that triggered, 0 for silent ones; None if no channel is a mask.

    Raises
    ------
    ValueError
        The array has no mask among the channels.
    """
    place = _place_of_mask(tensors, channels, array)
    if place is None:
        return None
    name, position = place
    return OneChannel(position, bins=name == trace_input)(tensors[name])


def station_strength(
    tensors: Mapping[str, keras.KerasTensor],
    trace_input: str | None,
    channels: Mapping[str, tuple[str, ...]],
    array: str | None,
) -> keras.KerasTensor | None:
    """Find the array that the mask of silent stations belongs to, such as their signals.

    Parameters and shapes are those of `station_mask`; a trace gives its largest bin.
    """
    place = _place_of_mask(tensors, channels, array)
    if place is None:
        return None
    name, position = place  # a mask stands behind its array
    return OneChannel(position - 1, bins=name == trace_input)(tensors[name])


def _place_of_mask(
    tensors: Mapping[str, keras.KerasTensor],
    channels: Mapping[str, tuple[str, ...]],
    array: str | None,
) -> tuple[str, int] | None:
    found: dict[str, tuple[str, int]] = {}
    for name in tensors:
        for position, channel in enumerate(channels.get(name, ())):
            if channel.startswith(MASK):
                found.setdefault(channel.removeprefix(MASK), (name, position))
    wanted = next(iter(found), None) if array is None else array
    if wanted is None:
        return None
    if wanted not in found:
        msg = (
            f"mask: {wanted} is no mask among its channels, found masks of "
            f"{sorted(found) or 'no array'}: set mask: true on the channel of '{wanted}' in the "
            f"dataset, or name another"
        )
        raise ValueError(msg)
    return found[wanted]


@keras.saving.register_keras_serializable(package="footprint")
class OneChannel(keras.layers.Layer):
    """Picks one channel; of a trace the largest bin: a station has triggered if any bin has.

    Takes (n, stations..., channels), or (n, stations..., bins, channels) if there are bins;
    returns (n, stations..., 1).
    """

    def __init__(self, position: int, *, bins: bool, **options: Any) -> None:
        super().__init__(**options)
        self.position = position
        self.bins = bins

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Pick the channel."""
        channel = x[..., self.position : self.position + 1]
        return keras.ops.max(channel, axis=-2) if self.bins else channel

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "position": self.position, "bins": self.bins}


@keras.saving.register_keras_serializable(package="footprint")
class StrongestFirst(keras.layers.Layer):
    """Keeps so many stations of a list: triggered before silent ones, then the strongest.

    Takes (n, stations, ...), a mask and a strength (n, stations, 1); returns (n, number, ...).
    """

    def __init__(self, number: int, **options: Any) -> None:
        super().__init__(**options)
        self.number = number

    def call(
        self, x: keras.KerasTensor, triggered: keras.KerasTensor, strength: keras.KerasTensor
    ) -> keras.KerasTensor:
        """Gather the stations."""
        bounded = keras.ops.sigmoid(strength[..., 0])
        _, chosen = keras.ops.top_k(2 * triggered[..., 0] + bounded, self.number)
        index = keras.ops.reshape(chosen, (-1, self.number, *[1] * (len(x.shape) - 2)))
        return keras.ops.take_along_axis(x, index, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "number": self.number}
