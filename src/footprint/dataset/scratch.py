"""Rows sorted by a random key in bounded memory: scattered over files, then sorted in each.

The keys of one file all lie below those of the next, so the files one after the other, each
sorted, are the whole in order.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from footprint.files.hdf5 import Array

KEY = "order_key"
Records = NDArray[Any]
"""Rows with all their arrays, one field each."""


@dataclass
class Scratch:
    """Temporary files for the rows of one split.

    Attributes
    ----------
    folder
        Where they lie.
    buckets
        Number of ranges of the key, a file each.
    record
        Types and shapes of one row's arrays, known after the first rows.
    rows
        Rows written so far.
    """

    folder: Path
    buckets: int
    record: np.dtype[np.void] = field(default_factory=lambda: np.dtype([]))
    rows: int = 0

    def add(self, keys: NDArray[np.uint64], arrays: Mapping[str, Array]) -> None:
        """Append rows to the files that their keys belong to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        columns = {KEY: keys, **arrays}
        self.record = np.dtype([(name, a.dtype, a.shape[1:]) for name, a in columns.items()])
        bucket = ((keys >> np.uint64(32)) * np.uint64(self.buckets)) >> np.uint64(32)
        order = np.argsort(bucket, kind="stable")
        records = np.empty(len(keys), self.record)
        for name, values in columns.items():
            records[name] = values[order]
        numbers, starts = np.unique(bucket[order], return_index=True)
        for number, first, last in zip(numbers, starts, [*starts[1:], len(keys)], strict=True):
            with self._path(int(number)).open("ab") as handle:
                handle.write(records[first:last].tobytes())  # tofile hides a full disk
        self.rows += len(keys)

    @property
    def names(self) -> list[str]:
        """Names of the arrays."""
        return [name for name in self.record.names or () if name != KEY]

    def column(self, name: str) -> Iterator[Array]:
        """Read one array of all files, in any order of the rows, the same for all arrays."""
        for path in self._paths():
            yield np.ascontiguousarray(np.memmap(path, self.record, mode="r")[name])

    def sorted_buckets(self) -> Iterator[dict[str, Array]]:
        """Read the files in order, each with its rows sorted by key."""
        return map(self._columns, self._sorted_records())

    def sorted_slices(self, size: int) -> Iterator[dict[str, Array]]:
        """Read rows sorted by key, so many at once; only the last ones may be fewer."""
        rest = np.empty(0, self.record)
        for records in self._sorted_records():
            rest = np.concatenate([rest, records])
            whole = len(rest) // size * size
            for first in range(0, whole, size):
                yield self._columns(rest[first : first + size])
            rest = rest[whole:]
        if len(rest):
            yield self._columns(rest)

    def _sorted_records(self) -> Iterator[Records]:
        for path in self._paths():
            records = np.fromfile(path, self.record)
            yield records[np.argsort(records[KEY], kind="stable")]

    def _columns(self, records: Records) -> dict[str, Array]:
        return {name: np.ascontiguousarray(records[name]) for name in self.names}

    def _paths(self) -> Iterator[Path]:
        """List the files that there are, in the order of their keys."""
        return (path for path in map(self._path, range(self.buckets)) if path.exists())

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05d}.raw"

    @classmethod
    @contextmanager
    def folders(cls, folder: Path, names: tuple[str, ...], buckets: int) -> Iterator[list[Self]]:
        """Make empty scratch space for several splits, and remove it afterwards."""
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield [cls(folder / name, buckets) for name in names]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
