"""Residual convolutional network: each block adds to its input what two convolutions make of it.

He et al., Identity mappings in deep residual networks (2016): activation comes before each
convolution, so that the sum passes on unchanged. Blocks with a bottleneck, and those of Xie et al.,
Aggregated residual transformations (ResNeXt, 2017), whose convolutions are in groups of channels,
have three: to fewer channels, with a kernel, and back.
"""

from collections.abc import Callable, Iterator, Mapping

import keras

from footprint.config.networks import Residual, Stages
from footprint.models.grouped import GroupedConvolution
from footprint.models.hidden import activated, head, regulariser
from footprint.models.image import image_and_others

Convolution = Callable[..., keras.layers.Layer]
"""Makes a layer from its filters, strides and kernel_initializer."""
Block = Callable[[keras.KerasTensor, int], keras.KerasTensor]
"""Adds to features of so many filters what a block makes of them."""


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Residual,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers."""
    x, others = image_and_others(tensors, config, seeds, channels)

    def convolution(filters: int, **options: object) -> keras.layers.Layer:
        return keras.layers.Conv2D(
            filters,
            config.kernel_size,
            padding="same",
            kernel_regularizer=regulariser(config),
            **options,
        )

    def narrow(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        return _narrow_block(x, filters, config)

    has_three = config.bottleneck > 1 or config.groups > 1
    x = stages(x, config, convolution, narrow if has_three else None)
    return head(x, others, config, seeds)


def stages(
    x: keras.KerasTensor, config: Stages, convolution: Convolution, block: Block | None = None
) -> keras.KerasTensor:
    """Stages of blocks; a convolution with stride 2 leads from one to the next.

    Without another kind of block two convolutions make one.
    """
    for number, filters in enumerate(config.filters):
        if number:
            x = convolution(filters, strides=2)(activated(x, config))
        else:
            x = convolution(filters)(x)
        for _ in range(config.blocks):
            x = block(x, filters) if block else _block(x, filters, config, convolution)
    return activated(x, config)


def _block(
    x: keras.KerasTensor, filters: int, config: Stages, convolution: Convolution
) -> keras.KerasTensor:
    change = convolution(filters)(activated(x, config))
    # Zeros at first: the network starts as a shallow one, and its sums do not grow with depth.
    change = convolution(filters, kernel_initializer="zeros")(activated(change, config))
    return keras.layers.Add()([x, change])


def _narrow_block(x: keras.KerasTensor, filters: int, config: Residual) -> keras.KerasTensor:
    within, penalty = filters // config.bottleneck, regulariser(config)
    change = keras.layers.Conv2D(within, 1, kernel_regularizer=penalty)(activated(x, config))
    change = GroupedConvolution(
        within, config.kernel_size, config.groups, kernel_regularizer=penalty
    )(activated(change, config))
    change = keras.layers.Conv2D(
        filters, 1, kernel_initializer="zeros", kernel_regularizer=penalty
    )(activated(change, config))
    return keras.layers.Add()([x, change])
