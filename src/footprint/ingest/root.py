"""ROOT files, in blocks of bounded memory: branches and formulas, a cut, plain arrays."""

import re
from collections.abc import Iterator
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

from footprint.config.samples import RootOptions
from footprint.errors import ConfigError, FileFormatError
from footprint.files.hdf5 import ArraySpec
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.columns import form_of, plain
from footprint.ingest.formulas import Formulas
from footprint.ingest.tree import branch_names, opened, reading

Columns = dict[str, Any]
"""Awkward arrays of some consecutive entries, by branch."""


def specs_of(options: RootOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays that are read."""
    return [
        ArraySpec(name, options.units.get(name, ""), options.descriptions.get(name, _default(text)))
        for name, text in options.branches.items()
    ]


def _default(formula: str) -> str:
    is_name = re.fullmatch(r"[A-Za-z_][\w./]*", formula)
    return f"{'branch' if is_name else 'formula'} {formula}"


def read_blocks(path: str, options: RootOptions) -> Iterator[EntryBlock]:
    """Read one ROOT file.

    Names, formulas and types are checked before any data are read.

    Parameters
    ----------
    path
        Path, or an address that uproot understands.
    options
        Which part of the file to read.

    Yields
    ------
    EntryBlock
        In the order of the file, all entries once; a tree without entries gives one empty block,
        so that the arrays' types are always known.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, corrupt or not ROOT.
    ConfigError
        Tree, branches, formulas or cut do not fit the file.
    DataError
        Values that an event file must not hold.
    """
    with opened(path, options.tree) as tree:
        with reading(path, "the list of branches"):
            names = branch_names(tree)
        where = f"tree '{options.tree}' of {path}"
        formulas = Formulas(names, options.aliases, where)
        needed = _needed(formulas, options)
        with reading(path, f"the types of {needed}"):
            empty = _columns(tree, needed, 0, 0)
        block = _block(formulas, options, empty, 0, 0)
        if not tree.num_entries:
            yield block
        for first, columns in _iterate(tree, needed, path, f"{options.memory_MB} MB"):
            count = len(next(iter(columns.values())))
            yield _block(formulas, options, columns, first, count)


def _needed(formulas: Formulas, options: RootOptions) -> list[str]:
    """Name the branches to read."""
    wanted = set(options.branches.values()) | ({options.cut} if options.cut else set())
    needed = sorted(set().union(*(formulas.branches_of(formula) for formula in wanted)))
    if not needed:
        msg = f"none of options.branches uses a branch of {formulas.where}"
        raise ConfigError(msg)
    return needed


def _iterate(tree: Any, needed: list[str], path: str, memory: str) -> Iterator[tuple[int, Columns]]:
    """Read branches of all entries in blocks; every way to fail becomes one message."""
    with reading(path, "the sizes of the branches"):
        ranges = _ranges(tree, needed, memory)
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        # uproot's iterator keeps what was unpacked beyond a block's end for the next block.
        step = ranges[0][1] if ranges else 1
        blocks = tree.iterate(needed, step_size=step, how=dict)
    else:
        blocks = (_columns(tree, needed, start, stop) for start, stop in ranges)
    for start, stop in ranges:
        with reading(path, f"entries {start} to {stop} of {needed}"):
            columns: Columns = next(blocks, {})
            lengths = {name: len(values) for name, values in columns.items()}
            if set(lengths.values()) != {stop - start}:
                msg = f"{path}: expected entries {start} to {stop}, found only {lengths}"
                raise FileFormatError(msg)
        yield start, columns


def _ranges(tree: Any, needed: list[str], memory: str) -> list[tuple[int, int]]:
    """Divide the entries into blocks whose unpacked branches take about so much memory."""
    total = int(tree.num_entries)
    if not total:
        return []
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        step = max(1, min(total, tree.num_entries_for(memory, needed)))
        return [(start, min(start + step, total)) for start in range(0, total, step)]
    # An RNTuple's clusters are unpacked whole, so a block ends where a cluster ends.
    step = max(1, tree.num_entries_for(memory, filter_name=needed))
    ranges: list[tuple[int, int]] = []
    for cluster in tree.cluster_summaries:
        start = int(cluster.num_first_entry)
        stop = start + int(cluster.num_entries)
        if ranges and stop - ranges[-1][0] <= step:
            ranges[-1] = (ranges[-1][0], stop)
        elif stop > start:
            ranges.append((start, stop))
    return ranges


def _columns(tree: Any, needed: list[str], start: int, stop: int) -> Columns:
    """Read branches of a range of entries by their names."""
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        columns: Columns = tree.arrays(needed, entry_start=start, entry_stop=stop, how=dict)
        return columns
    wanted = set(needed)
    fields = tree.arrays(filter_name=wanted.__contains__, entry_start=start, entry_stop=stop)
    return {name: fields[tuple(name.split("."))] for name in needed}


def _block(
    formulas: Formulas, options: RootOptions, columns: Columns, first: int, count: int
) -> EntryBlock:
    """Evaluate formulas and cut over some entries."""
    wanted = list(options.branches.values()) + ([options.cut] if options.cut else [])
    values = formulas.evaluate(list(dict.fromkeys(wanted)), columns)
    kept = np.ones(count, dtype=bool)
    if options.cut:
        kept = _passing(values[options.cut], options.cut, count)
    arrays = {}
    for name, formula in options.branches.items():
        label = f"'{name}' ({formula}) of {formulas.where}"
        entries = _per_entry(values[formula], label, count)
        arrays[name] = plain(entries[kept], label, options.lengths.get(name))
    return EntryBlock(first, kept, arrays)


def _per_entry(values: Any, label: str, count: int) -> ak.Array:
    """Give each entry its value: numbers are repeated, other lengths refused."""
    if not isinstance(values, ak.Array | np.ndarray) or values.ndim == 0:
        return ak.Array(np.full(count, values))
    if len(values) != count:
        msg = f"{label} gives {len(values)} values for {count} entries, expected one each"
        raise ConfigError(msg)
    return values if isinstance(values, ak.Array) else ak.Array(values)


def _passing(values: Any, cut: str, count: int) -> NDArray[np.bool_]:
    """Evaluate the cut to one boolean per entry."""
    entries = _per_entry(values, f"the cut '{cut}'", count)
    form = form_of(entries)
    if form.axes or form.kind != "b" or form.optional:
        msg = (
            f"the cut '{cut}' gives {form.words} for each entry, expected one bool: compare "
            f"branches that have one value per entry, such as (nMuon >= 2) & (MET_pt > 30)"
        )
        raise ConfigError(msg)
    kept: NDArray[np.bool_] = ak.to_numpy(entries)
    return kept


ROOT = Reader(specs_of, read_blocks)
