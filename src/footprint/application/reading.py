"""The rows of a new file, with the arrays that a network needs and no others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.application import hdf5_arrays
from footprint.config.formulas import variables
from footprint.config.jet_files import LABEL, JetOptions
from footprint.config.nanoaod import NanoAODFiles
from footprint.config.samples import Files, RootOptions
from footprint.errors import ConfigError, FileFormatError, suggest
from footprint.export.description import Description
from footprint.files.events import ID
from footprint.files.hdf5 import Array, ArraySpec, storable
from footprint.ingest.blocks import EntryBlock
from footprint.ingest.write import reader_of
from footprint.seeds import event_ids


@dataclass(frozen=True)
class NewFile:
    """A file that a network is applied to.

    Attributes
    ----------
    path, key
        The file, and what it is called in messages and numbers of events.
    specs
        Units of its arrays.
    blocks
        Gives its rows from the beginning.
    counts
        Rows of each entry, shape (entries,), where there are several; None for one each.
    """

    path: str
    key: str
    specs: Mapping[str, ArraySpec]
    blocks: Callable[[], Iterator[EntryBlock]]
    counts: NDArray[np.int64] | None = None

    def numbered(self, name: str) -> Iterator[EntryBlock]:
        """Give the rows as an event file would hold them, with numbers of events.

        Values are brought to single precision like those that the network has learnt from, or
        the smallest and largest training events themselves would lie outside its domain.
        """
        expected = 0
        for block in self.blocks():
            if block.first != expected:
                msg = f"{self.path}: rows {expected} to {block.first} are not read"
                raise FileFormatError(msg)
            expected += len(block.kept)
            arrays = {key: storable(values) for key, values in block.arrays.items()}
            if ID not in arrays:
                ids = event_ids(f"{name}/{self.key}", block.first, len(block.kept))
                arrays[ID] = ids[block.kept]
            yield EntryBlock(block.first, block.kept, arrays)


def new_file(path: str, key: str, said: Description, sample: Files | None) -> NewFile:
    """Prepare to read a file, and compare its units with those that the network has learnt.

    Parameters
    ----------
    path, key
        The file, and what it is called.
    said
        What the network says of itself.
    sample
        How the file is read; None for HDF5 with an array for each input.

    Raises
    ------
    FileFormatError, ConfigError
        The file cannot be read like this, lacks an array, or has other units.
    """
    needed = [name for name in said.dataset.arrays() if name != ID]
    if sample is None:
        specs = {spec.name: spec for spec in hdf5_arrays.specs_of(Path(path), needed)}
        _check_units(path, said, specs)
        return NewFile(path, key, specs, lambda: hdf5_arrays.read_blocks(Path(path), needed))
    options = only(sample.options, set(needed))
    reader = reader_of(sample)
    constants = {spec.name: (spec, values) for spec, values in reader.constants(path, options)}
    specs = {spec.name: spec for spec in reader.specs(options)}
    specs |= {name: spec for name, (spec, _) in constants.items()}
    for name in needed:
        if name not in specs:
            msg = (
                f"{path}: the options it is read with name no array '{name}', which the network "
                f"needs; {suggest(name, specs)}"
            )
            raise ConfigError(msg)
    _check_units(path, said, {name: specs[name] for name in needed})

    def blocks() -> Iterator[EntryBlock]:
        for block in reader.blocks(path, options):
            kept = int(np.count_nonzero(block.kept))
            same: dict[str, Array] = {
                name: np.broadcast_to(values, (kept, *values.shape))
                for name, (_, values) in constants.items()
            }
            yield EntryBlock(block.first, block.kept, block.arrays | same)

    counts = None
    if isinstance(sample, NanoAODFiles):
        from footprint.ingest.nanoaod import jets_per_event

        counts = jets_per_event(path, options)
    return NewFile(path, key, specs, blocks, counts)


def only(options: Any, needed: set[str]) -> Any:
    """Read no more than is needed: new files need not have what the network has not seen."""
    if isinstance(options, RootOptions):
        keys = ("branches", "units", "descriptions", "lengths")
        return options.model_copy(update={key: _among(options, key, needed) for key in keys})
    if not isinstance(options, JetOptions):
        return options
    wanted = needed | set(variables(options.cut) if options.cut else ())
    own = ("branches", "event_branches", "spectator_branches", "units", "descriptions")
    there = [key for key in own if hasattr(options, key)]
    changes = {key: _among(options, key, wanted) for key in there}
    prefix = "constituent_"
    many = {name.removeprefix(prefix) for name in wanted if name.startswith(prefix)}
    there = [key for key in ("constituent_branches", "candidate_branches") if hasattr(options, key)]
    changes |= {key: _among(options, key, many) for key in there}
    if LABEL not in wanted and hasattr(options, "labels"):
        changes["labels"] = {}
    return options.model_copy(update=changes)


def _among(options: Any, key: str, needed: set[str]) -> dict[str, Any]:
    return {name: value for name, value in getattr(options, key).items() if name in needed}


def _check_units(path: str, said: Description, found: Mapping[str, ArraySpec]) -> None:
    """Refuse units that are not those of training; nothing is converted."""
    for entry in said.inputs:
        if entry.name in found and found[entry.name].units != entry.units:
            unit = found[entry.name].units
            msg = (
                f"{path}: array '{entry.name}' has unit {unit or 'none'!r}, expected "
                f"{entry.units or 'none'!r}, in which the network has learnt: convert its values, "
                f"or correct the unit that is written there (options.units, or the attribute "
                f"'units' in HDF5)"
            )
            raise FileFormatError(msg)


def check_shapes(path: str, said: Description, arrays: Mapping[str, Array]) -> None:
    """Refuse arrays of another size than those of training.

    Raises
    ------
    FileFormatError
        With both sizes.
    """
    for entry in said.inputs:
        found = arrays[entry.name].shape[1:]
        if found != entry.shape:
            msg = (
                f"{path}: array '{entry.name}' has shape {found} an event, expected "
                f"{entry.shape}: the network was trained on arrays of that size, train one on "
                f"arrays of this size"
            )
            raise FileFormatError(msg)
