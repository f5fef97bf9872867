"""Convolutional network: blocks of convolutions with pooling between, then dense layers."""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.networks import Cnn
from footprint.models.hidden import activated, dense_layers, flat, regulariser

IMAGE_RANK = 4


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Cnn,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],  # noqa: ARG001, the same for all families
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers.

    Raises
    ------
    ValueError
        There is not exactly one input of shape (height, width, channels).
    """
    images = [tensor for tensor in tensors.values() if len(tensor.shape) == IMAGE_RANK]
    others = [tensor for tensor in tensors.values() if len(tensor.shape) != IMAGE_RANK]
    if len(images) != 1:
        msg = f"it needs exactly one image input (height, width, channels), found {len(images)}"
        raise ValueError(msg)
    x = images[0]
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
    x = HEADS[config.head]()(x)
    return dense_layers(flat([x, *others]) if others else x, config.units, config, seeds)


HEADS = {
    "flatten": keras.layers.Flatten,
    "max": keras.layers.GlobalMaxPooling2D,
    "average": keras.layers.GlobalAveragePooling2D,
}
