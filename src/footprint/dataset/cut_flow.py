"""How many events each cut of a selection leaves, one cut after the other."""

import ast
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from footprint.config.formulas import evaluate
from footprint.files.hdf5 import Array

ALL = "all events"
"""What the first row counts."""


def cuts_of(selection: str | None) -> tuple[str, ...]:
    """Take a selection apart where its comparisons are joined by ``&`` at the outermost level."""
    if selection is None:
        return ()
    try:
        node = ast.parse(selection.strip(), mode="eval").body
    except SyntaxError:  # numexpr may know more than Python
        return (selection,)
    parts: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        parts.insert(0, node.right)
        node = node.left
    return tuple(ast.unparse(part) for part in (node, *parts)) if parts else (selection,)


class CutFlow:
    """Counts the events of each sample that are left after each cut of a selection."""

    def __init__(self, selection: str | None) -> None:
        self._cuts = cuts_of(selection)
        self._counts: dict[str, NDArray[np.int64]] = {}

    def add(self, sample: str, block: Mapping[str, Array], passed: NDArray[np.bool_]) -> None:
        """Count a block of events, of which some have passed the whole selection."""
        counts = [len(passed)]
        left = np.ones(len(passed), dtype=np.bool_)
        for cut in self._cuts[:-1]:
            left = left & np.asarray(evaluate(cut, block), dtype=np.bool_)
            counts.append(int(left.sum()))
        if self._cuts:
            counts.append(int(passed.sum()))
        known = self._counts.setdefault(sample, np.zeros(len(counts), dtype=np.int64))
        known += np.array(counts)

    def rows(self) -> list[dict[str, str | int]]:
        """Write a row for each sample and cut: what was asked for, and how many events it left."""
        return [
            {"sample": sample, "cut": cut, "events": int(count)}
            for sample, counts in self._counts.items()
            for cut, count in zip((ALL, *self._cuts), counts, strict=True)
        ]
