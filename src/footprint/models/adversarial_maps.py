"""Layers that know of rows and columns: what sums up an event, and maps to make one from."""

from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array
from footprint.models.adversarial_layers import OfForms

GRID = 4
"""Axes of events with rows and columns, channels and batch included."""
LARGEST = 20.0
"""Largest argument of an exponential."""
RIDGE = 1e-2
"""Added to the normal equations of planes, for events with less than three pixels hit."""


@keras.saving.register_keras_serializable(package="footprint")
class Summaries(OfForms):
    """What sums up a softened event, a few numbers for each channel over all pixels.

    Of masks the share of pixels hit; of values where hit the mean, standard deviation and maximum,
    the logarithm of the sum of exp(x), which for channels in logarithms is near the total, and of
    grids the mean products with row and column and the rms of the residuals of a plane through
    them; of pairs of channels the mean product.
    """

    def call(self, seen: keras.KerasTensor) -> keras.KerasTensor:
        """From `Softened` events (n, ..., channels) to (n, summaries)."""
        pixels = int(np.prod(seen.shape[1:-1]))
        flat = ops.reshape(seen, (-1, pixels, seen.shape[-1]))
        grid = polynomials(seen.shape[1], seen.shape[2], 1) if len(seen.shape) == GRID else None
        found, values = [], []
        for place, form in enumerate(self.forms):
            x = flat[..., place]
            if form.mask:
                found += [] if form.gate is not None else [ops.mean(x, axis=1)]
                continue
            hit = ops.ones_like(x) if form.gate is None else flat[..., form.gate]
            found += _summaries(x, hit) + ([] if grid is None else _plane(x, hit, grid))
            values.append(x)
        for number, one in enumerate(values):
            found += [ops.mean(one * other, axis=1) for other in values[number + 1 :]]
        return ops.stack(found, axis=1)


def _summaries(x: keras.KerasTensor, hit: keras.KerasTensor) -> list[keras.KerasTensor]:
    """Sum up values (n, pixels) that hold how much they are hit as a factor."""
    count, square = 1 + ops.sum(hit, axis=1), 1 + ops.sum(ops.square(hit), axis=1)
    mean = ops.sum(hit * x, axis=1) / square
    rest = ops.sum(ops.square(x - hit * mean[:, None]), axis=1) / square
    total = ops.log(1 + ops.sum(hit * ops.exp(ops.minimum(x, LARGEST)), axis=1))
    return [ops.sum(x, axis=1) / count, _root(rest), ops.max(x, axis=1), total]


def _plane(x: keras.KerasTensor, hit: keras.KerasTensor, basis: Array) -> list[keras.KerasTensor]:
    """Fit a plane to values (n, pixels): first moments, and the rms of the residuals."""
    terms, square = basis.shape[1], ops.square(hit)
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), terms * terms)
    gram = ops.reshape(square @ products, (-1, terms, terms)) + RIDGE * np.eye(terms, dtype="f4")
    plane = ops.solve(gram, ((hit * x) @ basis)[..., None])[..., 0]
    rest = ops.sum(ops.square(x - hit * (plane @ basis.T)), axis=1) / (1 + ops.sum(square, axis=1))
    moments, count = x @ basis, 1 + ops.sum(hit, axis=1)
    # The plane itself would be steep in the values where few pixels are hit.
    return [*(moments[:, term] / count for term in range(1, terms)), _root(rest)]


def _root(square: keras.KerasTensor) -> keras.KerasTensor:
    """Root that is not steep at 0."""
    return ops.sqrt(square + 1e-3)


def polynomials(rows: int, columns: int, order: int) -> Array:
    """Values of all products of powers of row and column up to an order, each from -1 to 1.

    Returns
    -------
    ndarray of float32, shape (rows * columns, terms)
    """
    axes = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    row, column = (axis.ravel() for axis in axes)
    powers = [(a - b, b) for a in range(order + 1) for b in range(a + 1)]
    return np.stack([row**a * column**b for a, b in powers], axis=1).astype(np.float32)


@keras.saving.register_keras_serializable(package="footprint")
class SmoothMaps(keras.layers.Layer):
    """Channels that vary over a grid like a few functions of the pixel, which are learnt.

    They begin as polynomials of row and column, since showers are smooth, and learn what is not,
    such as that every other column of an array is shifted.
    """

    def __init__(self, rows: int, columns: int, order: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.rows, self.columns, self.order = rows, columns, order
        self.smooth = polynomials(rows, columns, order)
        self.rest = self.add_weight(shape=self.smooth.shape, initializer="zeros", name="rest")

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """From coefficients (n, terms * channels) to (n, rows, columns, channels)."""
        terms = self.smooth.shape[1]
        channels = x.shape[-1] // terms
        coefficients = ops.reshape(x, (-1, terms, channels))
        functions = ops.cast(self.smooth, x.dtype) + self.rest
        maps = ops.einsum("pt,ntc->npc", functions, coefficients)
        return ops.reshape(maps, (-1, self.rows, self.columns, channels))

    def get_config(self) -> dict[str, Any]:
        """Give the grid and the order."""
        own = {"rows": self.rows, "columns": self.columns, "order": self.order}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="footprint")
class Positions(keras.layers.Layer):
    """Join two channels that say where a pixel lies: its row and column, from -1 to 1."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, rows, columns, channels) to two channels more."""
        rows, columns = x.shape[1], x.shape[2]
        where = polynomials(rows, columns, 1)[:, 1:].reshape(1, rows, columns, 2)
        repeated = ops.repeat(ops.convert_to_tensor(where), ops.shape(x)[0], axis=0)
        return ops.concatenate([x, ops.cast(repeated, x.dtype)], axis=-1)
