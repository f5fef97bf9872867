"""HDF5 files of answers: one row for each row of the file that a network was applied to.

Layout: an array (n,) for each column, with attributes ``units`` and ``description``; root
attributes ``kind`` (``applied``), ``format_version``, ``software``, and ``about`` (JSON).
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from footprint.application.columns import Columns, Layout
from footprint.files import hdf5

KIND = "applied"


class AnswerFile:
    """Writes answers to HDF5; use it as a context manager.

    Parameters
    ----------
    path
        Final name of the file. It appears when the ``with`` block ends without an error.
    layout
        Names of the columns.
    about
        What the file says of itself.
    """

    def __init__(self, path: Path, layout: Layout, about: Mapping[str, Any]) -> None:
        self._specs = layout.specs()
        self._stack = ExitStack()
        self._file, self._sink = self._stack.enter_context(hdf5.written(path))
        hdf5.stamp(self._file, KIND, about=json.dumps(about))

    def append(self, columns: Columns) -> None:
        """Add rows, in the order of the file."""
        for name, values in columns.items():
            if name not in self._file:
                data = hdf5.growing(self._file, name, values)
                hdf5.describe(data, self._specs[name])
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
        self._stack.__exit__(kind, error, trace)
