"""Layers of generators and critics: events as sharp as real ones, and softened ones."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import NormalDist
from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.models.forms import Form

HALF = 0.5
SMALLEST_SHARE = 0.01
"""Share of pixels hit, or not hit, that an untrained generator begins with at least."""
GENTLE = 0.3
"""Edge that a softened mask seems to have at least, for gradients: those of a steep one would make
stations trigger and fall silent by turns."""
LEAST_SLOPE = 0.1
"""Slope that a mask seems to have at least, for gradients."""


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
    where its mask is 0, counts are counts, and nothing lies outside the range of real events.
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
        within = ops.clip(x, form.low, form.high)
        x = through(nearest(within, form.levels) if form.levels else within, x)
        silence = form.silence or 0.0
        return x if gate is None else silence + gate * (x - silence)


def _quantile(share: float) -> float:
    """Quantile of the standard normal distribution, of shares that are neither 0 nor 1."""
    return NormalDist().inv_cdf(min(max(share, SMALLEST_SHARE), 1 - SMALLEST_SHARE))


def _triggered(excess: keras.KerasTensor, form: Form) -> keras.KerasTensor:
    """Values above a threshold, silence below it."""
    x = ops.minimum(form.threshold + form.sd * excess, form.high)
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
                # No station is to be hit for the sake of its time.
                seen[place] = ops.stop_gradient(seen[form.gate]) * (x - centre) / form.sd
        return ops.stack([seen[place] for place in range(len(self.forms))], axis=-1)

    def _mask(
        self, values: keras.KerasTensor, place: int, seen: Mapping[int, keras.KerasTensor]
    ) -> keras.KerasTensor:
        form, mask = self.forms[place], values[..., place]
        if form.gate is not None:
            return seen[form.gate]
        if form.driver is None:
            return mask
        signal = self.forms[form.driver]
        excess = _excess(values[..., form.driver], mask > HALF, signal)
        exact, smooth = (1 - ops.exp(-excess / e) for e in (signal.edge, max(signal.edge, GENTLE)))
        return through(exact, smooth)


def _excess(x: keras.KerasTensor, hit: keras.KerasTensor, form: Form) -> keras.KerasTensor:
    """Excess over the threshold in standard deviations: 0 where silent, but with a gradient."""
    return ops.where(hit, x - form.threshold, x - ops.stop_gradient(x)) / form.sd


@keras.saving.register_keras_serializable(package="footprint")
class Bounded(OfForms):
    """Values between the smallest and the largest of real events, by a sigmoid."""

    def call(self, raw: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, ..., channels) of any size to values as in the data set."""
        ends = np.array([_ends(form) for form in self.forms], np.float32)
        # As tensors: PyTorch multiplies none with arrays.
        low, height = (ops.convert_to_tensor(part) for part in (ends[:, 0], np.ptp(ends, axis=1)))
        return low + height * ops.sigmoid(raw)


def _ends(form: Form) -> tuple[float, float]:
    if form.mask:
        return 0.0, 1.0
    silence = form.low if form.silence is None else form.silence
    return min(form.low, silence), max(form.high, silence)
