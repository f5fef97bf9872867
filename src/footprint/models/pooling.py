"""From the stations that have triggered to one vector: mean, maximum, or weighted by attention.

All layers take features (n, stations, features) and a mask (n, stations, 1) that is 1 where a
station has triggered. What the other stations hold does not matter; zeros come out of an event
in which none has triggered. The same layers pool the constituents of jets, whose mask is 1 where
an entry of the list is no padding.
"""

import math

import keras


@keras.saving.register_keras_serializable(package="footprint")
class MeanPooling(keras.layers.Layer):
    """Mean over the stations that have triggered."""

    def call(self, x: keras.KerasTensor, triggered: keras.KerasTensor) -> keras.KerasTensor:
        """Pool (n, stations, features) to (n, features)."""
        count = keras.ops.maximum(keras.ops.sum(triggered, axis=1), 1)
        return keras.ops.sum(x * triggered, axis=1) / count


@keras.saving.register_keras_serializable(package="footprint")
class WeightedSum(keras.layers.Layer):
    """Sum over the members of a set with a weight (n, members, 1) for each, zero for padding."""

    def call(self, x: keras.KerasTensor, weights: keras.KerasTensor) -> keras.KerasTensor:
        """Pool (n, members, features) to (n, features)."""
        return keras.ops.sum(x * weights, axis=1)


@keras.saving.register_keras_serializable(package="footprint")
class MaxPooling(keras.layers.Layer):
    """Largest value of each feature among the stations that have triggered."""

    def call(self, x: keras.KerasTensor, triggered: keras.KerasTensor) -> keras.KerasTensor:
        """Pool (n, stations, features) to (n, features)."""
        lowest = keras.ops.min(x, axis=1, keepdims=True)
        largest = keras.ops.max(keras.ops.where(triggered > 0, x, lowest), axis=1)
        return largest * keras.ops.max(triggered, axis=1)


@keras.saving.register_keras_serializable(package="footprint")
class AttentionPooling(keras.layers.Layer):
    """Mean over the stations that have triggered, weighted by the softmax of a score."""

    def call(
        self, x: keras.KerasTensor, scores: keras.KerasTensor, triggered: keras.KerasTensor
    ) -> keras.KerasTensor:
        """Pool (n, stations, features) with scores (n, stations, 1) to (n, features)."""
        # In 32 bit also under mixed precision; silent stations far below any score.
        wide = keras.ops.cast(scores, "float32")
        weights = keras.ops.softmax(keras.ops.where(triggered > 0, wide, -1e9), axis=1)
        return keras.ops.sum(x * keras.ops.cast(weights, x.dtype) * triggered, axis=1)


@keras.saving.register_keras_serializable(package="footprint")
class AttendedStations(keras.layers.Layer):
    """Stations that others look at: those that have triggered.

    All of them in an event without any, since a softmax over no station is not defined.
    """

    def call(self, triggered: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, stations, 1) of 0 and 1 to (n, stations) of false and true."""
        seen = triggered[..., 0] > 0
        return keras.ops.logical_or(seen, ~keras.ops.any(seen, axis=1, keepdims=True))


@keras.saving.register_keras_serializable(package="footprint")
class AllStations(keras.layers.Layer):
    """Mask of an array without silent stations: ones, shape (n, stations, 1)."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """From features (n, stations, ..., features)."""
        first = keras.ops.reshape(x, (-1, x.shape[1], math.prod(x.shape[2:])))[..., :1]
        return keras.ops.ones_like(first)


POOLINGS: dict[str, type[keras.layers.Layer]] = {
    "sum": WeightedSum,
    "mean": MeanPooling,
    "max": MaxPooling,
}
