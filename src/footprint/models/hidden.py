"""Pieces that several families are made of."""

from collections.abc import Iterator

import keras

from footprint.config.convolutions import ImageFamily, PooledBlocks, Stages
from footprint.config.family import Family
from footprint.config.networks import SelfNormalising
from footprint.models.normalisation import MaskedBatchNormalization


def regulariser(config: Family) -> keras.Regularizer | None:
    """Penalty on the kernels, none if both strengths are zero."""
    if config.l1 == 0 and config.l2 == 0:
        return None
    return keras.regularizers.L1L2(config.l1, config.l2)


def normalised(
    x: keras.KerasTensor,
    config: Family,
    mask: keras.KerasTensor | None = None,
    **options: str,
) -> keras.KerasTensor:
    """Normalise the batch if asked to; entries where a mask (n, ..., 1) is zero do not count.

    Options are arguments of the layer.
    """
    if not config.batch_normalisation:
        return x
    if mask is None:
        return keras.layers.BatchNormalization(**options)(x)
    return MaskedBatchNormalization(**options)(x, mask)


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
    """Hidden dense layers, each followed by dropout; with a mask for members of a set.

    Those of a self-normalising network begin with the weights, and have the dropout, that keep
    mean and variance (Klambauer et al. 2017).
    """
    keeps = isinstance(config, SelfNormalising)
    initializer = "lecun_normal" if keeps else "glorot_uniform"
    dropout = keras.layers.AlphaDropout if keeps else keras.layers.Dropout
    for number in units:
        x = keras.layers.Dense(
            number,
            kernel_initializer=initializer,
            kernel_regularizer=regulariser(config),
        )(x)
        x = activated(x, config, mask)
        if config.dropout:
            x = dropout(config.dropout, seed=next(seeds))(x)
    return x


def without_channels(
    x: keras.KerasTensor, config: ImageFamily, seeds: Iterator[int]
) -> keras.KerasTensor:
    """Drop whole channels of an image at random if asked to."""
    if not config.spatial_dropout:
        return x
    return keras.layers.SpatialDropout2D(config.spatial_dropout, seed=next(seeds))(x)


def flat(tensors: list[keras.KerasTensor]) -> keras.KerasTensor:
    """Flatten and join tensors into one vector per event."""
    vectors = [keras.layers.Flatten()(tensor) for tensor in tensors]
    return vectors[0] if len(vectors) == 1 else keras.layers.Concatenate()(vectors)


def head(
    x: keras.KerasTensor,
    others: list[keras.KerasTensor],
    config: PooledBlocks | Stages,
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
