"""Fully connected networks: all inputs flattened and joined, then hidden layers.

What makes a network self-normalising stands in ``hidden.dense_layers``.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.networks import Dense, SelfNormalising
from footprint.models.hidden import dense_layers, flat


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Dense | SelfNormalising,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],  # noqa: ARG001, the same for all families
) -> keras.KerasTensor:
    """Build the hidden part of the network."""
    return dense_layers(flat(list(tensors.values())), config.units, config, seeds)
