"""The events of a data set that a survey looks at: their classes, and how much they count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.survey.datasets import EVENTS
from footprint.survey.sums import Floats

EVERYTHING = "all events"


@dataclass(frozen=True)
class Rows:
    """Some rows of a split, an event that is repeated there only once.

    Attributes
    ----------
    split
        Which split.
    index
        Numbers of the rows, rising, shape (n,).
    before, after
        How much each event counts without and with flattening, shape (n,).
    """

    split: Split
    index: NDArray[np.intp]
    before: Floats
    after: Floats

    def read(self, dataset: Dataset, kind: str, name: str) -> Array:
        """Read an array of these events."""
        stop = int(self.index[-1]) + 1 if len(self.index) else 0
        values: Array = dataset.array(self.split, kind, name)[:stop][self.index]
        return values


@dataclass(frozen=True)
class Groups:
    """Events by the classes of one target; all together where there is none.

    Attributes
    ----------
    target
        Its name, empty without one.
    classes
        Names of the groups.
    numbers
        Which of them each event is in, shape (n,).
    """

    target: str
    classes: tuple[str, ...]
    numbers: NDArray[np.intp]


def rows_of(dataset: Dataset, split: Split) -> Rows:
    """Choose the first rows of a split and find how much they count."""
    ids = dataset.file[split]["event_id"][:EVENTS]
    distinct, first, times = np.unique(ids, return_index=True, return_counts=True)
    order = np.argsort(first)
    index, copies = first[order].astype(np.intp), times[order].astype(np.float64)
    own = dataset.weights(split, slice(EVENTS))
    after = copies if own is None else copies * own[index]
    found = Rows(split, index, after, after)
    flattening = dataset.weighting.flattening if dataset.weighting else None
    if flattening is None or not len(distinct):
        return found
    numbers = found.read(dataset, "targets", flattening.target)
    bins = flattening.bins(found.read(dataset, "spectators", flattening.array))
    repeated = flattening.resampled and split == "train"
    factors = (flattening.copies() if repeated else flattening.factors)[numbers, bins]
    before = np.divide(after, factors, out=np.zeros_like(after), where=factors > 0)
    return Rows(split, index, before, after)


def groups_of(dataset: Dataset, rows: Rows) -> list[Groups]:
    """Group events by each target with classes, or all together where there is no such target."""
    targets = [name for name in dataset.names("targets") if dataset.classes(name)]
    if not targets:
        return [Groups("", (EVERYTHING,), np.zeros(len(rows.index), np.intp))]
    return [
        Groups(
            name,
            tuple(dataset.classes(name)),
            rows.read(dataset, "targets", name).astype(np.intp),
        )
        for name in targets
    ]
