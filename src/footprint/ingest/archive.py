"""Members of an npz archive, row after row: never a whole member in memory, never a pickle."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from footprint.errors import FileFormatError, suggest
from footprint.files.hdf5 import Array
from footprint.ingest.faulty import reading

ZIP, NPY = b"PK\x03\x04", b"\x93NUMPY"
CHUNK_BYTES = 2**20
"""Bytes unpacked at once."""
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class Header:
    """What a member says about itself.

    Attributes
    ----------
    shape
        Lengths of the axes, the first counting rows.
    dtype
        Type of the values.
    columns_first
        Whether the values stand in Fortran's order, the first axis running fastest.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    columns_first: bool

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row."""
        return self.shape[1:]

    @property
    def row_bytes(self) -> int:
        """Size of one row."""
        return prod(self.row_shape) * self.dtype.itemsize


class Rows:
    """A member's rows in order, unpacked when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, path: str, name: str) -> None:
        self.path, self.name = path, name
        self._stream = archive.open(f"{name}.npy")
        self.header = read_header(self._stream, path, name)
        self._spare: IO[bytes] | None = None
        self._next = 0
        found = archive.getinfo(f"{name}.npy").file_size - self._stream.tell()
        expected = prod(self.header.shape) * self.header.dtype.itemsize
        if found != expected:
            msg = (
                f"member '{name}' of {path} holds {found} bytes of values, its header says "
                f"{expected} ({self.header.shape} of {self.header.dtype}): the file is damaged, "
                f"write or download it again"
            )
            raise FileFormatError(msg)

    def __len__(self) -> int:
        return self.header.shape[0] if self.header.shape else 1

    def read(self, count: int) -> Array:
        """Unpack the next rows.

        Returns
        -------
        ndarray, shape (count, ...)
        """
        header = self.header
        with reading(self.path, f"member '{self.name}'"):
            if header.columns_first and header.row_shape:
                return self._from_columns(count)
            rows = np.empty((count, *header.row_shape), header.dtype)
            fill(self._stream, rows)
        return rows

    def all(self) -> Array:
        """Unpack a small member whole, in its own shape."""
        with reading(self.path, f"member '{self.name}'"):
            return self.read(len(self)).reshape(self.header.shape)

    def close(self) -> None:
        """Close what is open."""
        self._stream.close()
        if self._spare is not None:
            self._spare.close()

    def _from_columns(self, count: int) -> Array:
        """Take rows of a member whose columns stand one after the other, through a spare file."""
        header = self.header
        if self._spare is None:
            self._spare = tempfile.TemporaryFile()  # noqa: SIM115, closed with the rows
            shutil.copyfileobj(self._stream, self._spare, CHUNK_BYTES)
        columns = np.empty((prod(header.row_shape), count), header.dtype)
        for number, column in enumerate(columns):
            self._spare.seek((number * len(self) + self._next) * header.dtype.itemsize)
            fill(self._spare, column)
        self._next += count
        reversed_axes = columns.reshape(*reversed(header.row_shape), count)
        return np.ascontiguousarray(reversed_axes.T)


def fill(stream: IO[bytes], rows: Array) -> None:
    """Read exactly the bytes of an array.

    Raises
    ------
    EOFError
        There are fewer.
    """
    view = rows.reshape(-1).view(np.uint8)
    position = 0
    while position < len(view):
        block = stream.read(min(CHUNK_BYTES, len(view) - position))
        if not block:
            msg = f"it ends after {position} of {len(view)} bytes"
            raise EOFError(msg)
        view[position : position + len(block)] = np.frombuffer(block, np.uint8)
        position += len(block)


def read_header(stream: IO[bytes], path: str, name: str) -> Header:
    """Read a member's header, and refuse what holds anything but plain numbers.

    Raises
    ------
    FileFormatError
        Not an array, or Python objects, text or records.
    """
    with reading(path, f"the header of member '{name}'"):
        version = npy.read_magic(stream)
        if version not in HEADERS:
            msg = f"version {version} of the npy format is for records with unusual names"
            raise ValueError(msg)
        shape, columns_first, dtype = HEADERS[version](stream)
    if dtype.hasobject:
        msg = (
            f"member '{name}' of {path} holds Python objects (dtype {dtype}), which only pickle "
            f"could load and which could run any program: Footprint never does. Write it as plain "
            f"numbers, with lists of different length filled up: numpy.asarray(x, dtype='f4')"
        )
        raise FileFormatError(msg)
    if dtype.kind not in "biuf":
        msg = f"member '{name}' of {path} holds {dtype}, expected plain numbers"
        raise FileFormatError(msg)
    return Header(tuple(shape), dtype, columns_first)


@dataclass(frozen=True)
class Archive:
    """An open npz archive.

    Attributes
    ----------
    path
        Where it lies.
    zip
        The open archive.
    """

    path: str
    zip: zipfile.ZipFile

    @property
    def members(self) -> list[str]:
        """Names of the arrays in it."""
        names = self.zip.namelist()
        return sorted({name.removesuffix(".npy") for name in names if name.endswith(".npy")})

    def rows(self, name: str) -> Rows:
        """Open a member, or say which there are.

        Raises
        ------
        FileFormatError
            No such member, or one that cannot be read.
        """
        if name not in self.members:
            msg = f"{self.path} has no member '{name}'; {suggest(name, self.members)}"
            raise FileFormatError(msg)
        with reading(self.path, f"member '{name}'"):
            return Rows(self.zip, self.path, name)


@contextmanager
def opened(path: str) -> Iterator[Archive]:
    """Open an npz archive after checking that it is one.

    Raises
    ------
    FileFormatError
        Missing, empty, truncated, or of another format.
    """
    file = Path(path)
    if not file.is_file():
        msg = f"file not found: {path} (expected an npz archive)"
        raise FileFormatError(msg)
    with file.open("rb") as content:
        start = content.read(len(NPY))
    if start.startswith(NPY):
        msg = f"{path} is a single array (npy), expected an archive of arrays (npz)"
        raise FileFormatError(msg)
    if start and not start.startswith((ZIP, b"PK\x05\x06")):
        msg = f"{path} is not an npz archive: it starts with {start!r}, expected {ZIP!r}"
        raise FileFormatError(msg)
    if not zipfile.is_zipfile(path):
        found = "its list of contents, at the end, is missing" if start else "it is empty"
        msg = f"{path} is truncated: {found}. Copy or download it again"
        raise FileFormatError(msg)
    with reading(path, "the list of contents"):
        archive = zipfile.ZipFile(path)
    with archive:
        yield Archive(path, archive)
