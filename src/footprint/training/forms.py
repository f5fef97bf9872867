"""Find in training events what a generator must reproduce exactly: masks, silence, counts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from footprint.files.datasets import MASK
from footprint.files.hdf5 import Array
from footprint.models.forms import Form

SAME = 0.999
"""Share of values in which a mask and a silence must agree to belong together."""
MOST_LEVELS = 64
"""Levels of counts that are kept: those above lie so close that nobody sees them."""
LOW, SHARP = 0.1, 0.5
"""A channel has a threshold where a tenth of its values lie within half a standard deviation of
the smallest."""
ALIKE = 0.01
"""Standard deviation, in units of the height above silence, below which values are all alike."""
EDGE, LEAST_EDGE = 0.02, 0.002
"""Share of values that are near a threshold, and what counts as near it at least. Of a wider edge
critics hardly see the stations that just trigger, and generators make too few of them."""
REPEATED = 50
"""Times that each value of a channel must occur on average for the values to be counts."""


def forms_of(
    values: Array, channels: Sequence[str], silent: Sequence[float | None]
) -> tuple[Form, ...]:
    """Describe the channels of events.

    Parameters
    ----------
    values
        Training events as a network sees them, shape (n, ..., channels).
    channels
        Names of the channels.
    silent
        Value that stands for silence in each channel; None without one.
    """
    masks = [place for place, channel in enumerate(channels) if channel.startswith(MASK)]
    found: list[Form] = []
    for place, channel in enumerate(channels):
        own = values[..., place]
        if place in masks:
            share = float(own.mean(dtype=np.float64))
            found.append(Form(mask=True, gate=_twin(values, masks, place), mean=share))
            continue
        mask = channels.index(MASK + channel) if MASK + channel in channels else None
        gate = _gate(values, masks, place, silent[place]) if mask is None else mask
        hit = values[..., gate] > 0 if gate is not None else _other(own, silent[place])
        found.append(_form(own[hit] if hit.any() else own.ravel(), gate, silent[place]))
    return tuple(
        replace(form, driver=_driver(values, found, place))
        if form.mask and form.gate is None
        else form
        for place, form in enumerate(found)
    )


def _driver(values: Array, forms: Sequence[Form], mask: int) -> int | None:
    """Find the channel that is cut off most sharply from below, if it is, where a mask is 0."""
    hit = values[..., mask] > 0
    edges = {
        place: (np.quantile(values[..., place][hit], LOW) - form.low) / form.sd
        for place, form in enumerate(forms)
        if form.gate == mask and not form.mask and hit.any()
    }
    best = min(edges, key=lambda place: edges[place], default=None)
    return None if best is None or edges[best] > SHARP else best


def _other(values: Array, silence: float | None) -> Array:
    """Tell which values are not silence."""
    return np.ones(values.shape, bool) if silence is None else np.asarray(values != silence)


def _twin(values: Array, masks: list[int], place: int) -> int | None:
    """Find an earlier mask that is always the same."""
    earlier = (mask for mask in masks if mask < place)
    same = (m for m in earlier if np.mean(values[..., m] == values[..., place]) >= SAME)
    return next(same, None)


def _gate(values: Array, masks: list[int], place: int, silence: float | None) -> int | None:
    """Find a mask that is 0 just where a channel is silent."""
    if silence is None:
        return None
    heard = values[..., place] != silence
    return next((m for m in masks if np.mean((values[..., m] > 0) == heard) >= SAME), None)


def _form(values: Array, gate: int | None, silence: float | None) -> Form:
    levels = np.unique(values)
    counted = len(levels) > 1 and len(levels) * REPEATED <= values.size
    silence = 0.0 if silence is None and gate is not None else silence
    mean = float(values.mean(dtype=np.float64))
    form = Form(
        gate=gate,
        silence=silence,
        mean=mean,
        sd=_spread(values, 0.0 if silence is None else abs(mean - silence)),
        low=float(levels[0]),
        high=float(levels[-1]),
        levels=tuple(map(float, levels[:MOST_LEVELS])) if counted else (),
    )
    edge = (float(np.quantile(values, EDGE)) - form.threshold) / form.sd
    return replace(form, edge=max(edge, LEAST_EDGE))


def _spread(values: Array, height: float) -> float:
    """Measure the scale of a channel: its height where all that is not silent is the same."""
    sd = float(values.std(dtype=np.float64))
    return max(height if sd < ALIKE * height else sd, 1e-6)
