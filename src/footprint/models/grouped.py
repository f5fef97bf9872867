"""Grouped convolution: channels in groups that do not see each other."""

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="footprint")
class GroupedConvolution(keras.layers.Layer):
    """Convolution of images in groups of channels, padded with zeros to the same size.

    It computes one ordinary convolution whose kernel is zero between groups. For the widths of
    jet images that is several times faster on a CPU than a product for each group, and TensorFlow's
    own gradient of grouped convolutions takes more than ten times as long.

    Parameters
    ----------
    filters
        Channels of the output, a multiple of the groups.
    kernel_size
        Side of the kernel in pixels.
    groups
        Number of groups, which divides the channels of the input.
    kernel_initializer, kernel_regularizer
        As for Keras' convolutions, whose kernel of grouped convolutions has the same shape,
        (kernel_size, kernel_size, channels / groups, filters).
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        groups: int,
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters = filters
        self.kernel_size = kernel_size
        self.groups = groups
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, self.kernel_size, shape[-1] // self.groups, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Convolve."""
        own = np.kron(
            np.eye(self.groups),
            np.ones((x.shape[-1] // self.groups, self.filters // self.groups)),
        )
        whole = keras.ops.tile(self.kernel, (1, 1, self.groups, 1))
        kernel = whole * keras.ops.cast(own, whole.dtype)
        y = keras.ops.conv(x, kernel, 1, "same", data_format="channels_last")
        return y + self.bias

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "groups": self.groups,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
