"""Finding the convolutions of any network, in nested networks and the user's own layers too."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from footprint.files.hdf5 import Array
from footprint.models.hexagonal import NEIGHBOURS, HexagonalConvolution

DEPTHWISE = {
    keras.layers.DepthwiseConv2D: "kernel",
    keras.layers.SeparableConv2D: "depthwise_kernel",
}
"""Layers that convolve each channel on its own, and what the kernel is called."""
KINDS = (keras.layers.Conv2D, HexagonalConvolution, *DEPTHWISE)
IMAGE_RANK = 4


def convolutions(network: keras.Model) -> list[keras.Layer]:
    """List the layers that convolve images, in the order of the network, each once."""
    return [layer for layer in _within(network, set()) if isinstance(layer, KINDS) and layer.built]


def _within(layer: keras.Layer, seen: set[int]) -> Iterator[keras.Layer]:
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield layer
    for inner in _children(layer):
        yield from _within(inner, seen)


def _children(layer: keras.Layer) -> Iterator[keras.Layer]:
    if isinstance(layer, keras.Model):
        yield from layer.layers
        return
    for value in vars(layer).values():
        for entry in value if isinstance(value, list | tuple) else [value]:
            if isinstance(entry, keras.Layer):
                yield entry


def kernel_of(layer: keras.Layer) -> Array:
    """Read the weights of a convolution, shape (rows, columns, channels, filters).

    A layer that convolves each channel on its own has one channel and a filter for each. Kernels
    of triangular grids are NaN at the two corners that are no neighbours.
    """
    if isinstance(layer, HexagonalConvolution):
        flat = keras.ops.convert_to_numpy(layer.kernel)
        square = np.full((3, 3, *flat.shape[1:]), np.nan, np.float32)
        for weights, (i, j) in zip(flat, NEIGHBOURS, strict=True):
            square[1 + i, 1 + j] = weights
        return square
    attribute = next((name for kind, name in DEPTHWISE.items() if isinstance(layer, kind)), "")
    kernel: Any = keras.ops.convert_to_numpy(getattr(layer, attribute or "kernel"))
    if attribute:
        rows, columns, channels, multiplier = kernel.shape
        kernel = kernel.reshape(rows, columns, 1, channels * multiplier)
    return np.asarray(kernel)


def outputs_of(
    network: keras.Model, layers: list[keras.Layer], inputs: dict[str, Array]
) -> dict[str, Array]:
    """Apply a network and keep what some of its layers return, at their first call.

    Layers of nested networks have no tensor in the outer network, so the calls themselves are
    listened to.

    Returns
    -------
    dict of str to ndarray
        By name of the layer.
    """
    found: dict[str, Array] = {}
    if not layers:
        return found

    def listen(layer: keras.Layer) -> None:
        own = layer.call

        def call(*arguments: Any, **options: Any) -> Any:
            result = own(*arguments, **options)
            found.setdefault(layer.name, keras.ops.convert_to_numpy(result))
            return result

        layer.call = call

    try:
        for layer in layers:
            listen(layer)
        network(inputs, training=False)
    finally:
        for layer in layers:
            vars(layer).pop("call", None)
    return found
