"""Blocks of layers with pooling between: what plain and inception networks have in common."""

from collections.abc import Callable, Iterator

import keras

from footprint.config.convolutions import PooledBlocks
from footprint.models.hidden import without_channels

Layer = Callable[[keras.KerasTensor, int], keras.KerasTensor]
"""From an image and a number of filters to the next image."""


def blocks(
    x: keras.KerasTensor, config: PooledBlocks, layer: Layer, seeds: Iterator[int]
) -> keras.KerasTensor:
    """Apply layers block by block; pooling and dropout follow each block."""
    for number, block in enumerate(config.filters, 1):
        for filters in block if isinstance(block, list) else [block]:
            x = layer(x, filters)
        if number < len(config.filters) or config.pool_last:
            x = keras.layers.MaxPooling2D(config.pool_size)(x)
        x = without_channels(x, config, seeds)
        if config.block_dropout:
            x = keras.layers.Dropout(config.block_dropout, seed=next(seeds))(x)
    return x
