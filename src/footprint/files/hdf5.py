"""What all of Footprint's HDF5 files share: opening with checks, attributes, compression."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from footprint.errors import FileFormatError, suggest
from footprint.files.atomic import atomic
from footprint.files.provenance import software
from footprint.files.sink import Sink

FORMAT_VERSION = 1
FORMAT_WITH_WHITENING = 2
"""Of data sets with whitened inputs, which readers of version 1 would misread."""
CHUNK = 128
"""Rows a chunk holds: reading whole chunks in shuffled order is fast, single rows are not."""
STORAGE: dict[str, Any] = {"compression": "lzf", "fletcher32": True}
"""LZF is part of every h5py, on sparse images smaller and twice as fast as gzip; the checksum
finds flipped bits, which LZF would pass on as numbers."""

CONSTANTS = "constants"
"""Group of what is the same for all events."""

WEIGHT = "weight"
"""Array that says how much each event counts, of a data set's split and of predictions."""

LONGEST_TEXT = 10_000
"""Characters of a unit or a description, which stand on figures."""

Array = NDArray[Any]


@dataclass(frozen=True)
class ArraySpec:
    """Name, unit and meaning of one array.

    Attributes
    ----------
    name
        Name of the HDF5 data set.
    units
        Unit of the values, ``""`` for pure numbers.
    description
        One line that says what the value is.
    """

    name: str
    units: str
    description: str


def stamp(file: h5py.File, kind: str, **attributes: str | float) -> None:
    """Write the attributes that every file carries, and those of its kind."""
    file.attrs["kind"] = kind
    file.attrs["format_version"] = FORMAT_VERSION
    file.attrs["software"] = software()
    for name, value in attributes.items():
        file.attrs[name] = value


def describe(data: h5py.Dataset, spec: ArraySpec) -> None:
    """Write an array's unit and meaning beside it."""
    data.attrs["units"] = spec.units
    data.attrs["description"] = spec.description


def spec_of(data: h5py.Dataset) -> ArraySpec:
    """Read an array's unit and meaning."""
    name = str(data.name).rsplit("/", 1)[-1]
    words = (text(data, key, "", LONGEST_TEXT) for key in ("units", "description"))
    return ArraySpec(name, *words)


def text(
    holder: h5py.HLObject, name: str, default: str | None = None, longest: int | None = None
) -> str:
    """Read an attribute that is text.

    Parameters
    ----------
    holder
        File, group or array with the attribute.
    name
        Of the attribute.
    default
        What it is where there is none; without, there must be one.
    longest
        Characters it may have.

    Raises
    ------
    FileFormatError
        There is none, or it is no text of UTF-8.
    """
    found = holder.attrs.get(name, default)
    if isinstance(found, bytes):
        found = found.decode(errors="surrogateescape")
    what = f"attribute '{name}' of {holder.name} in {holder.file.filename}"
    if not isinstance(found, str):
        kind = "missing" if found is None else f"{type(found).__name__} {str(found)[:40]}"
        msg = f"{what} is {kind}, expected text: delete the file and run again"
        raise FileFormatError(msg)
    # Bytes that are not UTF-8 come as lone surrogates, which no file could be written with.
    if not found.isascii() and any("\ud800" <= character <= "\udfff" for character in found):
        msg = f"{what} is not text in UTF-8: {found[:40]!r}; delete the file and run again"
        raise FileFormatError(msg)
    if longest is not None and len(found) > longest:
        msg = f"{what} has {len(found)} characters, expected {longest} at most: shorten it"
        raise FileFormatError(msg)
    return found


def whole(holder: h5py.HLObject, name: str) -> int:
    """Read an attribute that is a whole number.

    Raises
    ------
    FileFormatError
        There is none, or it is something else.
    """
    found = holder.attrs.get(name)
    if not isinstance(found, int | np.integer):
        msg = (
            f"attribute '{name}' of {holder.name} in {holder.file.filename} is "
            f"{str(found)[:40]!r}, expected a whole number: delete the file and run again"
        )
        raise FileFormatError(msg)
    return int(found)


def growing(group: h5py.Group, name: str, like: Array) -> h5py.Dataset:
    """Create a chunked, compressed array without rows that can be appended to."""
    return group.create_dataset(
        name,
        shape=(0, *like.shape[1:]),
        maxshape=(None, *like.shape[1:]),
        dtype=like.dtype,
        chunks=(CHUNK, *like.shape[1:]),
        **STORAGE,
    )


