"""Graphs of nearest neighbours, and layers on their edges.

An edge leads from a constituent i to one of its neighbours j. Edges to padding, which there are
where a jet has fewer constituents than neighbours are asked for, have the mask 0.
"""

from typing import Any

import keras

NOWHERE = -1e30
"""Minus the squared distance to what is no neighbour: padding, and the constituent itself."""


@keras.saving.register_keras_serializable(package="footprint")
class NearestNeighbours(keras.layers.Layer):
    """Finds the nearest neighbours of each constituent among the others of its jet.

    Takes coordinates (n, constituents, coordinates) and a mask (n, constituents, 1); returns the
    neighbours' positions (n, constituents, neighbours), nearest first, and the mask of the edges
    (n, constituents, neighbours, 1). There are as many as asked for, or one less than constituents.
    """

    def __init__(self, neighbours: int, **options: Any) -> None:
        super().__init__(**options)
        self.neighbours = neighbours

    def call(
        self, coordinates: keras.KerasTensor, mask: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Find them."""
        ops = keras.ops
        x = ops.stop_gradient(coordinates)  # which edges there are has no gradient
        squares = ops.sum(ops.square(x), axis=-1, keepdims=True)
        turned = ops.transpose(x, (0, 2, 1))
        closeness = 2 * ops.matmul(x, turned) - squares - ops.transpose(squares, (0, 2, 1))
        number = x.shape[1]
        possible = ops.logical_and(
            ops.transpose(mask, (0, 2, 1)) > 0, ops.logical_not(ops.eye(number, dtype="bool"))
        )
        closeness = ops.where(possible, closeness, NOWHERE)
        closest, found = ops.top_k(closeness, min(self.neighbours, number - 1))
        there = ops.cast(closest > NOWHERE / 2, self.compute_dtype)
        return ops.cast(found, "int32"), ops.expand_dims(there, -1) * ops.expand_dims(mask, 2)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "neighbours": self.neighbours}


@keras.saving.register_keras_serializable(package="footprint")
class EdgeFeatures(keras.layers.Layer):
    """First layer of an EdgeConv: W1 x_i + W2 (x_j - x_i) for the edge from i to j.

    It equals (W1 - W2) x_i + W2 x_j: both products are made once for each constituent
    instead of once for each edge.

    Parameters
    ----------
    units
        Features of an edge.
    use_bias
        Add a bias.
    kernel_regularizer
        Penalty on the kernel, shape (2 * features, units): W1 above W2.
    """

    def __init__(
        self, units: int, *, use_bias: bool = True, kernel_regularizer: Any = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.units = units
        self.use_bias = use_bias
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, shape: tuple[int, ...], *_: tuple[int, ...]) -> None:
        """Make the weights."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(2 * shape[-1], self.units),
            initializer="glorot_uniform",
            regularizer=self.kernel_regularizer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, x: keras.KerasTensor, neighbours: keras.KerasTensor) -> keras.KerasTensor:
        """From features of constituents to (n, constituents, neighbours, units)."""
        ops = keras.ops
        of_one, of_difference = ops.split(self.kernel, 2, axis=0)
        own = ops.matmul(x, of_one - of_difference)
        if self.bias is not None:
            own = own + self.bias
        return ops.expand_dims(own, 2) + gathered(ops.matmul(x, of_difference), neighbours)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def gathered(x: keras.KerasTensor, neighbours: keras.KerasTensor) -> keras.KerasTensor:
    """Take the features (n, constituents, features) of each neighbour.

    All jets are put into one list of constituents: taking rows of a matrix is several times faster
    than ``take_along_axis``, and than a product with a matrix of zeros and ones.
    """
    ops = keras.ops
    number, features = x.shape[1:]
    first = number * ops.arange(ops.shape(x)[0], dtype="int32")
    rows = ops.reshape(neighbours + ops.reshape(first, (-1, 1, 1)), (-1,))
    taken = ops.take(ops.reshape(x, (-1, features)), rows, axis=0)
    return ops.reshape(taken, (-1, *neighbours.shape[1:], features))


@keras.saving.register_keras_serializable(package="footprint")
class MeanOverNeighbours(keras.layers.Layer):
    """Mean over the edges of each constituent; zeros for one without neighbours.

    Takes (n, constituents, neighbours, features) and the edges' mask
    (n, constituents, neighbours, 1); returns (n, constituents, features).
    """

    def call(self, x: keras.KerasTensor, there: keras.KerasTensor) -> keras.KerasTensor:
        """Average."""
        weights = there / keras.ops.maximum(keras.ops.sum(there, axis=2, keepdims=True), 1)
        return keras.ops.sum(x * weights, axis=2)
