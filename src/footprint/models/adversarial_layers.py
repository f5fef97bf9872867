"""Layers of generators and critics: events as sharp as real ones, and what sums them up."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import NormalDist
from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array
from footprint.models.forms import Form

GRID = 4
"""Axes of events with rows and columns, channels and batch included."""
SOFTNESS = 0.3
"""Excess over a threshold, in standard deviations, at which a softened mask is 1 - 1/e."""
HALF = 0.5
LARGEST = 20.0
"""Largest argument of an exponential."""
SMALLEST_SHARE = 0.01
"""Share of pixels hit, or not hit, that an untrained generator begins with at least."""
LEAST_SLOPE = 0.1
"""Slope that a mask seems to have at least, for gradients."""
RIDGE = 1e-2
"""Added to the normal equations of planes, for events with less than three pixels hit."""


def through(exact: keras.KerasTensor, smooth: keras.KerasTensor) -> keras.KerasTensor:
    """Give exact values, and gradients as if they were the smooth ones.

    The straight-through estimator of Bengio, Leonard and Courville, arXiv:1308.3432.
    """
    # In this order nothing is rounded.
    return ops.stop_gradient(exact) + (smooth - ops.stop_gradient(smooth))


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

    A station is hit where its signal exceeds the threshold, if there is one; a channel is silent
    where its mask is 0, counts are counts, and nothing lies below the smallest real value.
    Gradients flow as if all that were smooth.
    """

    def call(
        self, raw: keras.KerasTensor, noise: keras.KerasTensor | None = None
    ) -> keras.KerasTensor:
        """From (n, ..., channels) of standard scale to values as in the data set.

        Noise of each pixel, shape (n, ..., k), is added to them, so that an untrained generator
        of small numbers makes pixels that are distributed as in real events, all for themselves.
        """
        own = [raw[..., place] for place in range(len(self.forms))]
        if noise is not None:
            own = [x + noise[..., place % noise.shape[-1]] for place, x in enumerate(own)]
        masks: dict[int, keras.KerasTensor] = {}
        for place, form in enumerate(self.forms):
            if form.mask:
                masks[place] = self._mask(own, place, masks)
        made = [
            masks[place] if form.mask else self._value(own[place], form, masks)
            for place, form in enumerate(self.forms)
        ]
        return ops.stack(made, axis=-1)

    def _mask(
        self, own: Sequence[keras.KerasTensor], place: int, masks: dict[int, keras.KerasTensor]
    ) -> keras.KerasTensor:
        form = self.forms[place]
        if form.gate is not None:
            return masks[form.gate]
        shift = _quantile(1 - form.mean)
        if form.driver is not None:
            # Gradients flow through the signal.
            return ops.cast(own[form.driver] > shift, own[place].dtype)
        smooth = ops.sigmoid(own[place] - shift) + LEAST_SLOPE * own[place]
        return through(ops.cast(own[place] > shift, own[place].dtype), smooth)

    def _value(
        self, raw: keras.KerasTensor, form: Form, masks: dict[int, keras.KerasTensor]
    ) -> keras.KerasTensor:
        gate = None if form.gate is None else masks[form.gate]
        mask = None if form.gate is None else self.forms[form.gate]
        if mask is not None and mask.driver is not None and self.forms[mask.driver] is form:
            return _triggered(raw - _quantile(1 - mask.mean), form)
        if form.sparse:
            return _triggered(raw, form)
        x = form.mean + form.sd * raw
        if form.levels:
            x = through(nearest(x, form.levels), x)
        silence = form.silence or 0.0
        return x if gate is None else silence + gate * (x - silence)


def _quantile(share: float) -> float:
    """Quantile of the standard normal distribution, of shares that are neither 0 nor 1."""
    return NormalDist().inv_cdf(min(max(share, SMALLEST_SHARE), 1 - SMALLEST_SHARE))


def _triggered(excess: keras.KerasTensor, form: Form) -> keras.KerasTensor:
    """Values above a threshold, silence below it."""
    x = form.threshold + form.sd * excess
    heard = nearest(x, form.levels) if form.levels else ops.maximum(x, form.low)
    silence = form.silence or 0.0
    # With a slope everywhere pixels that are never hit can come back.
    smooth = form.sd * ops.leaky_relu(excess, LEAST_SLOPE)
    return through(ops.where(excess > 0, heard, silence), smooth)


@keras.saving.register_keras_serializable(package="footprint")
class Softened(OfForms):
    """What a critic sees of an event: without jumps, so that it can tell the way to better ones.

    A channel with a threshold becomes its excess over it, 0 where silent; the mask that belongs
    to it rises softly with the excess; other channels of that mask are weighted with it. All of
    that is continuous where a station just triggers, and nothing is lost.
    """

    def call(self, values: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, ..., channels) as in the data set to the same shape."""
        seen: dict[int, keras.KerasTensor] = {}
        order = sorted(range(len(self.forms)), key=lambda place: not self.forms[place].mask)
        for place in order:
            form, x = self.forms[place], values[..., place]
            if form.mask:
                seen[place] = self._mask(values, place, seen)
            elif form.sparse:
                seen[place] = _excess(x, x > form.silence, form)
            elif form.gate is None:
                seen[place] = (x - form.mean) / form.sd
            elif self.forms[form.gate].driver == place:
                seen[place] = _excess(x, values[..., form.gate] > HALF, form)
            else:
                centre = form.mean if self.forms[form.gate].driver is not None else 0.0
                seen[place] = seen[form.gate] * (x - centre) / form.sd
        return ops.stack([seen[place] for place in range(len(self.forms))], axis=-1)

    def _mask(
        self, values: keras.KerasTensor, place: int, seen: Mapping[int, keras.KerasTensor]
    ) -> keras.KerasTensor:
        form, mask = self.forms[place], values[..., place]
        if form.gate is not None:
            return seen[form.gate]
        if form.driver is None:
            return mask
        excess = _excess(values[..., form.driver], mask > HALF, self.forms[form.driver])
        return 1 - ops.exp(-excess / SOFTNESS)


def _excess(x: keras.KerasTensor, hit: keras.KerasTensor, form: Form) -> keras.KerasTensor:
    """Excess over the threshold in standard deviations: 0 where silent, but with a gradient."""
    return ops.where(hit, x - form.threshold, x - ops.stop_gradient(x)) / form.sd


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