def append(data: h5py.Dataset, values: Array) -> None:
    """Add rows at the end."""
    rows = len(data)
    data.resize(rows + len(values), axis=0)
    data[rows:] = values


def write_constants(file: h5py.File, constants: Sequence[tuple[ArraySpec, Array]]) -> None:
    """Store what is the same for all events."""
    group = file.create_group(CONSTANTS)
    for spec, values in constants:
        describe(group.create_dataset(spec.name, data=storable(np.asarray(values))), spec)


def read_constants(file: h5py.File) -> dict[str, Array]:
    """Read what is the same for all events, by name."""
    return {name: data[()] for name, data in file.get(CONSTANTS, {}).items()}


@contextmanager
def created(path: Path) -> Iterator[h5py.File]:
    """Write a file that appears under its final name whole, or not at all.

    Parameters
    ----------
    path
        The final name.

    Raises
    ------
    StorageError
        The file system does not take the file.
    """
    with written(path) as (file, _):
        yield file


@contextmanager
def written(path: Path) -> Iterator[tuple[h5py.File, Sink]]:
    """Write a file as `created` does; what writes for long asks the sink whether to go on."""
    with atomic(path) as partial, Sink(partial) as sink:
        try:
            with h5py.File(sink, "w") as file:
                yield file, sink
        except Exception:
            sink.check()  # HDF5's complaints about what never reached the disk tell less
            raise
        sink.check()


@contextmanager
def opened(path: Path, kind: str) -> Iterator[h5py.File]:
    """Open a Footprint file for reading after checking that it is one, and of which kind.

    Parameters
    ----------
    path
        The file.
    kind
        The expected root attribute ``kind``.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, not HDF5, of another kind or another format version.
    """
    if not path.is_file():
        msg = f"file not found: {path} (expected {kind} in HDF5)"
        raise FileFormatError(msg)
    try:
        # Locks fail on Lustre and NFS, and a finished file is never written to again.
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        msg = (
            f"cannot read {path} as HDF5: {error}. The file is truncated, corrupt or of another "
            f"format; expected {kind} as written by Footprint. Delete it and run again"
        )
        raise FileFormatError(msg) from error
    with file:
        check_kind(file, path, kind)
        try:
            yield file
        except OSError as error:
            if error.errno is not None:  # the system's trouble (a full disk), not this file's
                raise
            msg = f"{path} is corrupt: {error}. Delete it and run again"
            raise FileFormatError(msg) from error


def check_kind(file: h5py.File, path: Path, kind: str) -> None:
    """Compare the root attributes ``kind`` and ``format_version`` with what was expected."""
    found = file.attrs.get("kind")
    if not isinstance(found, str) or found != kind:
        msg = (
            f"{path} holds kind={repr(found)[:40]}, expected {kind!r}: it was not written by "
            f"Footprint, or by another rule"
        )
        raise FileFormatError(msg)
    version = file.attrs.get("format_version")
    if not np.isscalar(version) or version not in {FORMAT_VERSION, FORMAT_WITH_WHITENING}:
        msg = (
            f"{path} has format version {str(version)[:40]}, this Footprint reads "
            f"{FORMAT_VERSION} and {FORMAT_WITH_WHITENING}: "
            f"delete it and run again, or use the version that wrote it"
        )
        raise FileFormatError(msg)


def member(group: h5py.Group, name: str, path: Path) -> Any:
    """Fetch a member of a group, or say which there are.

    Raises
    ------
    FileFormatError
        No such member.
    """
    if name not in group:
        msg = f"{path} has no '{name}' in {group.name}; {suggest(name, group)}"
        raise FileFormatError(msg)
    return group[name]


def read_json(holder: h5py.HLObject, name: str, default: str | None = None) -> Any:
    """Read an attribute that holds JSON.

    Raises
    ------
    FileFormatError
        There is none, or it is not JSON.
    """
    found = text(holder, name, default)
    try:
        return json.loads(found)
    except (ValueError, RecursionError):
        msg = (
            f"attribute '{name}' of {holder.name} in {holder.file.filename} is not JSON: "
            f"{found[:40]!r}; delete the file and run again"
        )
        raise FileFormatError(msg) from None


def storable(values: Array) -> Array:
    """Bring an array to the types the contract allows: float32 unless ids, counts or labels."""
    if values.dtype.kind == "f" and values.dtype != np.float32:
        return values.astype(np.float32)
    return values
