"""HDF5 files with an array for each input: Footprint's event files, or one's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from footprint.errors import FileFormatError, suggest
from footprint.files import hdf5
from footprint.files.events import ID
from footprint.files.events import KIND as EVENTS
from footprint.files.hdf5 import CHUNK, Array, ArraySpec
from footprint.ingest.blocks import EntryBlock

BLOCK_BYTES = 32_000_000


def specs_of(path: Path, needed: Sequence[str]) -> list[ArraySpec]:
    """Read unit and meaning of some arrays.

    Raises
    ------
    FileFormatError
        The file is missing, not HDF5, of another kind, or lacks an array.
    """
    with _opened(path) as file:
        return [hdf5.spec_of(data) for data in _found(file, path, needed).values()]


def read_blocks(path: Path, needed: Sequence[str]) -> Iterator[EntryBlock]:
    """Read some arrays, and ``event_id`` where there is one, in blocks of bounded memory.

    Yields
    ------
    EntryBlock
        In the order of the file; one without rows where it has none.

    Raises
    ------
    FileFormatError
        As `specs_of`; or arrays differ in length.
    """
    with _opened(path) as file:
        found = _found(file, path, needed)
        constant = {name: data[()] for name, data in found.items() if _is_constant(data)}
        rows = {name: data for name, data in found.items() if name not in constant}
        if ID in file:
            rows[ID] = file[ID]
        lengths = {name: len(data) for name, data in rows.items()}
        if len(set(lengths.values())) != 1:
            msg = f"arrays of {path} differ in length, expected one first axis: {lengths}"
            raise FileFormatError(msg)
        total = next(iter(lengths.values()))
        each = sum(data.dtype.itemsize * int(np.prod(data.shape[1:])) for data in rows.values())
        step = max(1, BLOCK_BYTES // max(1, each) // CHUNK) * CHUNK
        for first in range(0, max(1, total), step):
            count = min(step, total - first)
            arrays: dict[str, Array] = {n: d[first : first + count] for n, d in rows.items()}
            for name, value in constant.items():
                arrays[name] = np.broadcast_to(value, (count, *value.shape))
            yield EntryBlock(first, np.ones(count, np.bool_), arrays)


def _is_constant(data: h5py.Dataset) -> bool:
    return str(data.parent.name) == f"/{hdf5.CONSTANTS}"


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    if not path.is_file():
        msg = f"file not found: {path} (expected HDF5 with an array for each input)"
        raise FileFormatError(msg)
    try:
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        msg = f"cannot read {path} as HDF5: {error}. It is truncated, corrupt or of another format"
        raise FileFormatError(msg) from error
    with file:
        kind = file.attrs.get("kind", EVENTS)
        if kind != EVENTS:
            msg = f"{path} holds kind={kind!r}, expected events: an array for each input"
            raise FileFormatError(msg)
        yield file


def _found(file: h5py.File, path: Path, needed: Sequence[str]) -> dict[str, h5py.Dataset]:
    there = {name: data for name, data in file.items() if isinstance(data, h5py.Dataset)}
    there |= dict(file.get(hdf5.CONSTANTS, {}))
    for name in needed:
        if name not in there:
            msg = f"{path} has no array '{name}', which the network needs; {suggest(name, there)}"
            raise FileFormatError(msg)
        data = there[name]
        if data.dtype.kind not in "biuf" or not (data.shape or _is_constant(data)):
            msg = (
                f"array '{name}' of {path} is {data.dtype} of shape {data.shape}, expected numbers "
                f"with events along the first axis"
            )
            raise FileFormatError(msg)
    return {name: there[name] for name in needed}
