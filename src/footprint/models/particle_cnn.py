"""P-CNN: residual convolutions along a jet's constituents, sorted by falling pT.

The particle-level network of CMS' DeepAK8 tagger, as the ParticleNet paper (Qu, Gouskos, 2020)
compares with it, in blocks where activation comes before each convolution as in `residual`.
Padding is set to zero before each convolution, so that it is what lies beyond the list's end.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.constituents import ParticleCnn
from footprint.models.constituents import constituents
from footprint.models.hidden import activated, dense_layers, flat, regulariser
from footprint.models.pooling import MeanPooling


def body(
    tensors: dict[str, keras.KerasTensor],
    config: ParticleCnn,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    x, mask = jet.features(), jet.mask
    for number, filters in enumerate(config.filters):
        if number:
            x = _convolved(activated(x, config, mask), mask, filters, config, strides=2)
            mask = keras.layers.MaxPooling1D(1, strides=2)(mask)
        else:
            x = _convolved(x, mask, filters, config)
        for _ in range(config.blocks):
            x = _block(x, mask, filters, config)
    x = MeanPooling()(activated(x, config, mask), mask)
    return dense_layers(flat([x, *jet.others]), config.units, config, seeds)


def _block(
    x: keras.KerasTensor, mask: keras.KerasTensor, filters: int, config: ParticleCnn
) -> keras.KerasTensor:
    change = _convolved(activated(x, config, mask), mask, filters, config)
    change = activated(change, config, mask)
    # Zeros at first, for the same reasons as in `residual`.
    change = _convolved(change, mask, filters, config, kernel_initializer="zeros")
    return keras.layers.Add()([x, change])


def _convolved(
    x: keras.KerasTensor,
    mask: keras.KerasTensor,
    filters: int,
    config: ParticleCnn,
    **options: Any,
) -> keras.KerasTensor:
    """Convolve; kernels are centred on entries 0, 2, 4, ... with strides, however long the list."""
    x = keras.layers.Multiply()([x, mask])
    x = keras.layers.ZeroPadding1D(config.kernel_size // 2)(x)
    convolution = keras.layers.Conv1D(
        filters, config.kernel_size, kernel_regularizer=regulariser(config), **options
    )
    return convolution(x)
