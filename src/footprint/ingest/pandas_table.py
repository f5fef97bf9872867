"""Tables that pandas wrote through PyTables, read row after row and without unpickling anything.

Table format: one compound data set ``table`` of an index and blocks of columns of one type, whose
names stand in pickled attributes. Fixed format: for each block its items and values. Pickles are
only taken apart into their opcodes, which executes none of them.
"""

import pickletools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401, lets HDF5 find the filter Blosc
import numpy as np

from footprint.errors import FileFormatError, suggest
from footprint.files.hdf5 import Array
from footprint.ingest.faulty import REMEDY, reading

INDEX = "index"
COMPOUND = "table"
"""Name of the compound data set within the group of a table."""
AXES = 2


@dataclass(frozen=True)
class Table:
    """An open table.

    Attributes
    ----------
    path
        The file.
    rows
        Number of rows.
    columns
        Block and position in it of each column.
    """

    path: str
    rows: int
    columns: Mapping[str, tuple[str, int]]
    _data: Mapping[str, h5py.Dataset]

    def read(self, first: int, count: int) -> "Rows":
        """Read some rows of all columns.

        Raises
        ------
        FileFormatError
            They cannot be unpacked.
        """
        rows = slice(first, first + count)
        with reading(self.path, f"rows {first} to {first + count}"):
            if COMPOUND in self._data:
                records = self._data[COMPOUND][rows]
                blocks = {name: records[name] for name in records.dtype.names}
            else:
                blocks = {name: data[rows] for name, data in self._data.items()}
        flat = {n: v.reshape(count, prod(v.shape[1:])) for n, v in blocks.items()}
        return Rows(flat, self.columns)


@dataclass(frozen=True)
class Rows:
    """Some rows of a table: its blocks, shape (rows, columns of the block)."""

    blocks: Mapping[str, Array]
    columns: Mapping[str, tuple[str, int]]

    def take(self, names: Sequence[str]) -> Array:
        """Pick columns.

        Returns
        -------
        ndarray, shape (rows, len(names))
        """
        places = [self.columns[name] for name in names]
        blocks = {block for block, _ in places}
        if len(blocks) == 1:
            return self.blocks[blocks.pop()][:, [position for _, position in places]]
        return np.stack([self.blocks[block][:, position] for block, position in places], axis=1)


@contextmanager
def opened(path: str, key: str) -> Iterator[Table]:
    """Open a table.

    Parameters
    ----------
    path
        The file.
    key
        Key of the table, a group of the file.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, not HDF5, or holds no such table.
    """
    if not Path(path).is_file():
        msg = f"file not found: {path} (expected a table in HDF5)"
        raise FileFormatError(msg)
    with Path(path).open("rb") as content:
        start = content.read(8)
    if not start.startswith(b"\x89HDF"):
        found = f"it starts with {start!r}" if start else "it is empty"
        msg = f"{path} is not HDF5: {found}, expected a table as pandas writes it to HDF5"
        raise FileFormatError(msg)
    with reading(path, "the list of contents"):
        file = h5py.File(path, "r", locking=False)
    with file:
        with reading(path, f"the columns of '{key}'"):
            table = _table(file, path, key)
        yield table


def _table(file: h5py.File, path: str, key: str) -> Table:
    group = file.get(key)
    if not isinstance(group, h5py.Group):
        msg = f"{path} has no table '{key}'; {suggest(key, file)}: set options.key"
        raise FileFormatError(msg)
    if COMPOUND in group and group[COMPOUND].dtype.names:
        return _compound(group[COMPOUND], path)
    if "axis0" in group:
        return _fixed(group, path)
    msg = (
        f"'{key}' of {path} is no table of pandas: expected 'table' (table format) or 'axis0' "
        f"(fixed format) in it; {suggest(COMPOUND, group)}"
    )
    raise FileFormatError(msg)


def _compound(data: h5py.Dataset, path: str) -> Table:
    columns: dict[str, tuple[str, int]] = {}
    for block in data.dtype.names:
        width = prod(data.dtype[block].shape)
        kind = data.attrs.get(f"{block}_kind")
        if block == INDEX:
            continue
        # A column that pandas indexed ("data column") is a field of its own name.
        names = [block] if kind is None or not data.dtype[block].shape else texts(bytes(kind))
        _check_width(names, width, block, path)
        columns |= {name: (block, place) for place, name in enumerate(names)}
    return Table(path, len(data), columns, {COMPOUND: data})


def _fixed(group: h5py.Group, path: str) -> Table:
    blocks = sorted(name.removesuffix("_items") for name in group if name.endswith("_items"))
    rows = len(group["axis1"])
    columns: dict[str, tuple[str, int]] = {}
    for block in blocks:
        names = _items(group[f"{block}_items"], path)
        values = group[f"{block}_values"]
        if values.ndim != AXES or len(values) != rows:
            msg = (
                f"'{block}_values' of {path} has shape {values.shape}, expected {rows} rows of "
                f"{len(names)} columns. {REMEDY}"
            )
            raise FileFormatError(msg)
        _check_width(names, values.shape[1], block, path)
        columns |= {name: (block, place) for place, name in enumerate(names)}
    return Table(path, rows, columns, {block: group[f"{block}_values"] for block in blocks})


def _items(data: h5py.Dataset, path: str) -> list[str]:
    if data.dtype.kind != "S":
        msg = (
            f"{data.name} of {path} holds column names as {data.dtype}, perhaps pickled, expected "
            f"plain text: write the table again with a present-day pandas"
        )
        raise FileFormatError(msg)
    return [name.decode() for name in data[:]]


def _check_width(names: Sequence[str], width: int, block: str, path: str) -> None:
    if len(names) != width:
        msg = (
            f"block '{block}' of {path} has {width} columns and {len(names)} names "
            f"({', '.join(names[:5])}, ...). {REMEDY}"
        )
        raise FileFormatError(msg)


def texts(pickled: bytes) -> list[str]:
    """List the texts in a pickle, in order: its opcodes are read and none is executed.

    Raises
    ------
    ValueError
        These bytes are no pickle.
    """
    return [str(text) for opcode, text, _ in pickletools.genops(pickled) if _is_text(opcode)]


def _is_text(opcode: pickletools.OpcodeInfo) -> bool:
    return "UNICODE" in opcode.name or opcode.name.endswith("STRING")
