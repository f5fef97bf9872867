"""Data-set files: selected, split and normalised events, with their statistics inside.

Layout: groups ``train``, ``validation``, ``test``, each with ``inputs/<name>`` (normalised),
``targets/<name>`` (physical units, class numbers for classes), ``spectators/<name>`` (physical
units), ``event_id`` and, where events do not all count alike, ``weight``; ``weighting`` says what
the weights follow from; ``normalisation/<name>/{shift,scale}`` from the training split, so that
normalised = (transformed - shift) / scale; ``constants/<name>``, what is the same for all events,
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
MASK = "mask of "
"""How the names of masks among an input's channels begin, before that of their array."""


@dataclass(frozen=True)
class Normalisation:
    """Shift and scale of an array, broadcastable to one event of it."""

    shift: Array
    scale: Array

    def apply(self, values: Array) -> Array:
        """Normalise: (values - shift) / scale."""
        result: Array = (values - self.shift) / self.scale
        return result

    def invert(self, values: Array) -> Array:
        """Return from normalised to original values."""
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
        return list(json.loads(str(data.attrs.get("classes", "[]"))))

    def kind(self, target: str) -> str:
        """Whether a continuous target is a ``value``, a ``direction`` or a ``position``."""
        return str(self.array("train", "targets", target).attrs.get("kind", "value"))

    def task(self, target: str) -> Task:
        """Name what learning a target is."""
        if self.classes(target):
            return "classification"
        kinds: dict[str, Task] = {"direction": "direction", "position": "position"}
        return kinds.get(self.kind(target), "regression")

    def channels(self, name: str) -> tuple[str, ...]:
        """Names of an input's channels: arrays, and ``mask of <array>``."""
        return tuple(json.loads(str(self.array("train", "inputs", name).attrs["channels"])))

    def channel_units(self, name: str) -> tuple[str, ...]:
        """Give the unit of each channel before normalisation, empty for pure numbers."""
        attributes = self.array("train", "inputs", name).attrs
        nothing = json.dumps([""] * len(self.channels(name)))
        return tuple(json.loads(str(attributes.get("channel_units", nothing))))

    def is_log(self, target: str) -> bool:
        """Whether networks learn log10 of the target."""
        return bool(self.array("train", "targets", target).attrs.get("log", False))

    def is_relative(self, target: str) -> bool:
        """Whether bias and resolution are also quoted relative to the truth."""
        return bool(self.array("train", "targets", target).attrs.get("relative", False))

    def normalisation(self, name: str) -> Normalisation:
        """Shift and scale of an input or target."""
        group = hdf5.member(self.file["normalisation"], name, self.path)
        return Normalisation(np.asarray(group["shift"]), np.asarray(group["scale"]))


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
    """Store shift and scale of the inputs and targets."""
    group = file.create_group("normalisation")
    for name, normalisation in normalisations.items():
        entry = group.create_group(name)
        entry["shift"] = normalisation.shift
        entry["scale"] = normalisation.scale
