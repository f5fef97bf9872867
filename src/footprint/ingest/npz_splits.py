"""The published splits of an npz archive: their members open, checked before they are read."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass

from footprint.config.npz import NpzContents
from footprint.config.npz_members import SPLIT, NpzArray
from footprint.errors import DataError, FileFormatError
from footprint.files.hdf5 import Array
from footprint.ingest.archive import Archive, Rows
from footprint.ingest.members import check_shape, converted

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Split:
    """The members of one published split, or of all events where there are none.

    Attributes
    ----------
    name
        Name of the split, empty where there are none.
    first, count
        Index of its first event in the file, and how many it has.
    rows
        Open members by their names in the archive.
    """

    name: str
    first: int
    count: int
    rows: dict[str, Rows]

    def read(
        self, path: str, wanted: dict[str, NpzArray], first: int, count: int
    ) -> dict[str, Array]:
        """Read the next events of all members.

        Parameters
        ----------
        path
            The file, for messages.
        wanted
            Our names and what the members mean.
        first, count
            Index of the first event in the file, for messages, and how many to read.
        """
        raw = {name: member.read(count) for name, member in self.rows.items()}
        users = [array.member.replace(SPLIT, self.name) for array in wanted.values()]
        arrays = {}
        for (key, array), name in zip(wanted.items(), users, strict=True):
            values = raw[name] if users.count(name) == 1 else raw[name].copy()
            label = f"'{key}' (member '{name}' of {path})"
            arrays[key] = converted(values, array, label, first)
        return arrays


def open_splits(
    archive: Archive, contents: NpzContents, wanted: dict[str, NpzArray], stack: ExitStack
) -> list[Split]:
    """Open all members, and check their types, shapes and lengths."""
    splits: list[Split] = []
    first = 0
    for split in contents.splits or ("",):
        rows: dict[str, Rows] = {}
        for array in wanted.values():
            name = array.member.replace(SPLIT, split)
            if name not in rows:
                rows[name] = archive.rows(name)
                stack.callback(rows[name].close)
            label = f"member '{name}' of {archive.path}"
            if not rows[name].header.shape:
                msg = f"{label} is a single value, expected one for each event"
                raise FileFormatError(msg)
            check_shape(rows[name].header.row_shape, array, label)
        lengths = {name: len(member) for name, member in rows.items()}
        if len(set(lengths.values())) > 1:
            msg = f"members of {archive.path} differ in their number of events: {lengths}"
            raise DataError(msg)
        count = next(iter(lengths.values()))
        splits.append(Split(split, first, count, rows))
        first += count
    return splits


def check_published(path: str, contents: NpzContents, total: int) -> None:
    """Refuse a test split that is all there is; warn where the file is not the published one."""
    if contents.test_events and total <= contents.test_events:
        msg = (
            f"{path} has {total} events, and options.test_events says that the last "
            f"{contents.test_events} of each file are the published test split: give the whole "
            f"file, or set options.test_events"
        )
        raise DataError(msg)
    if contents.events is not None and total != contents.events:
        log.warning(
            "%s: %d events, %d in the published set: its test split is another one",
            path,
            total,
            contents.events,
        )
