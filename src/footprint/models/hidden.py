"""Pieces that several families are made of."""

from collections.abc import Iterator

import keras

from footprint.config.family import Family
from footprint.config.networks import Cnn, Stages
from footprint.models.normalisation import MaskedBatchNormalization


def regulariser(config: Family) -> keras.Regularizer | None:
    """Penalty on the kernels, none if both strengths are zero."""
    if config.l1 == 0 and config.l2 == 0:
        return None
    return keras.regularizers.L1L2(config.l1, config.l2)


def normalised(
    x: keras.KerasTensor, config: Family, mask: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """Normalise the batch if asked to; entries where a mask (n, ..., 1) is zero do not count."""
    if not config.batch_normalisation:
        return x
    if mask is None:
        return keras.layers.BatchNormalization()(x)
    return MaskedBatchNormalization()(x, mask)


def activated(
    x: keras.KerasTensor, config: Family, mask: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """Normalise the batch if asked to, then activate."""
    return keras.layers.Activation(config.activation)(normalised(x, config, mask))


def dense_layers(
    x: keras.KerasTensor,
    units: list[int],
    config: Family,
    seeds: Iterator[int],
    mask: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Hidden dense layers, each followed by dropout; with a mask for members of a set."""
    for number in units:
        x = keras.layers.Dense(number, kernel_regularizer=regulariser(config))(x)
        x = activated(x, config, mask)
        if config.dropout:
            x = keras.layers.Dropout(config.dropout, seed=next(seeds))(x)
    return x


def flat(tensors: list[keras.KerasTensor]) -> keras.KerasTensor:
    """Flatten and join tensors into one vector per event."""
    vectors = [keras.layers.Flatten()(tensor) for tensor in tensors]
    return vectors[0] if len(vectors) == 1 else keras.layers.Concatenate()(vectors)


def head(
    x: keras.KerasTensor,
    others: list[keras.KerasTensor],
    config: Cnn | Stages,
    seeds: Iterator[int],
) -> keras.KerasTensor:
    """From an image to a vector, joined by the inputs that are no images; dense layers."""
    x = HEADS[config.head]()(x)
    return dense_layers(flat([x, *others]) if others else x, config.units, config, seeds)


HEADS = {
    "flatten": keras.layers.Flatten,
    "max": keras.layers.GlobalMaxPooling2D,
    "average": keras.layers.GlobalAveragePooling2D,
}
