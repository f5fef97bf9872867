"""ROOT files, in blocks of bounded memory: branches and formulas, a cut, plain arrays."""

import re
from collections.abc import Iterator

import numpy as np

from footprint.config.samples import RootOptions
from footprint.errors import ConfigError
from footprint.files.hdf5 import ArraySpec
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.columns import plain
from footprint.ingest.entries import Columns, columns_of, iterate
from footprint.ingest.formulas import Formulas, passing, per_entry
from footprint.ingest.tree import branch_names, opened, reading


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
            empty = columns_of(tree, needed, 0, 0)
        block = _block(formulas, options, empty, 0, 0)
        if not tree.num_entries:
            yield block
        for first, columns in iterate(tree, needed, path, f"{options.memory_MB} MB"):
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


def _block(
    formulas: Formulas, options: RootOptions, columns: Columns, first: int, count: int
) -> EntryBlock:
    """Evaluate formulas and cut over some entries."""
    wanted = list(options.branches.values()) + ([options.cut] if options.cut else [])
    values = formulas.evaluate(list(dict.fromkeys(wanted)), columns)
    kept = np.ones(count, dtype=bool)
    if options.cut:
        kept = passing(values[options.cut], options.cut, count)
    arrays = {}
    for name, formula in options.branches.items():
        label = f"'{name}' ({formula}) of {formulas.where}"
        entries = per_entry(values[formula], label, count)
        arrays[name] = plain(entries[kept], label, options.lengths.get(name))
    return EntryBlock(first, kept, arrays)


ROOT = Reader(specs_of, read_blocks)
