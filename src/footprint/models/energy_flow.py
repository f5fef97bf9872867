"""Energy flow network (EFN): an infrared- and collinear-safe function of a jet's constituents.

Komiske, Metodiev, Thaler, Energy flow networks (2019): F(sum_i z_i Phi(direction_i)) with shares
z_i of the energy. A constituent without energy adds nothing, and two of one direction add what
one of their summed energy would.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.constituents import EnergyFlow
from footprint.models.constituents import constituents
from footprint.models.hidden import dense_layers, flat
from footprint.models.pooling import WeightedSum


def body(
    tensors: dict[str, keras.KerasTensor],
    config: EnergyFlow,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    directions = jet.named(config.coordinates, "coordinates")
    weights = keras.layers.Multiply()([jet.named([config.weight], "weight"), jet.mask])
    each = dense_layers(directions, config.constituent_units, config, seeds, weights)
    pooled = WeightedSum()(each, weights)
    return dense_layers(flat([pooled, *jet.others]), config.units, config, seeds)
