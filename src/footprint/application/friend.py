"""Friend trees: what a network says, one entry for each entry of the file it was applied to."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

from footprint.application.columns import Columns, Layout
from footprint.errors import DataError
from footprint.files.atomic import atomic

WAITING = 100_000
"""Rows that wait to be written together: each writing is a basket of every branch."""
OBJECT = "footprint"
"""Name of the text beside the tree that says, as JSON, what its branches are."""


class FriendTree:
    """Writes a friend tree; use it as a context manager.

    Parameters
    ----------
    path
        Final name of the file. It appears when the ``with`` block ends without an error.
    layout
        Names of the branches; the tree is called like the application.
    about
        What the file says of itself.
    counts
        Rows of each entry, for branches of varying length; None for one row an entry.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        about: Mapping[str, Any],
        counts: NDArray[np.int64] | None,
    ) -> None:
        self._layout, self._counts = layout, counts
        self._ends = None if counts is None else np.cumsum(counts)
        self._pending: list[Columns] = []
        self._rows = self._written = self._entries = 0
        title = json.dumps({key: about[key] for key in about if key != "branches"})
        with ExitStack() as stack:
            file = stack.enter_context(uproot.recreate(stack.enter_context(atomic(path))))
            self._tree = file.mktree(
                layout.name, self._types(), title=title, counter_name=lambda name: f"n{name}"
            )
            file[OBJECT] = json.dumps(about)
            self._stack = stack.pop_all()

    def _types(self) -> dict[str, Any]:
        kinds = {name: self._layout.is_flag(name) for name in self._layout.specs()}
        if self._counts is None:
            return {name: np.dtype(bool if flag else np.float32) for name, flag in kinds.items()}
        short = len(self._layout.name) + 1
        fields = [f"{name[short:]}: {'bool' if f else 'float32'}" for name, f in kinds.items()]
        record = ak.types.from_datashape(f"var * {{{', '.join(fields)}}}", highlevel=False)
        return {self._layout.name: record}

    def append(self, columns: Columns) -> None:
        """Add rows, in the order of the file."""
        self._pending.append(columns)
        self._rows += len(next(iter(columns.values())))
        if self._rows >= WAITING:
            self._write()

    def _write(self) -> None:
        if not self._pending:
            return
        columns = {
            name: np.concatenate([part[name] for part in self._pending])
            for name in self._layout.specs()
        }
        if self._counts is None or self._ends is None:
            self._tree.extend(columns)
            self._pending, self._rows = [], 0
            return
        there = self._written + self._rows
        stop = int(np.searchsorted(self._ends, there, side="right"))
        used = int(self._ends[stop - 1]) - self._written if stop > self._entries else 0
        short = len(self._layout.name) + 1
        if stop > self._entries:
            rows = {name[short:]: values[:used] for name, values in columns.items()}
            jagged = ak.unflatten(ak.zip(rows), self._counts[self._entries : stop])
            self._tree.extend({self._layout.name: jagged})
        self._entries = stop
        self._written += used
        self._pending = [{name: values[used:] for name, values in columns.items()}]
        self._rows -= used

    def _finish(self) -> None:
        self._write()
        left = self._rows
        if self._counts is not None and (self._entries != len(self._counts) or left):
            msg = (
                f"{self._entries} of {len(self._counts)} events could be filled with the rows that "
                f"were read, {left} are left over: the friend tree would not be aligned"
            )
            raise DataError(msg)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._finish()
