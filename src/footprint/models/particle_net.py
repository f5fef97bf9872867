"""ParticleNet: convolutions on graphs of nearest constituents.

Qu, Gouskos, ParticleNet: jet tagging via particle clouds (2020); the EdgeConv is that of Wang et
al., Dynamic graph CNN for learning on point clouds (2019). Differences to the published network:
a jet with fewer constituents than neighbours asked for has fewer edges, where there padding
stands in; batch normalisation leaves padding out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.constituents import EdgeBlock, ParticleNet
from footprint.models.constituents import EXACT, constituents
from footprint.models.edges import EdgeFeatures, MeanOverNeighbours, NearestNeighbours
from footprint.models.hidden import activated, dense_layers, flat, normalised, regulariser
from footprint.models.pooling import MeanPooling

FEWEST_CONSTITUENTS = 2


def body(
    tensors: dict[str, keras.KerasTensor],
    config: ParticleNet,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    if jet.channels.shape[1] < FEWEST_CONSTITUENTS:
        msg = "a graph needs lists of two or more constituents, found lists of 1"
        raise ValueError(msg)
    x, coordinates = jet.features(), jet.named(config.coordinates, "coordinates")
    for block in config.blocks:
        x = _block(x, coordinates, jet.mask, block, config)
        coordinates = x
    x = MeanPooling()(x, jet.mask)
    return dense_layers(flat([x, *jet.others]), config.units, config, seeds)


def _block(
    x: keras.KerasTensor,
    coordinates: keras.KerasTensor,
    mask: keras.KerasTensor,
    block: EdgeBlock,
    config: ParticleNet,
) -> keras.KerasTensor:
    """Layers on the edges, their mean for each constituent, and a shortcut around them."""
    # A batch normalisation that follows has a bias of its own.
    options: dict[str, Any] = {
        "use_bias": not config.batch_normalisation,
        "kernel_regularizer": regulariser(config),
    }
    neighbours, there = NearestNeighbours(block.neighbours, dtype=EXACT)(coordinates, mask)
    edges = EdgeFeatures(block.channels[0], **options)(x, neighbours)
    edges = activated(edges, config, there)
    for units in block.channels[1:]:
        edges = keras.layers.Dense(units, **options)(edges)
        edges = activated(edges, config, there)
    mean = MeanOverNeighbours()(edges, there)
    shortcut = keras.layers.Dense(block.channels[-1], **options)(x)
    shortcut = normalised(shortcut, config, mask)
    return keras.layers.Activation(config.activation)(keras.layers.Add()([mean, shortcut]))
