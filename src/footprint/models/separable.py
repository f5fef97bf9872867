"""Separable convolutions with residual shortcuts, like Chollet, Xception (2017).

A separable convolution applies a kernel to each channel by itself and then mixes the channels of
each pixel: k^2 a + a b weights from a to b channels with kernels of side k, where an ordinary one
has k^2 a b. Normalisation and activation come before each convolution, as in ``residual``, so that
sums pass on unchanged.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.convolutions import Separable
from footprint.models.hidden import activated, head, regulariser, without_channels
from footprint.models.image import image_and_others


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Separable,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers."""
    x, others = image_and_others(tensors, config, seeds, channels)
    # The first is an ordinary convolution: an image has few channels to apply kernels to.
    x = keras.layers.Conv2D(
        config.filters[0],
        config.kernel_size,
        padding="same",
        kernel_regularizer=regulariser(config),
    )(x)
    for stage, filters in enumerate(config.filters):
        for block in range(config.blocks):
            x = _block(x, filters, config, seeds, halves=stage > 0 and block == 0)
    return head(activated(x, config), others, config, seeds)


def _block(
    x: keras.KerasTensor, filters: int, config: Separable, seeds: Iterator[int], *, halves: bool
) -> keras.KerasTensor:
    change = x
    for number in range(1, config.convolutions + 1):
        last = number == config.convolutions
        change = activated(change, config)
        if last:
            change = without_channels(change, config, seeds)
        change = keras.layers.SeparableConv2D(
            filters,
            config.kernel_size,
            padding="same",
            # Zeros at first, as in all residual blocks of the zoo.
            pointwise_initializer="zeros" if last else "glorot_uniform",
            depthwise_regularizer=regulariser(config),
            pointwise_regularizer=regulariser(config),
        )(change)
    if not halves:
        return keras.layers.Add()([x, change])
    change = keras.layers.MaxPooling2D(3, strides=2, padding="same")(change)
    shortcut = keras.layers.Conv2D(
        filters, 1, strides=2, padding="same", kernel_regularizer=regulariser(config)
    )(x)
    return keras.layers.Add()([shortcut, change])
