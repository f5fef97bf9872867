"""Activations: what the first and the last convolution return of chosen events."""

from dataclasses import dataclass

import keras
import numpy as np

from footprint.files.hdf5 import Array
from footprint.inside.layers import IMAGE_RANK, convolutions, outputs_of

MAPS = 8
"""Feature maps shown of a layer."""


@dataclass(frozen=True)
class Activations:
    """Feature maps of one layer.

    Attributes
    ----------
    layer
        Its name.
    maps
        Numbers of the maps, rising.
    values
        Shape (n, rows, columns, maps).
    """

    layer: str
    maps: tuple[int, ...]
    values: Array


def activations(network: keras.Model, inputs: dict[str, Array]) -> list[Activations]:
    """Apply a network to events; nothing where no convolution returns images.

    Of each layer those maps are kept that vary most over pixels and events.
    """
    layers = convolutions(network)
    chosen = layers[:1] + layers[1:][-1:]
    found = []
    for layer, values in outputs_of(network, chosen, inputs).items():
        if values.ndim != IMAGE_RANK:
            continue
        spread = values.std(axis=(0, 1, 2), dtype=np.float64)
        maps = np.sort(np.argsort(-spread, kind="stable")[:MAPS])
        found.append(Activations(layer, tuple(maps.tolist()), values[..., maps]))
    return found
