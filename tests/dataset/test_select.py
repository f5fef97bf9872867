"""Which arrays a data set asks for, and what is said when there is nothing to select from."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset.select import inspect_samples
from footprint.errors import DataError


def config(**changes):
    base = {"samples": ["s"], "inputs": {"x": ["a", "b"]}, "targets": {"y": {"array": "y"}}}
    return Dataset.model_validate(base | changes)


def test_every_key_that_names_an_array_asks_for_it():
    asking = config(
        selection="(c > 0) & (a < 1)",
        spectators=["d", "a"],
        split={"together": "run"},
        targets={"y": {"array": "y"}, "z": {"array": "sample", "classes": {"p": "s", "q": "t"}}},
    )
    assert asking.arrays() == {
        "a": "inputs.x",
        "b": "inputs.x",
        "y": "targets.y.array",
        "d": "spectators",
        "run": "split.together",
        "c": "selection",
    }


@pytest.mark.parametrize("selection", [None, "a > 0"])
def test_samples_without_events_are_not_blamed_on_the_selection(write_events, selection):
    empty = {name: np.zeros(0) for name in ("a", "b", "y")}
    parts = {"s": [write_events(empty), write_events(empty, first=1)], "t": [write_events(empty)]}
    words = (
        r"data set 'd': its samples \['s', 't'\] hold no events at all \(0 events in 3 parts\): "
        r"check the reader's options\.cut, or the files"
    )
    with pytest.raises(DataError, match=words):
        inspect_samples("d", config(selection=selection), parts)


def test_one_sample_may_be_empty(write_events):
    full = {name: np.ones(3) for name in ("a", "b", "y")}
    empty = {name: np.zeros(0) for name in ("a", "b", "y")}
    parts = {"s": [write_events(full)], "t": [write_events(empty, sample="t")]}
    assert inspect_samples("d", config(), parts)[2] == {"s": 3, "t": 0}
