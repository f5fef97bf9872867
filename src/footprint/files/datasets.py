"""Data-set files: selected, split and normalised events, with their statistics inside.

Layout: groups ``train``, ``validation``, ``test``, each with ``inputs/<name>`` (normalised),
``targets/<name>`` (physical units, class numbers for classes), ``spectators/<name>`` (physical
units), ``event_id`` and, where events do not all count alike, ``weight``; ``weighting`` says what
the weights follow from; ``normalisation/<name>/{shift,scale}`` from the training split, so that
normalised = (transformed - shift) / scale, and for whitened inputs (files of format version 2)
``normalisation/<name>/{matrix,inverse,channels}``, by which all values of some channels are then
multiplied, and with which they return; ``domain/<array>``, ranges of the training events (see
`footprint.files.domain`); ``constants/<name>``, what is the same for all events,
in physical units; root attribute ``config``, and on each target
``units``, ``description``, and ``classes`` (JSON list of names) where there are classes.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import h5py
import numpy as np

from footprint.config.base import Task
from footprint.config.splits import SPLITS as NAMES
from footprint.config.splits import SplitName
from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.weighting import Weighting, read_weighting

KIND = "dataset"
Split = SplitName
SPLITS: tuple[Split, ...] = NAMES
WHITENING = ("matrix", "inverse", "channels")
MASK = "mask of "
"""How the names of masks among an input's channels begin, before that of their array."""


@dataclass(frozen=True)
class Whitening:
    """A matrix over all values of some channels of an event.

    Attributes
    ----------
    matrix, inverse
        There and back, shapes (d, d), of the values in the order of C: rows, columns, channels.
        The inverse is that of the span of the training events where this is not all there is.
    channels
        Numbers of the channels, shape (k,).
    """

    matrix: Array
    inverse: Array
    channels: Array

    def turned(self, values: Array, matrix: Array) -> Array:
        """Multiply the channels of events of shape (n, ..., channels), of no NaN, by a matrix."""
        result = values.copy()
        chosen = values[..., self.channels]
        result[..., self.channels] = (chosen.reshape(-1, len(matrix)) @ matrix.T).reshape(
            chosen.shape
        )
        return result


@dataclass(frozen=True)
class Normalisation:
    """Shift and scale of an array, broadcastable to one event of it, and a whitening after them.

    Whitening makes every value depend on all others, so NaN, which otherwise stays NaN, becomes
    the mean first.
    """

    shift: Array
    scale: Array
    whitening: Whitening | None = None

    def apply(self, values: Array) -> Array:
        """Normalise: (values - shift) / scale, whitened if so."""
        result: Array = (values - self.shift) / self.scale
        if self.whitening is None:
            return result
        return self.whitening.turned(np.nan_to_num(result, nan=0.0), self.whitening.matrix)

    def invert(self, values: Array) -> Array:
        """Return from normalised to original values."""
        if self.whitening is not None:
            values = self.whitening.turned(values, self.whitening.inverse)
        result: Array = values * self.scale + self.shift
        return result


