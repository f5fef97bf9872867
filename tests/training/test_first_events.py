"""Training on the first events only, for learning curves against the number of events."""

import numpy as np
import pytest

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.training import feeding
from footprint.training.fit import _examples, fit
from footprint.training.goals import goals_of

from . import showers

MODEL = {"name": "dense", "units": [4]}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return showers.dataset(tmp_path_factory.mktemp("showers"), "cartesian", 300)


def experiment(**training):
    return Experiment.model_validate(
        {"dataset": "d", "targets": ["mass", "core"], "inputs": ["footprint"], "model": MODEL,
         "training": {"epochs": 2, "batch_size": 16, **training}}
    )  # fmt: skip


def examples(opened, config, split="train"):
    return _examples(opened, split, ["footprint"], goals_of(opened, config), config.training)


@pytest.mark.parametrize("memory", [1000.0, 1e-6])
def test_the_first_events_and_no_others_are_seen(path, memory, monkeypatch):
    monkeypatch.setattr(feeding, "WINDOW", 32)
    config = experiment(events=75, memory_MB=memory)
    with open_dataset(path) as opened:
        chosen = examples(opened, config)
        order = chosen.rows.order(1, 0)
        batches = list(chosen.batches(order, 16))
        inputs = opened.inputs("train", ["footprint"], slice(75))["footprint"]
        mass = opened.target("train", "mass", slice(75))
        assert len(examples(opened, config, "validation").rows) == opened.length("validation")
    assert sorted(order.tolist()) == list(range(75))
    seen = np.concatenate([batch.inputs["footprint"] for batch in batches])
    np.testing.assert_array_equal(seen, inputs[order])
    labels = np.concatenate([batch.targets["mass"] for batch in batches])
    np.testing.assert_array_equal(labels, mass[order])


def test_memory_is_chosen_by_what_is_used(path):
    with open_dataset(path) as opened:
        megabytes = 75 * 9 * 9 * 3 * 4 / 1e6
        for limit, window in ((1.01 * megabytes, 75), (0.99 * megabytes, feeding.WINDOW)):
            rows = feeding.rows_of(opened, "train", ["footprint"], limit, 75)
            assert rows.window == window


def test_weights_balance_the_classes_of_these_events(path):
    config = experiment(events=75, class_weights="balanced")
    with open_dataset(path) as opened:
        chosen = examples(opened, config)
    weights, mass = chosen.weights["mass"], chosen.targets["mass"]
    assert len(weights) == 75
    assert weights[mass == 0].sum() == pytest.approx(weights[mass == 1].sum(), rel=1e-5)


def test_a_class_without_events_cannot_be_balanced(path):
    with open_dataset(path) as opened:
        first = opened.target("train", "mass")
        alone = int(np.argmax(first != first[0]))  # events before the second class comes
        config = experiment(events=alone, class_weights="balanced")
        missing = opened.classes("mass")[1 - int(first[0])]
        with pytest.raises(TrainingError, match=f"class {missing} .* the first {alone} training"):
            examples(opened, config)


def test_more_events_than_there_are_are_refused(path, tmp_path):
    with open_dataset(path) as opened:
        there = opened.length("train")
        words = f"training.events is {there + 1}, and .* has {there} events in its training split"
        with pytest.raises(TrainingError, match=words):
            fit(opened, experiment(events=there + 1), 1, tmp_path / "c.h5")


def test_all_events_by_number_are_all_events(path, tmp_path):
    with open_dataset(path) as opened:
        results = [
            fit(opened, experiment(events=events), 1, tmp_path / f"{events}.h5")
            for events in (None, opened.length("train"), 40)
        ]
    whole, same, fewer = (r.network.get_weights()[0].tobytes() for r in results)
    assert whole == same
    assert whole != fewer
