"""Layers of generators and critics: events as sharp as real ones, and what sums them up."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array
from footprint.models.forms import Form

SHARPNESS = 5.0
"""How sharply values are kept above the smallest real one, per standard deviation."""
SMALLEST_SHARE = 0.01
"""Share of pixels hit, or not hit, that an untrained generator begins with at least."""
LEAST_SLOPE = 0.05
"""Slope that a mask seems to have at least, for gradients."""
RIDGE = 1e-2
"""Added to the normal equations of planes, for events with less than three pixels hit."""


def through(exact: keras.KerasTensor, smooth: keras.KerasTensor) -> keras.KerasTensor:
    """Give exact values, and gradients as if they were the smooth ones.

    The straight-through estimator of Bengio, Leonard and Courville, arXiv:1308.3432.
    """
    return smooth + ops.stop_gradient(exact - smooth)


def nearest(x: keras.KerasTensor, levels: Sequence[float]) -> keras.KerasTensor:
    """Round to the nearest of some rising levels; values above all of them stay."""
    edges = np.asarray(levels, np.float32)
    between = 0.5 * (edges[1:] + edges[:-1])
    place = ops.searchsorted(ops.convert_to_tensor(between), ops.reshape(x, (-1,)))
    rounded = ops.reshape(ops.take(ops.convert_to_tensor(edges), place), ops.shape(x))
    return ops.where(x > levels[-1], x, rounded)


class OfForms(keras.layers.Layer):
    """Layer that knows what each channel looks like."""

    def __init__(self, forms: Sequence[Form | Mapping[str, Any]], **options: Any) -> None:
        super().__init__(**options)
        self.forms = [f if isinstance(f, Form) else Form(**_with_tuple(f)) for f in forms]

    def get_config(self) -> dict[str, Any]:
        """Give the forms as plain values."""
        return {**super().get_config(), "forms": [asdict(form) for form in self.forms]}


def _with_tuple(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "levels": tuple(given["levels"])}


@keras.saving.register_keras_serializable(package="footprint")
class AsMeasured(OfForms):
    """Turn numbers of any size into channels that look like those of real events.

    Masks are 0 or 1, a channel is silent where its mask is 0, counts are counts, and nothing lies
    below the smallest real value. Gradients flow as if all that were smooth.
    """

    def call(self, raw: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, ..., channels) of standard scale to values as in the data set."""
        made: dict[int, keras.KerasTensor] = {}
        # Masks first, since others are gated by them.
        for place in sorted(range(len(self.forms)), key=lambda p: not self.forms[p].mask):
            form, own = self.forms[place], raw[..., place]
            gate = None if form.gate is None else made[form.gate]
            made[place] = _mask(own, form, gate) if form.mask else _value(own, form, gate)
        return ops.stack([made[place] for place in range(len(self.forms))], axis=-1)


def _mask(raw: keras.KerasTensor, form: Form, twin: keras.KerasTensor | None) -> keras.KerasTensor:
    if twin is not None:
        return twin
    # An untrained generator hits about as many pixels as real events.
    share = min(max(form.mean, SMALLEST_SHARE), 1 - SMALLEST_SHARE)
    raw = raw + math.log(share / (1 - share))
    # With a slope everywhere pixels that are never hit can come back.
    return through(ops.cast(raw > 0, raw.dtype), ops.sigmoid(raw) + LEAST_SLOPE * raw)


def _value(raw: keras.KerasTensor, form: Form, gate: keras.KerasTensor | None) -> keras.KerasTensor:
    above = (form.mean - form.low) / form.sd + raw
    if gate is None and form.silence is not None and form.silence < form.low:
        return _silent_below(form.low + form.sd * above, form)
    x = form.low + form.sd * ops.softplus(SHARPNESS * above) / SHARPNESS
    if gate is None and form.silence is None and not form.levels:
        x = form.mean + form.sd * raw
    if form.levels:
        x = through(nearest(x, form.levels), x)
    return x if gate is None else form.silence + gate * (x - form.silence)


def _silent_below(x: keras.KerasTensor, form: Form) -> keras.KerasTensor:
    """Silence what lies nearer to it than to the smallest real value."""
    levels = form.levels or (form.low,)
    heard = nearest(x, levels)
    if not form.levels:
        heard = ops.maximum(x, form.low)
    exact = ops.where(x < 0.5 * (form.silence + form.low), form.silence, heard)
    # Far below silence nothing changes any more, near it a pixel may still be heard again.
    return through(exact, form.silence + ops.leaky_relu(x - form.silence, 0.1))


