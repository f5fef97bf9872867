"""Entries of a TTree or RNTuple, in blocks of bounded memory."""

from collections.abc import Iterator
from typing import Any

import uproot

from footprint.errors import FileFormatError
from footprint.ingest.tree import reading

Columns = dict[str, Any]
"""Awkward arrays of some consecutive entries, by branch."""


def iterate(tree: Any, needed: list[str], path: str, memory: str) -> Iterator[tuple[int, Columns]]:
    """Read branches of all entries in blocks; every way to fail becomes one message.

    Parameters
    ----------
    tree
        The open TTree or RNTuple.
    needed
        Names of the branches.
    path
        The file, for messages.
    memory
        What the unpacked branches of a block may take, such as ``"100 MB"``.

    Yields
    ------
    tuple of int and Columns
        Index of the block's first entry, and the branches.

    Raises
    ------
    FileFormatError
        The file is truncated or corrupt.
    """
    with reading(path, "the sizes of the branches"):
        ranges = _ranges(tree, needed, memory)
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        # uproot's iterator keeps what was unpacked beyond a block's end for the next block.
        step = ranges[0][1] if ranges else 1
        blocks = tree.iterate(needed, step_size=step, how=dict)
    else:
        blocks = (columns_of(tree, needed, start, stop) for start, stop in ranges)
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


def columns_of(tree: Any, needed: list[str], start: int, stop: int) -> Columns:
    """Read branches of a range of entries by their names."""
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        columns: Columns = tree.arrays(needed, entry_start=start, entry_stop=stop, how=dict)
        return columns
    wanted = set(needed)
    fields = tree.arrays(filter_name=wanted.__contains__, entry_start=start, entry_stop=stop)
    return {name: fields[tuple(name.split("."))] for name in needed}
