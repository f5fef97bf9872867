"""Convolutional network: blocks of convolutions with pooling between, then dense layers."""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.networks import Cnn
from footprint.models.hidden import activated, head, regulariser
from footprint.models.image import image_and_others


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Cnn,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers."""
    x, others = image_and_others(tensors, config, seeds, channels)
    for number, block in enumerate(config.filters):
        if number:
            x = keras.layers.MaxPooling2D(config.pool_size)(x)
        for filters in block if isinstance(block, list) else [block]:
            x = keras.layers.Conv2D(
                filters,
                config.kernel_size,
                padding="same",
                kernel_regularizer=regulariser(config),
            )(x)
            x = activated(x, config)
    return head(x, others, config, seeds)
