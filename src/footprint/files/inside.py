"""Files of what a look inside a network found: named arrays, and what they are about.

Root attribute ``about`` (JSON) holds `About`; arrays carry ``units`` and ``description``. Axes are
(events, rows, columns, channels) unless said otherwise, pixels in units of before normalisation
and NaN where not measured:

``shown``, ``worst``: groups of events, with ``event_id`` (n,), ``truth`` and ``prediction`` as in
prediction files, and ``images/<input>``.
``filters/kernel``: (rows, columns, channels, filters), NaN where a kernel has no weight.
``activations/<layer>``: one channel a feature map.
``saliency/<input>``, ``integrated_gradients/<input>``: one more axis in front, the answers;
``occlusion/<input>`` likewise, without channels.
"""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
from pydantic import TypeAdapter, ValidationError

from footprint.config.base import Task
from footprint.errors import FileFormatError, suggest
from footprint.files import hdf5
from footprint.files.hdf5 import Array, ArraySpec

KIND = "inside"
Named = tuple[ArraySpec, Array]
"""An array whose spec's name is its path in the file."""


@dataclass(frozen=True)
class ImageChannel:
    """One channel of an input, as figures name it."""

    name: str
    label: str
    units: str
    jet_half_width: float | None = None
    """Half the width in pseudorapidity (first axis) and azimuth, of the image of a jet."""


@dataclass(frozen=True)
class Answer:
    """One number that a network returns of an event.

    Attributes
    ----------
    name
        Component of a vector, empty where there is one answer.
    label, units
        What it is.
    """

    name: str
    label: str
    units: str


@dataclass(frozen=True)
class About:
    """What a file is about.

    Attributes
    ----------
    experiment, seed, target, label, units, task, classes
        What was learnt; ``label`` is the target's symbol or name.
    inputs
        The channels of each input with rows and columns.
    answers
        What attributions explain.
    first_layer, first_channels
        Name and input channels of the layer whose filters are shown.
    layers
        Layers whose activations are shown, with the numbers of their feature maps.
    notes
        What is not shown, and why.
    """

    experiment: str
    seed: int
    target: str
    label: str
    units: str
    task: Task
    classes: tuple[str, ...]
    inputs: dict[str, tuple[ImageChannel, ...]]
    answers: tuple[Answer, ...]
    first_layer: str = ""
    first_channels: tuple[str, ...] = ()
    layers: dict[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class InsideFile:
    """What a look inside a network found."""

    path: Path
    about: About
    arrays: dict[str, Array]
    units: dict[str, str]

    def __getitem__(self, name: str) -> Array:
        """Fetch an array by its path.

        Raises
        ------
        FileFormatError
            There is none.
        """
        if name not in self.arrays:
            msg = f"{self.path} has no '{name}'; {suggest(name, self.arrays)}: look inside again"
            raise FileFormatError(msg)
        return self.arrays[name]

    def inputs(self, group: str) -> list[str]:
        """Name the inputs that a group has an array for."""
        return [name for name in self.about.inputs if f"{group}/{name}" in self.arrays]


def write_inside(path: Path, about: About, arrays: Iterable[Named]) -> None:
    """Write a file under its final name, whole or not at all."""
    with hdf5.created(path) as file:
        hdf5.stamp(file, KIND, about=json.dumps(dataclasses.asdict(about)))
        for spec, values in arrays:
            data = file.create_dataset(spec.name, data=hdf5.storable(values), **_storage(values))
            hdf5.describe(data, spec)


def _storage(values: Array) -> dict[str, object]:
    return hdf5.STORAGE if values.size else {}


def read_inside(path: Path) -> InsideFile:
    """Read a file after checking it.

    Raises
    ------
    FileFormatError
        Missing, not such a file, or it does not say what it is about.
    """
    with hdf5.opened(path, KIND) as file:
        try:
            about = TypeAdapter(About).validate_json(str(file.attrs.get("about")))
        except ValidationError as error:
            msg = f"{path}: attribute 'about' is not as written by Footprint: {error}. Look again"
            raise FileFormatError(msg) from None
        arrays: dict[str, Array] = {}
        units: dict[str, str] = {}

        def take(name: str, data: h5py.Dataset | h5py.Group) -> None:
            if isinstance(data, h5py.Dataset):
                arrays[name], units[name] = data[()], hdf5.spec_of(data).units

        file.visititems(take)
    return InsideFile(path, about, arrays, units)