@keras.saving.register_keras_serializable(package="footprint")
class Bounded(OfForms):
    """Values between the smallest and the largest of real events, by a sigmoid."""

    def call(self, raw: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, ..., channels) of any size to values as in the data set."""
        ends = [_ends(form) for form in self.forms]
        low = np.array([low for low, _ in ends], np.float32)
        height = np.array([high - low for low, high in ends], np.float32)
        return low + height * ops.sigmoid(raw)


def _ends(form: Form) -> tuple[float, float]:
    if form.mask:
        return 0.0, 1.0
    silence = form.low if form.silence is None else form.silence
    return min(form.low, silence), max(form.high, silence)


@keras.saving.register_keras_serializable(package="footprint")
class Summaries(OfForms):
    """What sums up an event, a few numbers for each channel over all pixels.

    Of masks the share of pixels hit; of values that are not silent the mean, standard deviation
    and maximum, the logarithm of the sum of exp(x), which for channels in logarithms is near the
    total, and of grids the mean products with row and column and the rms of the residuals of a
    plane through them; of pairs of channels the mean product.
    """

    def call(self, values: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, ..., channels) to (n, summaries)."""
        pixels = int(np.prod(values.shape[1:-1]))
        flat = ops.reshape(values, (-1, pixels, values.shape[-1]))
        found, places = [], []
        for place, form in enumerate(self.forms):
            if form.mask:
                found += [] if form.gate is not None else [ops.mean(flat[..., place], axis=1)]
                continue
            found += _summaries(flat, place, form)
            if len(values.shape) == 4:
                basis = polynomials(values.shape[1], values.shape[2], 1)
                found += _plane(flat[..., place], _hit(flat, place, form), basis)
            places.append(place)
        for number, one in enumerate(places):
            for other in places[number + 1 :]:
                hit = _hit(flat, one, self.forms[one]) * _hit(flat, other, self.forms[other])
                product = ops.sum(hit * flat[..., one] * flat[..., other], axis=1)
                found.append(product / (1 + ops.sum(hit, axis=1)))
        return ops.stack(found, axis=1)


def _hit(flat: keras.KerasTensor, place: int, form: Form) -> keras.KerasTensor:
    return ops.ones_like(flat[..., place]) if form.gate is None else flat[..., form.gate]


def _summaries(flat: keras.KerasTensor, place: int, form: Form) -> list[keras.KerasTensor]:
    x, hit = flat[..., place], _hit(flat, place, form)
    count = 1 + ops.sum(hit, axis=1)
    mean = ops.sum(hit * x, axis=1) / count
    square = ops.sum(hit * ops.square(x - mean[:, None]), axis=1) / count
    largest = ops.max(ops.where(hit > 0, x, form.low), axis=1)
    total = ops.log(1 + ops.sum(hit * ops.exp(ops.minimum(x, 20.0)), axis=1))
    return [mean, ops.sqrt(square + 1e-3), largest, total]


def _plane(x: keras.KerasTensor, hit: keras.KerasTensor, basis: Array) -> list[keras.KerasTensor]:
    """Fit a plane to values (n, pixels): first moments, and the rms of the residuals."""
    terms = basis.shape[1]
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), terms * terms)
    gram = ops.reshape(hit @ products, (-1, terms, terms)) + RIDGE * np.eye(terms, dtype="float32")
    moments, count = (hit * x) @ basis, 1 + ops.sum(hit, axis=1)
    plane = ops.solve(gram, moments[..., None])[..., 0]
    square = ops.sum(hit * ops.square(x - plane @ basis.T), axis=1) / count
    # The plane itself would be steep in the values where few pixels are hit.
    return [*(moments[:, term] / count for term in range(1, terms)), ops.sqrt(square + 1e-3)]


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
class Polynomials(keras.layers.Layer):
    """Channels that vary over a grid as polynomials of row and column."""

    def __init__(self, rows: int, columns: int, order: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.rows, self.columns, self.order = rows, columns, order
        self.basis = polynomials(rows, columns, order)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """From coefficients (n, terms * channels) to (n, rows, columns, channels)."""
        channels = x.shape[-1] // self.basis.shape[1]
        coefficients = ops.reshape(x, (-1, self.basis.shape[1], channels))
        maps = ops.einsum("pt,ntc->npc", ops.cast(self.basis, x.dtype), coefficients)
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
