"""What every reader gives: blocks of consecutive entries, and what the pipeline needs of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.files.hdf5 import Array, ArraySpec


@dataclass(frozen=True)
class EntryBlock:
    """Some consecutive entries of a file.

    Attributes
    ----------
    first
        Index of the first entry in the file.
    kept
        Which of the entries pass the cut, shape (entries,).
    arrays
        Values of the entries that pass, by our names, first axis ``kept.sum()``.
    """

    first: int
    kept: NDArray[np.bool_]
    arrays: dict[str, Array]


@dataclass(frozen=True)
class Reader:
    """One kind of files.

    Attributes
    ----------
    specs
        Function of the options that gives names, units and meanings of the arrays.
    blocks
        Function of (path, options) that gives all entries in order.
    constants
        Function of (path, options) that gives what is the same for all events.
    """

    specs: Callable[[Any], list[ArraySpec]]
    blocks: Callable[[str, Any], Iterator[EntryBlock]]
    constants: Callable[[str, Any], Sequence[tuple[ArraySpec, Array]]] = lambda _path, _options: ()
