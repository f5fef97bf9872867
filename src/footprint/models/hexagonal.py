"""Residual network for triangular grids, with kernels of a station and its six neighbours.

Why not the 3 x 3 kernels of a square grid: on a triangular grid they reach six neighbours at one
spacing and two stations at 1.7 spacings, and in an `offset` layout which ones differs between
even and odd columns, so that no weight has one meaning. Here each weight belongs to one of the
directions 0, 60, ..., 300 degrees, or to the station itself: the neighbourhood is isotropic.

Why axial coordinates: axes i and j with x = (i + j/2) spacing, y = j sqrt(3)/2 spacing.
There the neighbours of every station are (0, +-1), (+-1, 0), (+1, -1), (-1, +1), so that the
kernel is a 3 x 3 one without the corners (-1, -1) and (+1, +1), and a dense convolution does it.
Every second station along both axes is again a triangular grid in axial coordinates, with twice the
spacing; therefore strides work as on a square grid.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.convolutions import Hexagonal
from footprint.models.hidden import head, regulariser
from footprint.models.image import image_and_others
from footprint.models.residual import stages

NEIGHBOURS = [(-1, 0), (-1, 1), (0, -1), (0, 0), (0, 1), (1, -1), (1, 0)]
"""Steps (i, j) in axial coordinates that the kernel's weights belong to, in order."""


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Hexagonal,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no images join before the dense layers."""
    x, others = image_and_others(tensors, config, seeds, channels)
    if config.layout == "offset":
        x = OffsetToAxial()(x)

    def convolution(filters: int, **options: Any) -> keras.layers.Layer:
        return HexagonalConvolution(filters, kernel_regularizer=regulariser(config), **options)

    x = stages(x, config, convolution, seeds)
    return head(x, others, config, seeds)


@keras.saving.register_keras_serializable(package="footprint")
class OffsetToAxial(keras.layers.Layer):
    """From the `offset` layout, odd columns shifted by half a spacing to +x, to axial coordinates.

    Takes (n, rows, columns, channels); returns (n, rows + (columns - 1) // 2, columns, channels),
    zeros where the array has no station. Column j starts j // 2 rows before column 0.
    """

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Shear the grid."""
        columns = x.shape[2]
        widest = (columns - 1) // 2
        sheared = [
            keras.ops.pad(x[:, :, j], [[0, 0], [widest - j // 2, j // 2], [0, 0]])
            for j in range(columns)
        ]
        return keras.ops.stack(sheared, axis=2)


@keras.saving.register_keras_serializable(package="footprint")
class HexagonalConvolution(keras.layers.Layer):
    """Convolution on a triangular grid in axial coordinates: a station and its six neighbours.

    Parameters
    ----------
    filters
        Channels of the output.
    strides
        2 keeps every second station along both axes, the middle one among them: so the array's
        centre, about which triangular arrays are symmetric, stays a station in all stages.
    kernel_initializer, kernel_regularizer
        As for Keras' convolutions. The kernel has shape (7, channels, filters), its first axis
        in the order of ``NEIGHBOURS``.
    """

    def __init__(
        self,
        filters: int,
        strides: int = 1,
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters = filters
        self.strides = strides
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(len(NEIGHBOURS), shape[-1], self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Convolve; beyond the grid all channels are zero."""
        # The corners that are not neighbours come first and last in a 3 x 3 kernel.
        weights = keras.ops.pad(self.kernel, [[1, 1], [0, 0], [0, 0]])
        square = keras.ops.reshape(weights, (3, 3, x.shape[-1], self.filters))
        strides = self.strides
        before = [1 - (size // 2) % strides for size in x.shape[1:3]]
        padded = keras.ops.pad(x, [[0, 0], [before[0], 1], [before[1], 1], [0, 0]])
        y = keras.ops.conv(padded, square, strides, "valid", data_format="channels_last")
        return y + self.bias

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "strides": self.strides,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
