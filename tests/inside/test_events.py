"""Which events are shown, as far as no network is needed."""

from types import SimpleNamespace

import numpy as np
import pytest

from footprint.errors import DataError
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions
from footprint.inside.events import rows_of, shown_events
from footprint.inside.misclassified import worst


def dataset(truth, ids=None):
    return SimpleNamespace(
        path="d.h5", target=lambda *_: np.asarray(truth), event_id=lambda _: np.asarray(ids)
    )


def goal(*classes):
    return SimpleNamespace(name="t", classes=classes)


def test_classes_take_turns_in_the_order_of_events():
    truth = [2, 2, 0, 1, 0, 2, 1]
    found = shown_events(dataset(truth), goal("a", "b", "c"), 5)
    assert found.tolist() == [2, 3, 0, 4, 6]
    # A class that does not occur leaves its place to the others.
    assert shown_events(dataset([2, 0, 2]), goal("a", "b", "c"), 9).tolist() == [1, 0, 2]


def test_values_are_spread_from_small_to_large(rng):
    truth = rng.permutation(100).astype(float)
    found = shown_events(dataset(truth), goal(), 4)
    assert truth[found].tolist() == [12, 37, 62, 87]
    assert len(shown_events(dataset([3.0, 1.0]), goal(), 6)) == 2
    assert shown_events(dataset(rng.normal(size=(9, 3))), goal(), 3).tolist() == [0, 1, 2]


def test_no_event_at_all_is_refused():
    with pytest.raises(DataError, match="no event to look at"):
        shown_events(dataset([]), goal("a", "b"), 3)


def test_events_are_found_by_their_numbers():
    ids = np.array([30, 10, 20], np.uint64)
    assert rows_of(dataset([], ids), "test", ids[[2, 0]]).tolist() == [2, 0]
    with pytest.raises(DataError, match="test split lacks events"):
        rows_of(dataset([], ids), "test", np.array([25], np.uint64))


def said(task, truth, prediction, classes=()):
    return Predictions(
        method="m", seed=1, task=task, target=ArraySpec("t", "", ""), classes=classes,
        event_id=np.arange(len(truth)), truth=np.array(truth), prediction=np.array(prediction),
    )  # fmt: skip


def test_the_most_confident_errors_come_first():
    p = [[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.01, 0.99], [0.3, 0.7]]
    predictions = said("classification", [1, 1, 0, 1, 1], p, ("a", "b"))
    assert worst(predictions, 9).tolist() == [1, 2, 0]
    assert worst(predictions, 2).tolist() == [1, 2]


def test_the_largest_deviations_come_first():
    values = said("regression", [1.0, 100.0, np.nan, 10.0], [3.0, 110.0, 5.0, 9.0])
    assert worst(values, 9).tolist() == [1, 0, 3]
    assert worst(values, 9, log=True).tolist() == [0, 3, 1]
    axes = said("direction", [[0, 0, 1.0]] * 3, [[0, 0, 1.0], [1.0, 0, 0], [0, 0.6, 0.8]])
    assert worst(axes, 9).tolist() == [1, 2, 0]
    points = said("position", [[0.0, 0.0]] * 2, [[1.0, 1.0], [3.0, 0.0]])
    assert worst(points, 1).tolist() == [1]
