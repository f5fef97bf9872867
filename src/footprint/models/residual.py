"""Residual convolutional network: each block adds to its input what two convolutions make of it.

He et al., Identity mappings in deep residual networks (2016): activation comes before each
convolution, so that the sum passes on unchanged. In their first networks (2015) it comes after it,
and after the sum. Blocks with a bottleneck, and those of Xie et al., Aggregated residual
transformations (ResNeXt, 2017), whose convolutions are in groups of channels, have three: to fewer
channels, with a kernel, and back.
"""

from collections.abc import Callable, Iterator, Mapping

import keras

from footprint.config.convolutions import Residual, Stages
from footprint.models.grouped import GroupedConvolution
from footprint.models.hidden import activated, head, normalised, regulariser, without_channels
from footprint.models.image import image_and_others

Convolution = Callable[..., keras.layers.Layer]
"""Makes a layer from its filters, strides and kernel_initializer."""
Block = Callable[[int, str], list[keras.layers.Layer]]
"""Convolutions of a block of so many filters, the last with the initializer that is named."""


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

    def narrow(filters: int, initializer: str) -> list[keras.layers.Layer]:
        return _narrow_block(filters, initializer, config)

    block = narrow if config.bottleneck > 1 or config.groups > 1 else None
    make = stages if config.pre_activation else _stages_activated_after
    return head(make(x, config, convolution, seeds, block), others, config, seeds)


def stages(
    x: keras.KerasTensor,
    config: Stages,
    convolution: Convolution,
    seeds: Iterator[int],
    block: Block | None = None,
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
            # Zeros at first: the network starts as a shallow one, and its sums do not grow with
            # depth.
            layers = _layers(block, convolution, filters, "zeros")
            change = x
            for layer in layers:
                change = activated(change, config)
                if layer is layers[-1]:
                    change = without_channels(change, config, seeds)
                change = layer(change)
            x = keras.layers.Add()([x, change])
    return activated(x, config)


def _stages_activated_after(
    x: keras.KerasTensor,
    config: Stages,
    convolution: Convolution,
    seeds: Iterator[int],
    block: Block | None = None,
) -> keras.KerasTensor:
    """Stages whose convolutions and sums are followed by the activation."""
    # Zeros at first; with batch normalisation its scale, since it would undo small kernels.
    first = "glorot_uniform" if config.batch_normalisation else "zeros"
    for number, filters in enumerate(config.filters):
        x = activated(convolution(filters, strides=2 if number else 1)(x), config)
        for _ in range(config.blocks):
            layers = _layers(block, convolution, filters, first)
            change = x
            for layer in layers[:-1]:
                change = activated(layer(change), config)
            change = layers[-1](without_channels(change, config, seeds))
            change = normalised(change, config, gamma_initializer="zeros")
            total = keras.layers.Add()([x, change])
            x = keras.layers.Activation(config.activation)(total)
    return x


def _layers(
    block: Block | None, convolution: Convolution, filters: int, initializer: str
) -> list[keras.layers.Layer]:
    if block is not None:
        return block(filters, initializer)
    return [convolution(filters), convolution(filters, kernel_initializer=initializer)]


def _narrow_block(filters: int, initializer: str, config: Residual) -> list[keras.layers.Layer]:
    within, penalty = filters // config.bottleneck, regulariser(config)
    return [
        keras.layers.Conv2D(within, 1, kernel_regularizer=penalty),
        GroupedConvolution(within, config.kernel_size, config.groups, kernel_regularizer=penalty),
        keras.layers.Conv2D(filters, 1, kernel_initializer=initializer, kernel_regularizer=penalty),
    ]
