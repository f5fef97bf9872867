"""Inputs with rows and columns: from what networks see to pixels in physical units, and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.formulas import evaluate
from footprint.config.inside import Inside
from footprint.files import hdf5
from footprint.files.datasets import Dataset, Normalisation
from footprint.files.hdf5 import Array
from footprint.files.inside import ImageChannel
from footprint.survey.datasets.images import Image, channels_of, images_of

Floats = NDArray[np.float64]
FIRST = 1000
"""Training events that the baseline is found from; the order of the rows is random."""
CHANCE = 0.2
"""Part of the pixels that may be exactly 0 at times though all is always measured."""
BASIS = 256
_NOISE = 1e-6


@dataclass(frozen=True)
class ImageInput:
    """An input that has rows and columns.

    Attributes
    ----------
    name, shape
        Of one event: rows, columns and channels, masks among them.
    images
        The channels that hold measurements.
    channels
        How figures name these.
    normalisation
        The way to what networks see.
    baseline
        One event to compare with, in units of before normalisation, of the input's shape.
    """

    name: str
    shape: tuple[int, int, int]
    images: tuple[Image, ...]
    channels: tuple[ImageChannel, ...]
    normalisation: Normalisation
    baseline: Floats

    def original(self, normalised: Array) -> Floats:
        """Undo the normalisation of events, shape (n, rows, columns, channels)."""
        return np.asarray(self.normalisation.invert(normalised.astype(np.float64)))

    def seen(self, original: Floats) -> Array:
        """Normalise events."""
        return np.asarray(self.normalisation.apply(original), np.float32)

    def shown(self, original: Floats) -> Floats:
        """Take the measured channels; NaN where nothing was measured."""
        # Undoing the normalisation of 32-bit numbers leaves 1e-7 of a pixel that was 0.
        clean = np.where(np.abs(original) < _NOISE * np.abs(original).max(), 0.0, original)
        return np.stack([image.of(clean) for image in self.images], axis=-1)

    def pulled_back(self, gradients: Array) -> Floats:
        """Turn gradients by what networks see into gradients by the original values.

        The normalisation is a linear map A and a shift; wanted is the transpose of A, of which
        only `apply` is known: its columns are what happens to single pixels.

        Parameters
        ----------
        gradients
            Shape (n, rows, columns, channels).
        """
        size, shape = int(np.prod(self.shape)), (-1, *self.shape)
        rest = self.normalisation.apply(np.zeros((1, *self.shape)))
        flat = gradients.reshape(len(gradients), size).astype(np.float64)
        found = np.empty_like(flat)
        for start in range(0, size, BASIS):
            stop = min(start + BASIS, size)
            pixels = np.eye(stop - start, size, start).reshape(shape)
            columns = np.asarray(self.normalisation.apply(pixels) - rest)
            found[:, start:stop] = flat @ columns.reshape(stop - start, size).T
        return found.reshape(gradients.shape)

    def of_measurements(self, contributions: Floats) -> Floats:
        """Add contributions of masks to those of the channels they belong to."""
        parts = [
            contributions[..., image.place]
            + (0.0 if image.mask is None else contributions[..., image.mask])
            for image in self.images
        ]
        return np.stack(parts, axis=-1)


def image_inputs(dataset: Dataset, names: list[str], config: Inside) -> list[ImageInput]:
    """List those inputs of a network that have rows and columns."""
    return [_input(dataset, name, config) for name in images_of(dataset) if name in names]


def _input(dataset: Dataset, name: str, config: Inside) -> ImageInput:
    images, units = channels_of(dataset, name), dataset.channel_units(name)
    derived = hdf5.read_json(dataset.file, "config").get("derived", {})
    widths = {k: e["half_width"] for k, e in derived.items() if e["method"] == "jet_image"}
    channels = tuple(
        ImageChannel(i.channel, i.label, units[i.place], widths.get(i.channel)) for i in images
    )
    rows, columns, depth = dataset.array("train", "inputs", name).shape[1:]
    normalisation = dataset.normalisation(name)
    first = dataset.inputs("train", [name], slice(FIRST))[name]
    original = np.asarray(normalisation.invert(first.astype(np.float64)))
    if config.baseline == "mean":
        baseline = original.mean(axis=0)
    else:
        unmeasured = np.asarray(normalisation.invert(np.zeros_like(first[:1])))
        # Whitening leaves no trace of what was not measured.
        traces = None if normalisation.whitening is not None else first
        baseline = _empty(images, traces, unmeasured)
    shape = (rows, columns, depth)
    return ImageInput(name, shape, tuple(images), channels, normalisation, baseline)


def _empty(images: list[Image], first: Array | None, unmeasured: Floats) -> Floats:
    """Make an event in which nothing was measured.

    What was not measured is exactly 0 in data sets, which measured values hit by chance only where
    0 means nothing for them, too, in pixels that never change, or in single ones whose mean is a
    whole number. Where all is always measured, the array itself is set to 0.
    """
    empty: Floats = unmeasured[0].astype(np.float64)
    for image in images:
        if image.mask is not None:
            empty[..., image.mask] = 0.0
        elif image.relative_to is None and (
            first is None or not _sometimes_zero(first[..., image.place])
        ):
            value = 0.0
            if image.transform is not None:
                with np.errstate(all="ignore"):
                    value = float(evaluate(image.transform, {"x": np.zeros(1)})[0])
            if np.isfinite(value):
                empty[..., image.place] = value
    return empty


def _sometimes_zero(values: Array) -> bool:
    """Whether pixels, more than by chance, are 0 in some events and not in others."""
    zero = values == 0
    varying = ~zero.all(axis=0)
    return bool((zero.any(axis=0) & varying).sum() > CHANCE * varying.sum())
