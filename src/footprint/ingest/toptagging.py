"""The top-tagging reference data: 806 columns of pandas, in blocks of bounded memory."""

import logging
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import numpy as np

from footprint.config.splits import SPLITS
from footprint.config.toptagging import PUBLISHED_SPLIT, TRUTH, TopTaggingOptions
from footprint.errors import DataError, FileFormatError
from footprint.files.hdf5 import CHUNK, Array, ArraySpec
from footprint.ingest import jet_blocks
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.jet_rows import flattened
from footprint.ingest.jets import summed
from footprint.ingest.pandas_table import Rows, Table, opened

CONSTITUENTS = 200
IN_FILE = ("PX", "PY", "PZ", "E")
"""Components of a four-vector as the columns name them."""
COLUMNS = {component: [f"{component}_{i}" for i in range(CONSTITUENTS)] for component in IN_FILE}
TRUTH_COLUMNS = [f"truth{component}" for component in IN_FILE]
LABEL, SPLIT_FLAG = "is_signal_new", "ttv"
EXPECTED = [*chain(*COLUMNS.values()), *TRUTH_COLUMNS, SPLIT_FLAG, LABEL]
SHOWN = 8
"""Column names that a message lists."""
BYTES_A_VALUE = 4 + 8 + 8 + 4
"""A number as it stands in the file, in double precision, being sorted, and in the event file."""

SPECS = [
    ArraySpec("is_signal", "", "1 for a jet of a top quark, 0 for one of QCD"),
    ArraySpec(PUBLISHED_SPLIT, "", "published split: 0 train, 1 validation, 2 test"),
    *(
        ArraySpec(name, "GeV", f"{name.removeprefix('truth_')} of the generated top quark")
        for name in TRUTH
    ),
]

log = logging.getLogger(__name__)


def specs_of(options: TopTaggingOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays that are read."""
    return jet_blocks.specs_of(options, {}, SPECS)


def read_blocks(path: str, options: TopTaggingOptions) -> Iterator[EntryBlock]:
    """Read one file of jets.

    Parameters
    ----------
    path
        The file.
    options
        How its columns become jets.

    Yields
    ------
    EntryBlock
        In the order of the file; a table without rows gives one empty block.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, not HDF5, or its columns are not those of the set.
    DataError
        Values that an event file must not hold, or labels that are neither 0 nor 1.
    """
    empty = 0
    with opened(path, options.key) as table:
        _check_columns(table)
        step = max(1, int(options.memory_MB * 1e6 / (len(EXPECTED) * BYTES_A_VALUE)) // CHUNK)
        for first in range(0, max(table.rows, 1), step * CHUNK):
            count = min(step * CHUNK, table.rows - first)
            jets = _jets(table.read(first, count), path, first, options)
            for block in jet_blocks.entry_blocks(jets, options, path):
                empty += int(np.count_nonzero(block.arrays["constituents"] == 0))
                yield block
    if empty:
        log.warning(
            "%s: %d of %d jets have no constituent; they are kept, NaN everywhere: "
            "options.fewest_constituents leaves them out",
            *(path, empty, table.rows),
        )


def _check_columns(table: Table) -> None:
    missing = [name for name in EXPECTED if name not in table.columns]
    further = [name for name in table.columns if name not in set(EXPECTED)]
    if missing:
        msg = (
            f"{table.path} lacks {len(missing)} of the {len(EXPECTED)} columns of the top-tagging "
            f"reference data: {_some(missing)}; it has {len(table.columns)} columns: "
            f"{_some(list(table.columns))}"
            + (f", not expected: {_some(further)}" if further else "")
            + ". Write the table with these columns, filled up with zeros to 200 constituents"
        )
        raise FileFormatError(msg)
    if further:
        log.warning("%s: %d further columns are left out: %s", table.path, len(further), further)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def _jets(rows: Rows, path: str, first: int, options: TopTaggingOptions) -> jet_blocks.Jets:
    px, py, pz, energy = (rows.take(COLUMNS[component]) for component in IN_FILE)
    vectors, counts = flattened((px, py, pz, energy), first=first, what=path)
    truth = rows.take(TRUTH_COLUMNS).astype(np.float32)
    truth[truth[:, -1] == 0] = np.nan  # jets of QCD have no top quark
    single = {
        **summed(vectors, counts),
        "is_signal": _labels(rows, path, first),
        PUBLISHED_SPLIT: _published(rows, path, first, options),
        **{name: truth[:, place] for place, name in enumerate(TRUTH)},
    }
    kept = np.ones(len(counts), dtype=np.bool_)
    return jet_blocks.Jets(first, kept, counts, vectors, {}, single)


def _labels(rows: Rows, path: str, first: int) -> Array:
    labels = rows.take([LABEL])[:, 0]
    bad = ~np.isin(labels, (0, 1))
    if bad.any():
        where = int(np.argmax(bad))
        msg = (
            f"{path}: column '{LABEL}' of {np.count_nonzero(bad)} jets is neither 0 nor 1, first "
            f"{labels[where]} in jet {first + where}: expected 1 for a top quark's jet, 0 for one "
            f"of QCD"
        )
        raise DataError(msg)
    return labels.astype(np.int32)


def _published(rows: Rows, path: str, first: int, options: TopTaggingOptions) -> Array:
    """Find the published split of each jet: by the file's name, or else by its flag."""
    flags = rows.take([SPLIT_FLAG])[:, 0]
    for split, pattern in options.split_by_name.items():
        if fnmatch(Path(path).name, pattern):
            return np.full(len(flags), SPLITS.index(split), dtype=np.int32)
    found = np.full(len(flags), -1, dtype=np.int32)
    for split, value in options.ttv.items():
        found[flags == value] = SPLITS.index(split)
    if (found < 0).any():
        where = int(np.argmax(found < 0))
        msg = (
            f"{path}: column '{SPLIT_FLAG}' is {flags[where]} in jet {first + where}, which "
            f"options.ttv does not know ({options.ttv}): add it there, or name the file's split in "
            f"options.split_by_name"
        )
        raise DataError(msg)
    return found


TOP_TAGGING = Reader(specs_of, read_blocks)
