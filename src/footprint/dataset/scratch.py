"""Rows sorted by a random key in bounded memory: scattered over files, then sorted in each.

The keys of one file all lie below those of the next, so the files one after the other, each
sorted, are the whole in order.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from footprint.files.hdf5 import Array

KEY = "order_key"


@dataclass
class Scratch:
    """Temporary files for the rows of one split.

    Attributes
    ----------
    folder
        Where they lie.
    buckets
        Number of ranges of the key.
    layout
        Type and shape of one row of each array, known after the first rows.
    rows
        Rows written so far.
    """

    folder: Path
    buckets: int
    layout: dict[str, tuple[np.dtype[np.generic], tuple[int, ...]]] = field(default_factory=dict)
    rows: int = 0

    def add(self, keys: NDArray[np.uint64], arrays: Mapping[str, Array]) -> None:
        """Append rows to the files that their keys belong to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        everything = {KEY: keys, **arrays}
        self.layout = {name: (a.dtype, a.shape[1:]) for name, a in everything.items()}
        bucket = ((keys >> np.uint64(32)) * np.uint64(self.buckets)) >> np.uint64(32)
        for number in np.unique(bucket):
            chosen = bucket == number
            for name, values in everything.items():
                with self._path(int(number), name).open("ab") as handle:
                    handle.write(np.ascontiguousarray(values[chosen]).tobytes())
        self.rows += len(keys)

    def column(self, name: str) -> Iterator[Array]:
        """Read one array of all files, in any order of the rows."""
        for number in range(self.buckets):
            if self._path(number, name).exists():
                yield self._read(number, name)

    def sorted_buckets(self) -> Iterator[dict[str, Array]]:
        """Read the files in order, each with its rows sorted by key."""
        for number in range(self.buckets):
            if not self._path(number, KEY).exists():
                continue
            keys = self._read(number, KEY)
            order = np.argsort(keys, kind="stable")
            names = [name for name in self.layout if name != KEY]
            yield {name: self._read(number, name)[order] for name in names}

    def _read(self, number: int, name: str) -> Array:
        dtype, shape = self.layout[name]
        return np.fromfile(self._path(number, name), dtype=dtype).reshape(-1, *shape)

    def _path(self, number: int, name: str) -> Path:
        return self.folder / f"{number:05d}-{name.replace('/', '-')}.raw"

    @classmethod
    @contextmanager
    def folders(cls, folder: Path, names: tuple[str, ...], buckets: int) -> Iterator[list[Self]]:
        """Make empty scratch space for several splits, and remove it afterwards."""
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield [cls(folder / name, buckets) for name in names]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
