"""The input whose distribution is learnt: from physical units to what a network sees, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from footprint.config.formulas import evaluate
from footprint.config.inputs import Input
from footprint.errors import TrainingError, suggest
from footprint.files import hdf5
from footprint.files.datasets import MASK, Dataset, Normalisation
from footprint.files.hdf5 import Array
from footprint.models.forms import Form
from footprint.training.forms import forms_of

LOOKED_AT = 4096
"""Training events in which values that stand for silence are looked for."""
COMMON = 0.05
"""Share of all values from which on one of them stands for silence."""
_HALF = 0.5


@dataclass(frozen=True)
class Silence:
    """The value of a channel that stands for nothing there, such as that of an empty pixel.

    Attributes
    ----------
    value
        As a network sees it.
    gap
        Distance to the nearest other value of the training events.
    """

    value: float
    gap: float


@dataclass(frozen=True)
class Variables:
    """An input whose distribution is learnt.

    Attributes
    ----------
    name, channels
        Of the input; channels are arrays, and ``mask of <array>``.
    shape
        Of one event, the channels being the last axis.
    normalisation
        How it was normalised.
    inverses
        Formula of x that undoes the transform, by array.
    silence
        Of each channel; None where no value is common.
    forms
        What each channel looks like to a network.
    unknown
        Arrays of which it is not known how they become physical.
    relative_to
        By array, the array that was subtracted from it.
    """

    name: str
    channels: tuple[str, ...]
    shape: tuple[int, ...]
    normalisation: Normalisation
    inverses: dict[str, str]
    silence: tuple[Silence | None, ...]
    forms: tuple[Form, ...] = ()
    unknown: tuple[str, ...] = ()
    relative_to: Mapping[str, str] = field(default_factory=dict)

    @property
    def log_scale(self) -> float:
        """Logarithm of the volume that becomes 1 when variables are normalised, and whitened."""
        normalisation = self.normalisation
        scale = np.broadcast_to(normalisation.scale, self.shape).astype(np.float64)
        whitening = normalisation.whitening
        turned = 0.0 if whitening is None else float(np.linalg.slogdet(whitening.matrix)[1])
        return float(np.log(scale).sum()) - turned

    def mask_of(self, channel: str) -> int | None:
        """Find the place of the mask that says where a channel was measured; None without one.

        A channel without a mask of its own that holds the mean just where the mask of another is
        0, as where stations are silent, shares that.
        """
        mask, place = MASK + channel, self.channels.index(channel)
        if mask in self.channels:
            return self.channels.index(mask)
        silence = self.silence[place]
        shared = self.forms[place].gate if self.forms else None
        return shared if silence is not None and silence.value == 0 else None

    def gate_of(self, channel: str) -> int | None:
        """Find the place of the mask without which a channel is silent; None without one."""
        if self.forms:
            return self.forms[self.channels.index(channel)].gate
        return self.mask_of(channel)

    def snapped(self, values: Array) -> Array:
        """Make generated values as sharp as real ones.

        Masks become 0 or 1, what is nearer to silence than half of the gap to the smallest real
        value becomes silent; what is beyond all values of the training events, of a channel that
        is silent elsewhere, becomes the nearest of them; and a channel is silent where its mask is
        0.

        Parameters
        ----------
        values
            As a network sees them, shape (n, ..., channels).
        """
        sharp = np.array(values)
        for place, (channel, silence) in enumerate(zip(self.channels, self.silence, strict=True)):
            if channel.startswith(MASK):
                sharp[..., place] = values[..., place] > _HALF
            elif silence is not None:
                near = np.abs(values[..., place] - silence.value) < _HALF * silence.gap
                sharp[..., place] = np.where(near, silence.value, values[..., place])
        for place, form in enumerate(self.forms):
            if not form.mask and form.silence is not None:
                shown = sharp[..., place]
                inside = np.clip(shown, form.low, form.high)
                sharp[..., place] = np.where(shown == form.silence, shown, inside)
        for place, channel in enumerate(self.channels):
            mask, silence = self.gate_of(channel), self.silence[place]
            if mask is not None:
                empty = 0.0 if silence is None else silence.value
                sharp[..., place] = np.where(sharp[..., mask] > 0, sharp[..., place], empty)
        return sharp

    def physical(
        self, values: Array, conditions: Mapping[str, Array] | None = None
    ) -> dict[str, Array]:
        """Bring values back to physical units.

        Parameters
        ----------
        values
            As a network sees them, shape (n, ..., channels), `snapped`.
        conditions
            Arrays in physical units, shapes (n, ...): those that others are `relative_to`.

        Returns
        -------
        dict of str to ndarray of float32, shape (n, ...)
            By array; NaN where a mask says that nothing was measured.

        Raises
        ------
        TrainingError
            An array is relative to one that is not among the conditions.
        """
        wide = self.normalisation.invert(values.astype(np.float64))
        found: dict[str, Array] = {}
        for place, channel in enumerate(self.channels):
            if channel.startswith(MASK):
                continue
            array = wide[..., place]
            if channel in self.inverses:
                array = evaluate(self.inverses[channel], {"x": array})
            if channel in self.relative_to:
                array = array + self._reference(channel, conditions or {})
            mask = self.mask_of(channel)
            if mask is not None:
                array = np.where(values[..., mask] > _HALF, array, np.nan)
            found[channel] = array.astype(np.float32)
        return found

    def _reference(self, channel: str, conditions: Mapping[str, Array]) -> Array:
        """Find what was subtracted from a channel."""
        name = self.relative_to[channel]
        if name not in conditions:
            msg = (
                f"'{channel}' of '{self.name}' is relative to '{name}', which is not among the "
                f"conditions; {suggest(name, conditions)}. Name the input that holds it as one of "
                f"inputs"
            )
            raise TrainingError(msg)
        return conditions[name].astype(np.float64)


def variables_of(dataset: Dataset, name: str, *, must_invert: bool = True) -> Variables:
    """Read from a data set how an input came about.

    Parameters
    ----------
    dataset, name
        The data set and its input.
    must_invert
        Whether all channels must become physical, by what is known of each event. Without it those
        that are relative to others are unknown too.

    Raises
    ------
    TrainingError
        The input was transformed, how to undo it is not known, and it must be.
    """
    config = hdf5.read_json(dataset.file, "config")["inputs"][name]
    channels = Input.model_validate(config).channels
    unknown = [c.array for c in channels if c.transform is not None and c.inverse is None]
    if unknown and must_invert:
        msg = (
            f"channels {unknown} of input '{name}' in {dataset.path} have a transform and no "
            f"inverse: generated events could not be brought to physical units. Add inverse: to "
            f"them and build the data set again"
        )
        raise TrainingError(msg)
    relative = {c.array: c.relative_to for c in channels if c.relative_to is not None}
    if not must_invert:
        unknown += [array for array in relative if array not in unknown]
    array = dataset.array("train", "inputs", name)
    values = array[:LOOKED_AT]
    names = dataset.channels(name)
    silence = tuple(
        None if channel.startswith(MASK) else _silence(values[..., place])
        for place, channel in enumerate(names)
    )
    return Variables(
        name=name,
        channels=names,
        shape=tuple(array.shape[1:]),
        normalisation=dataset.normalisation(name),
        inverses={c.array: c.inverse for c in channels if c.inverse is not None},
        silence=silence,
        forms=forms_of(values, names, [None if s is None else s.value for s in silence]),
        unknown=tuple(unknown),
        relative_to=relative if must_invert else {},
    )


def _silence(values: Array) -> Silence | None:
    """Find the value that stands for silence: the most common one, where it is common enough."""
    found, counts = np.unique(values, return_counts=True)
    common = int(np.argmax(counts))
    if counts[common] < COMMON * values.size or len(found) == 1:
        return None
    others = np.delete(found, common)
    return Silence(float(found[common]), float(np.abs(others - found[common]).min()))
