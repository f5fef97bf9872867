"""Constituents of jets, as the channels of the inputs describe them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from footprint.config.constituents import ConstituentFamily
from footprint.errors import suggest
from footprint.files.datasets import MASK
from footprint.models.pooling import AllStations
from footprint.models.stations import station_mask

LIST_RANK = 3
EXACT = "float32"
"""Coordinates and four-vectors keep their digits under mixed precision."""


@dataclass(frozen=True)
class Constituents:
    """The constituents of each jet.

    Attributes
    ----------
    channels
        All channels, shape (n, constituents, channels).
    names
        Names of the channels.
    mask
        1 for constituents, 0 for padding, shape (n, constituents, 1).
    others
        The inputs that are no lists, shape (n, values).
    """

    channels: keras.KerasTensor
    names: tuple[str, ...]
    mask: keras.KerasTensor
    others: list[keras.KerasTensor]

    def named(self, names: list[str], option: str) -> keras.KerasTensor:
        """Pick channels, in the order of the names, for an option.

        Raises
        ------
        ValueError
            There is no such channel.
        """
        for name in names:
            if name not in self.names:
                msg = f"{option}: no channel '{name}'; {suggest(name, self.names)}"
                raise ValueError(msg)
        return _picked(self.channels, [self.names.index(name) for name in names])

    def features(self, without: list[str] | None = None) -> keras.KerasTensor:
        """Pick all channels but some.

        Raises
        ------
        ValueError
            None is left.
        """
        kept = [i for i, name in enumerate(self.names) if name not in (without or [])]
        if not kept:
            msg = f"no channel is left beside {without}: add features of the constituents"
            raise ValueError(msg)
        return self.channels if len(kept) == len(self.names) else _picked(self.channels, kept)


def constituents(
    tensors: Mapping[str, keras.KerasTensor],
    config: ConstituentFamily,
    channels: Mapping[str, tuple[str, ...]],
) -> Constituents:
    """Join the lists of constituents, and find out which entries are padding.

    The mask that decides is no feature: it is 1 for all that count.

    Raises
    ------
    ValueError
        No list of constituents, lists of different length, inputs of more axes, or no such mask.
    """
    lists = {name: x for name, x in tensors.items() if len(x.shape) == LIST_RANK}
    _check(tensors, lists)
    mask = station_mask(lists, None, channels, config.mask)
    parts = list(lists.values())
    x = parts[0] if len(parts) == 1 else keras.layers.Concatenate(dtype=EXACT)(parts)
    names = [channel for name in lists for channel in _names(name, lists[name], channels)]
    if mask is None:
        mask = AllStations()(x)
    else:
        masks = [name for name in names if name.startswith(MASK)]
        decides = masks[0] if config.mask is None else MASK + config.mask
        kept = [position for position, name in enumerate(names) if name != decides]
        if not kept:
            msg = f"'{decides}' is their only channel: add features of the constituents"
            raise ValueError(msg)
        x, names = _picked(x, kept), [names[position] for position in kept]
    most = config.most_constituents
    if most is not None and most < x.shape[1]:
        first = keras.layers.Cropping1D((0, x.shape[1] - most), dtype=EXACT)
        x, mask = first(x), first(mask)
    others = [t for name, t in tensors.items() if name not in lists]
    return Constituents(x, tuple(names), mask, others)


def _picked(x: keras.KerasTensor, positions: list[int]) -> keras.KerasTensor:
    return Channels(positions, dtype=EXACT)(x)


def _names(
    name: str, x: keras.KerasTensor, channels: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    return channels.get(name) or tuple(f"channel {i} of {name}" for i in range(x.shape[-1]))


def _check(
    tensors: Mapping[str, keras.KerasTensor], lists: Mapping[str, keras.KerasTensor]
) -> None:
    if not lists:
        msg = (
            "it needs constituents (constituents, channels): add such an input, or take 'dense' "
            "for vectors and 'cnn' or 'residual' for images"
        )
        raise ValueError(msg)
    lengths = {name: x.shape[1] for name, x in lists.items()}
    if len(set(lengths.values())) > 1:
        msg = (
            f"its inputs differ in the number of constituents, {lengths}: choose inputs of one "
            f"list of constituents"
        )
        raise ValueError(msg)
    for name, x in tensors.items():
        if len(x.shape) > LIST_RANK:
            msg = (
                f"input '{name}' has shape {tuple(x.shape[1:])}, expected constituents "
                f"(constituents, channels) or a vector: choose others with inputs: [...] in the "
                f"experiment"
            )
            raise ValueError(msg)


@keras.saving.register_keras_serializable(package="footprint")
class Channels(keras.layers.Layer):
    """Picks channels, the last axis, by their positions."""

    def __init__(self, positions: list[int], **options: Any) -> None:
        super().__init__(**options)
        self.positions = list(positions)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Pick the channels."""
        return keras.ops.take(x, keras.ops.array(self.positions, "int32"), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "positions": self.positions}