@dataclass(frozen=True)
class Dataset:
    """An open data set."""

    path: Path
    file: h5py.File

    def length(self, split: Split) -> int:
        """Events in a split."""
        return len(self.file[split]["event_id"])

    def names(self, kind: Literal["inputs", "targets", "spectators"]) -> list[str]:
        """Names of the inputs, targets or spectators."""
        return list(self.file["train"][kind])

    def array(self, split: Split, kind: str, name: str) -> h5py.Dataset:
        """Fetch an array of a split without reading it."""
        group = hdf5.member(self.file[split], kind, self.path)
        data: h5py.Dataset = hdf5.member(group, name, self.path)
        return data

    @property
    def constants(self) -> dict[str, Array]:
        """What is the same for all events, such as the positions of stations."""
        return hdf5.read_constants(self.file)

    def event_id(self, split: Split) -> Array:
        """Event numbers of a split, shape (n,)."""
        ids: Array = self.file[split]["event_id"][:]
        return ids

    def weights(self, split: Split, rows: slice = slice(None)) -> Array | None:
        """Read how much events count, shape (n,); None where all count alike."""
        if hdf5.WEIGHT not in self.file[split]:
            return None
        weights: Array = self.file[split][hdf5.WEIGHT][rows]
        return weights

    @property
    def weighting(self) -> Weighting | None:
        """What the weights follow from; None where all events count alike."""
        return read_weighting(self.file)

    def inputs(self, split: Split, names: list[str], rows: slice) -> dict[str, Array]:
        """Read normalised inputs of consecutive rows."""
        return {name: self.array(split, "inputs", name)[rows] for name in names}

    def target(self, split: Split, name: str, rows: slice = slice(None)) -> Array:
        """Read a target: class numbers, or values in physical units."""
        values: Array = self.array(split, "targets", name)[rows]
        return values

    def spectators(self, split: Split) -> dict[str, Array]:
        """Read all spectators of a split, in physical units."""
        return {n: self.array(split, "spectators", n)[:] for n in self.names("spectators")}

    def spec(self, kind: str, name: str) -> ArraySpec:
        """Name, unit and meaning of an array."""
        return hdf5.spec_of(self.array("train", kind, name))

    def classes(self, target: str) -> list[str]:
        """Class names of a target, empty for a continuous one."""
        data = self.array("train", "targets", target)
        return list(hdf5.read_json(data, "classes", "[]"))

    def kind(self, target: str) -> str:
        """Whether a continuous target is a ``value``, a ``direction`` or a ``position``."""
        return hdf5.text(self.array("train", "targets", target), "kind", "value")

    def task(self, target: str) -> Task:
        """Name what learning a target is."""
        if self.classes(target):
            return "classification"
        kinds: dict[str, Task] = {"direction": "direction", "position": "position"}
        return kinds.get(self.kind(target), "regression")

    def channels(self, name: str) -> tuple[str, ...]:
        """Names of an input's channels: arrays, and ``mask of <array>``."""
        return tuple(hdf5.read_json(self.array("train", "inputs", name), "channels"))

    def axes(self, name: str) -> list[ArraySpec]:
        """Names and units of an input's channels before normalisation.

        The description is the formula that was applied to the array, empty without one; a
        transformed channel has the unit ``""``, since formulas know none.
        """
        config = hdf5.read_json(self.file, "config")["inputs"][name]["channels"]
        formulas = {channel["array"]: channel["transform"] or "" for channel in config}
        return [
            ArraySpec(channel, unit, formulas.get(channel, ""))
            for channel, unit in zip(self.channels(name), self.channel_units(name), strict=True)
        ]

    def channel_units(self, name: str) -> tuple[str, ...]:
        """Give the unit of each channel before normalisation, empty for pure numbers."""
        return self._units(name, "channel_units")

    def array_units(self, name: str) -> tuple[str, ...]:
        """Give the unit of each channel's array, before any formula was applied."""
        return self._units(name, "array_units")

    def _units(self, name: str, attribute: str) -> tuple[str, ...]:
        nothing = json.dumps([""] * len(self.channels(name)))
        found = self.array("train", "inputs", name).attrs.get(attribute, nothing)
        return tuple(json.loads(str(found)))

    def is_log(self, target: str) -> bool:
        """Whether networks learn log10 of the target."""
        return bool(self.array("train", "targets", target).attrs.get("log", False))

    def is_relative(self, target: str) -> bool:
        """Whether bias and resolution are also quoted relative to the truth."""
        return bool(self.array("train", "targets", target).attrs.get("relative", False))

    def normalisation(self, name: str) -> Normalisation:
        """Shift and scale of an input or target, and the whitening of an input that has one."""
        group = hdf5.member(self.file["normalisation"], name, self.path)
        parts = [np.asarray(group[part]) for part in WHITENING if part in group]
        whitening = Whitening(*parts) if parts else None
        return Normalisation(np.asarray(group["shift"]), np.asarray(group["scale"]), whitening)


@contextmanager
def open_dataset(path: Path) -> Iterator[Dataset]:
    """Open a data set after checking that it is one.

    Raises
    ------
    FileFormatError
        Not a data set, or a split is missing.
    """
    with hdf5.opened(path, KIND) as file:
        missing = [name for name in (*SPLITS, "normalisation") if name not in file]
        if missing:
            msg = f"{path} lacks {missing}, expected {[*SPLITS, 'normalisation']}: build it again"
            raise FileFormatError(msg)
        yield Dataset(path, file)


def write_normalisation(file: h5py.File, normalisations: Mapping[str, Normalisation]) -> None:
    """Store shift and scale of the inputs and targets, and their whitening."""
    group = file.create_group("normalisation")
    for name, normalisation in normalisations.items():
        entry = group.create_group(name)
        entry["shift"] = normalisation.shift
        entry["scale"] = normalisation.scale
        if normalisation.whitening is None:
            continue
        # A reader that knows nothing of whitening must not take the inputs for less than they are.
        file.attrs["format_version"] = hdf5.FORMAT_WITH_WHITENING
        for part in WHITENING:
            entry[part] = getattr(normalisation.whitening, part)
