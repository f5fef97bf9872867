"""Event files: one sample's arrays in physical units, all with the same first axis.

Layout: one HDF5 data set per array at the root, with attributes ``units`` and ``description``;
``event_id``; group ``constants`` with what is the same for all events, such as the positions of
stations; root attributes ``kind``, ``format_version``, ``sample``, ``config``, ``seed``,
``software``. NaN means "not measured" and nothing else. A constant is read as an array that has
the same value for every event.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import h5py
import numpy as np

from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import Array, ArraySpec

KIND = "events"
ID = "event_id"
WAITING = 4_000_000
"""Bytes of events that wait to be written together: many small writes cost more than one."""
Block = dict[str, Array]
"""Some consecutive events: arrays by name, ``event_id`` among them."""


class EventWriter:
    """Writes one part of a sample; use it as a context manager.

    Parameters
    ----------
    path
        Final name of the file. It appears when the ``with`` block ends without an error.
    specs
        Name, unit and meaning of every array except ``event_id``.
    sample, config, seed
        Root attributes; ``config`` is the sample's part of the study as JSON.
    constants
        What is the same for all events, with names, units and meanings.
    """

    def __init__(
        self,
        path: Path,
        specs: Sequence[ArraySpec],
        *,
        sample: str,
        config: str,
        seed: int,
        constants: Sequence[tuple[ArraySpec, Array]] = (),
    ) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._pending: list[Block] = []
        self._target = hdf5.written(path)
        self._file, self._sink = self._target.__enter__()
        hdf5.stamp(self._file, KIND, sample=sample, config=config, seed=seed)
        hdf5.write_constants(self._file, constants)

    def append(self, block: Mapping[str, Array]) -> None:
        """Add events.

        Parameters
        ----------
        block
            ``event_id`` and one array per spec; the first axes must agree.

        Raises
        ------
        ValueError
            Names other than those announced, or arrays of different length.
        """
        if set(block) != {ID, *self._specs}:
            msg = f"arrays {sorted(block)} differ from those announced {sorted(self._specs)}"
            raise ValueError(msg)
        lengths = {name: len(values) for name, values in block.items()}
        if len(set(lengths.values())) != 1:
            msg = f"arrays of one block differ in length: {lengths}"
            raise ValueError(msg)
        rows = {name: hdf5.storable(block[name]) for name in (ID, *self._specs)}
        if ID not in self._file:
            self._create(rows)
        self._pending.append(rows)
        if sum(values.nbytes for part in self._pending for values in part.values()) < WAITING:
            self._pending[-1] = {name: values.copy() for name, values in rows.items()}
            return
        rows = joined(self._pending)
        # A chunk that is written in parts would be compressed anew for each of them.
        whole = len(rows[ID]) // hdf5.CHUNK * hdf5.CHUNK
        self._write({name: values[:whole] for name, values in rows.items()})
        self._pending = [{name: values[whole:].copy() for name, values in rows.items()}]

    def _create(self, like: Block) -> None:
        for name, values in like.items():
            data = hdf5.growing(self._file, name, values)
            hdf5.describe(data, self._specs.get(name, ArraySpec(ID, "", "unique number")))

    def _write(self, rows: Block) -> None:
        for name, values in rows.items():
            if len(values):
                hdf5.append(self._file[name], values)
        self._sink.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._pending:
                self._write(joined(self._pending))
        except BaseException as failure:
            self._target.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._target.__exit__(kind, error, trace)


@dataclass(frozen=True)
class EventFile:
    """An open event file.

    Attributes
    ----------
    path
        Where it lies.
    file
        The HDF5 file.
    sample
        Name of the sample it is a part of.
    """

    path: Path
    file: h5py.File
    sample: str

    def __len__(self) -> int:
        return len(self.file[ID]) if ID in self.file else 0

    @property
    def constants(self) -> dict[str, Array]:
        """What is the same for all events."""
        return hdf5.read_constants(self.file)

    @property
    def specs(self) -> dict[str, ArraySpec]:
        """Name, unit and meaning of the arrays and constants."""
        found = {**_arrays(self.file), **self.file.get(hdf5.CONSTANTS, {})}
        return {name: hdf5.spec_of(data) for name, data in found.items()}

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of one event's value of an array."""
        if name in self.constants:
            return self.constants[name].shape
        data: h5py.Dataset = hdf5.member(self.file, name, self.path)
        return tuple(data.shape[1:])

    def read(self, names: Iterable[str], rows: slice) -> Block:
        """Read some arrays of some consecutive events; constants are repeated for each."""
        count = len(range(*rows.indices(len(self))))
        constants = self.constants
        return {
            name: np.broadcast_to(constants[name], (count, *constants[name].shape))
            if name in constants
            else hdf5.member(self.file, name, self.path)[rows]
            for name in names
        }


def _arrays(file: h5py.File) -> dict[str, h5py.Dataset]:
    return {name: data for name, data in file.items() if name != hdf5.CONSTANTS}


@contextmanager
def open_events(path: Path) -> Iterator[EventFile]:
    """Open an event file after checking that it is one.

    Raises
    ------
    FileFormatError
        Not an event file, or its arrays differ in length.
    """
    with hdf5.opened(path, KIND) as file:
        lengths = {name: len(data) for name, data in _arrays(file).items()}
        if len(set(lengths.values())) > 1:
            msg = f"arrays of {path} differ in length, expected one first axis: {lengths}"
            raise FileFormatError(msg)
        yield EventFile(path, file, hdf5.text(file, "sample"))


def parts_by_sample(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Group event files by the sample they are parts of, in the given order."""
    parts: dict[str, list[Path]] = {}
    for path in paths:
        with open_events(path) as events:
            parts.setdefault(events.sample, []).append(path)
    return parts


def iterate(paths: Sequence[Path], names: Iterable[str], size: int) -> Iterator[Block]:
    """Read blocks of a fixed size from the parts of one sample, whatever their borders.

    Parameters
    ----------
    paths
        Parts in order.
    names
        Arrays to read; ``event_id`` always comes along.
    size
        Events a block; only the last may be smaller. Sums over blocks therefore do not depend
        on how the sample was cut into parts.

    Yields
    ------
    dict of str to ndarray
    """
    wanted = list(dict.fromkeys([ID, *names]))
    pending: list[Block] = []
    count = 0
    for path in paths:
        with open_events(path) as events:
            start = 0
            while start < len(events):
                stop = min(start + size - count, len(events))
                pending.append(events.read(wanted, slice(start, stop)))
                count += stop - start
                start = stop
                if count == size:
                    yield joined(pending)
                    pending, count = [], 0
    if count:
        yield joined(pending)


def joined(blocks: Sequence[Block]) -> Block:
    """Concatenate blocks of the same arrays."""
    if len(blocks) == 1:
        return blocks[0]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
