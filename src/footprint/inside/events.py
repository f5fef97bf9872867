"""Which events are shown: the same ones each time, of all classes or values."""

import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.training.goals import Goal

AMONG = 1000
"""Values are spread over those of the first so many events."""


def shown_events(dataset: Dataset, goal: Goal, count: int) -> NDArray[np.intp]:
    """Choose events of the validation split.

    Returns
    -------
    ndarray of int
        Rows: of classes the first event of each, then the second, and so on; of a value evenly
        from the smallest to the largest; of vectors the first events.

    Raises
    ------
    DataError
        The split has no event.
    """
    truth = dataset.target("validation", goal.name)
    if not len(truth):
        msg = f"{dataset.path}: the validation split has no event to look at: make it larger"
        raise DataError(msg)
    if goal.classes:
        return _by_class(truth, len(goal.classes), count)
    if truth.ndim > 1:
        return np.arange(min(count, len(truth)))
    order = np.argsort(truth[:AMONG], kind="stable")
    places = (np.arange(count) + 0.5) / count * len(order)
    return order[np.unique(places.astype(np.intp))]


def _by_class(truth: Array, classes: int, count: int) -> NDArray[np.intp]:
    # A place in line within each class; then class by class among those of the same place.
    line = np.zeros(len(truth), np.intp)
    for number in range(classes):
        own = truth == number
        line[own] = np.arange(np.count_nonzero(own))
    return np.lexsort((truth, line))[:count]


def rows_of(dataset: Dataset, split: Split, event_id: Array) -> NDArray[np.intp]:
    """Find events in a split by their numbers.

    Raises
    ------
    DataError
        One is not there.
    """
    ids = dataset.event_id(split)
    order = np.argsort(ids, kind="stable")
    place = np.minimum(np.searchsorted(ids, event_id, sorter=order), len(ids) - 1)
    rows = order[place] if len(ids) else np.zeros(0, np.intp)
    if len(rows) != len(event_id) or (ids[rows] != event_id).any():
        msg = (
            f"{dataset.path}: the {split} split lacks events that were predicted: predict again, "
            f"the data set has changed"
        )
        raise DataError(msg)
    return rows


def inputs_at(
    dataset: Dataset, split: Split, names: list[str], rows: NDArray[np.intp]
) -> dict[str, Array]:
    """Read normalised inputs of a few rows in any order."""
    return {
        name: np.stack([dataset.array(split, "inputs", name)[row] for row in rows.tolist()])
        for name in names
    }
