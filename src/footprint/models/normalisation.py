"""Batch normalisation over what is there: padding counts neither in the mean nor in the variance.

Keras' own layer takes a mask too, but passes several more times over the data: on the edges of
a graph, the largest tensors there are, it takes twice as long.
"""

import keras


@keras.saving.register_keras_serializable(package="footprint")
class MaskedBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation of (n, ..., channels) with a weight (n, ..., 1) for each entry.

    Weights are a mask of ones and zeros, or shares of the energy. In training mean and variance
    are those of the weighted batch, later their moving averages, which a batch of weights that
    are all zero leaves as they are.
    """

    def build(self, shape: tuple[int | None, ...], *_: tuple[int | None, ...]) -> None:
        """Make the weights."""
        super().build(shape)

    def call(
        self, x: keras.KerasTensor, weights: keras.KerasTensor, training: bool | None = None
    ) -> keras.KerasTensor:
        """Normalise all entries, by the statistics of the weighted ones."""
        ops = keras.ops
        wide = ops.cast(x, "float32")
        mean, variance = self.moving_mean, self.moving_variance
        if training and self.trainable:
            mean, variance = self._batch_moments(wide, ops.cast(weights, "float32"))
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        return ops.cast(wide * scale + (self.beta - mean * scale), self.compute_dtype)

    def _batch_moments(
        self, x: keras.KerasTensor, weights: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        ops = keras.ops
        rows, weights = ops.reshape(x, (-1, x.shape[-1])), ops.reshape(weights, (1, -1))
        total = ops.sum(weights)
        shares = weights / ops.where(total > 0, total, 1)
        # Sums as products of matrices, the fastest way on a CPU.
        mean = ops.matmul(shares, rows)
        # To first order the variance does not depend on where deviations are taken from.
        deviation = rows - ops.stop_gradient(mean)
        variance = ops.matmul(shares, ops.square(deviation))[0]
        mean = mean[0]
        keep = ops.where(total > 0, self.momentum, 1.0)
        self.moving_mean.assign(self.moving_mean * keep + mean * (1 - keep))
        self.moving_variance.assign(self.moving_variance * keep + variance * (1 - keep))
        return mean, variance
