"""Inception network: units that look at several scales at once (Szegedy et al., 2015).

A unit joins the channels of four branches: 1 x 1; 1 x 1 and 3 x 3; 1 x 1 and 5 x 5; max pooling
and 1 x 1. The 1 x 1 convolutions before the larger kernels may have fewer filters, which saves
products.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.convolutions import Inception
from footprint.models.blocks import blocks
from footprint.models.hidden import activated, head, regulariser
from footprint.models.image import image_and_others


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Inception,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers."""
    x, others = image_and_others(tensors, config, seeds, channels)

    def unit(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        return _unit(x, filters, config)

    return head(blocks(x, config, unit, seeds), others, config, seeds)


def _unit(x: keras.KerasTensor, filters: int, config: Inception) -> keras.KerasTensor:
    def convolution(x: keras.KerasTensor, filters: int, side: int) -> keras.KerasTensor:
        layer = keras.layers.Conv2D(
            filters, side, padding="same", kernel_regularizer=regulariser(config)
        )
        return activated(layer(x), config)

    fewer = filters // config.bottleneck
    pooled = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return keras.layers.Concatenate()(
        [
            convolution(x, filters, 1),
            convolution(convolution(x, fewer, 1), filters, 3),
            convolution(convolution(x, fewer, 1), filters, 5),
            convolution(pooled, filters, 1),
        ]
    )
