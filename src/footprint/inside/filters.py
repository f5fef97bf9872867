"""Filters: the weights of a network's first convolution."""

from dataclasses import dataclass

import keras

from footprint.files.hdf5 import Array
from footprint.inside.layers import convolutions, kernel_of


@dataclass(frozen=True)
class Filters:
    """Weights of a convolution.

    Attributes
    ----------
    layer
        Its name.
    kernel
        Shape (rows, columns, channels, filters).
    channels
        Names of its input channels, numbers where they are not those of the network's inputs.
    """

    layer: str
    kernel: Array
    channels: tuple[str, ...]


def first_filters(network: keras.Model, channels: list[str]) -> Filters | None:
    """Find the first convolution that looks at more than single pixels.

    Parameters
    ----------
    network
        Any network.
    channels
        Of its inputs with rows and columns, one after the other.

    Returns
    -------
    Filters or None
        None where the network has no such layer.
    """
    for layer in convolutions(network):
        kernel = kernel_of(layer)
        if max(kernel.shape[:2]) == 1:
            continue
        depth = kernel.shape[2]
        names = channels if depth == len(channels) else [f"channel {n + 1}" for n in range(depth)]
        return Filters(layer.name, kernel, tuple(names))
    return None
