"""Convolutional network: blocks of convolutions with pooling between, then dense layers.

With several small kernels in each block it is the deep network of Simonyan and Zisserman, Very deep
convolutional networks for large-scale image recognition (VGG, 2015).
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.convolutions import Cnn
from footprint.models.blocks import blocks
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

    def layer(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        convolution = keras.layers.Conv2D(
            filters, config.kernel_size, padding="same", kernel_regularizer=regulariser(config)
        )
        return activated(convolution(x), config)

    return head(blocks(x, config, layer, seeds), others, config, seeds)
