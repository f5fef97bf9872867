"""From arrays of the events to inputs of the networks: transform, stack, mark what is missing."""

import math
from collections.abc import Mapping

import numpy as np

from footprint.config.formulas import evaluate
from footprint.config.inputs import Channel, Input
from footprint.errors import ConfigError, DataError
from footprint.files.datasets import MASK
from footprint.files.events import Block
from footprint.files.hdf5 import Array, ArraySpec

MOST_WHITENED = 4096
"""Values of an input that can be whitened: 64 x 64 pixels, of which the matrix takes 134 MB."""


def check_units(name: str, config: Input, specs: Mapping[str, ArraySpec]) -> None:
    """Refuse differences of arrays in different units.

    Raises
    ------
    ConfigError
        With the unit of each array.
    """
    for channel in config.channels:
        units = {array: specs[array].units for array in channel.arrays()}
        if len(set(units.values())) != 1:
            msg = (
                f"input '{name}': relative_to subtracts arrays in different units, {units}: name "
                f"one in the unit of '{channel.array}'"
            )
            raise ConfigError(msg)


def check_shapes(name: str, config: Input, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse channels whose arrays cannot be stacked, and inputs too large to be whitened.

    Raises
    ------
    ConfigError
        With the shape of each array, or the number of values.
    """
    found = {array: shapes[array] for channel in config.channels for array in channel.arrays()}
    if len(set(found.values())) != 1:
        msg = (
            f"input '{name}': its channels differ in shape, {found}: arrays of one input are "
            f"stacked, put others into an input of their own"
        )
        raise ConfigError(msg)
    values = sum(math.prod(shape) for shape in (shapes[c.array] for c in config.channels))
    if config.whiten is not None and values > MOST_WHITENED:
        msg = (
            f"input '{name}' has {values} values an event, too many to whiten: expected at most "
            f"{MOST_WHITENED}, since their covariance has a row and a column for each. Leave out "
            f"whiten, or put fewer channels into the input"
        )
        raise ConfigError(msg)


def stacked(name: str, config: Input, block: Block) -> Array:
    """Transform and stack the channels of an input.

    Parameters
    ----------
    name, config
        Name and configuration of the input.
    block
        Events that passed the selection.

    Returns
    -------
    ndarray of float32, shape (n, ..., channels)
        Not yet normalised; NaN where nothing was measured; masks after their channels.
    """
    layers: list[Array] = []
    for channel in config.channels:
        values = _transformed(name, channel, block)
        layers.append(values)
        if channel.mask:
            layers.append((~np.isnan(values)).astype(np.float32))
    return np.stack(layers, axis=-1)


def _transformed(name: str, channel: Channel, block: Block) -> Array:
    raw = block[channel.array].astype(np.float64)
    if channel.relative_to is not None:
        raw -= block[channel.relative_to]
    values = raw if channel.transform is None else evaluate(channel.transform, {"x": raw})
    values = values.astype(np.float32)
    bad = np.isinf(values) | (np.isnan(values) & ~np.isnan(raw))
    if bad.any():
        first = tuple(int(index[0]) for index in np.nonzero(bad))
        msg = (
            f"input '{name}': {channel.transform or 'array ' + channel.array} is not finite for "
            f"{np.count_nonzero(bad)} measured values of '{channel.label}' in one block, first "
            f"for {raw[first]:g} in event {block['event_id'][first[0]]}: choose a transform "
            f"defined for all values, such as log10(1 + x), or select those events away"
        )
        raise DataError(msg)
    return np.asarray(values)


def channel_names(config: Input) -> list[str]:
    """Name the channels of the stacked input; a mask is called ``mask of <array>``."""
    names = []
    for channel in config.channels:
        names += [channel.array, MASK + channel.array] if channel.mask else [channel.array]
    return names


def channel_units(config: Input, specs: Mapping[str, ArraySpec]) -> list[str]:
    """Give the unit of each channel before it is normalised; none once a formula was applied."""
    units = array_units(config, specs)
    channels = mask_positions(config)
    return [
        "" if channel is None or channel.transform is not None else own
        for channel, own in zip(channels, units, strict=True)
    ]


def array_units(config: Input, specs: Mapping[str, ArraySpec]) -> list[str]:
    """Give the unit of each channel's array, before any formula; none for masks."""
    return [
        "" if channel is None else specs[channel.array].units for channel in mask_positions(config)
    ]


def mask_positions(config: Input) -> list[Channel | None]:
    """List the channels of the stacked input; None stands for a mask."""
    positions: list[Channel | None] = []
    for channel in config.channels:
        positions += [channel, None] if channel.mask else [channel]
    return positions
