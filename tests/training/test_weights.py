"""Event weights in losses and metrics of training and validation."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions
from footprint.training.apply import save_predictions
from footprint.training.fit import _examples, fit
from footprint.training.goals import event_weights, goal_of, goals_of

EVENTS = 1000


@pytest.fixture
def path(tmp_path, write_events):
    """Two classes of which the rare one has twice the weight; a total that only `a` tells."""
    rng = np.random.default_rng(2)
    kind = (rng.random(EVENTS) < 0.2).astype(np.int64)
    a = rng.normal(size=EVENTS)
    # Where the weight is 0 the truth is nonsense.
    generator = np.where(np.arange(EVENTS) % 3 == 0, 0.0, 1.0 + kind)
    total = np.where(generator == 0, -5.0 * a, 2.0 * a) + 10.0
    part = write_events({"a": a, "kind": kind, "total": total, "generator": generator})
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"a": ["a"]},
        "targets": {"kind": {"array": "kind", "classes": {"no": 0, "yes": 1}},
                    "total": {"array": "total"}},
        "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
        "weights": {"array": "generator"},
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    return tmp_path / "d.h5"


def experiment(**training):
    return Experiment.model_validate(
        {"dataset": "d", "targets": ["kind", "total"], "model": {"layers": ["Flatten"]},
         "training": {"epochs": 30, "optimizer": {"learning_rate": 0.05}, **training}}
    )  # fmt: skip


def test_event_weights_are_those_of_the_events_for_all_targets(path):
    training = experiment().training
    with open_dataset(path) as dataset:
        for target in ("kind", "total"):
            goal = goal_of(dataset, target)
            for split in ("train", "validation"):
                found = event_weights(goal, dataset, split, training)
                np.testing.assert_array_equal(found, dataset.weights(split))
            few = experiment(events=100).training
            first = event_weights(goal, dataset, "train", few)
            np.testing.assert_array_equal(first, dataset.weights("train")[:100])
        assert dataset.weights("train").mean() == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("events", [None, 200])
def test_balanced_classes_have_equal_sums_of_weights(path, events):
    training = experiment(class_weights="balanced", events=events).training
    with open_dataset(path) as dataset:
        goal = goal_of(dataset, "kind")
        found = event_weights(goal, dataset, "train", training).astype(float)
        label = dataset.target("train", "kind", slice(events))
        own = dataset.weights("train", slice(events)).astype(float)
        no, yes = (found[label == number].sum() for number in (0, 1))
        assert no == pytest.approx(yes, rel=1e-5)
        assert no + yes == pytest.approx(own.sum(), rel=1e-5)
        within = found[(label == 0) & (own > 0)] / own[(label == 0) & (own > 0)]
        assert np.ptp(within) == pytest.approx(0, abs=1e-5)
        # Validation with the factors of the training split.
        other = event_weights(goal, dataset, "validation", training)
        own, label = dataset.weights("validation"), dataset.target("validation", "kind")
        np.testing.assert_allclose(other[label == 0], within[0] * own[label == 0], rtol=1e-5)


def test_events_of_weight_zero_are_not_learnt_from(path, tmp_path):
    config = experiment()
    with open_dataset(path) as dataset:
        result = fit(dataset, config, 1, tmp_path / "c.h5")
        save_predictions(tmp_path / "p", result.network, dataset, method="m", config=config, seed=1)
        weights = dataset.weights("test")
        validation = _examples(
            dataset, "validation", ["a"], goals_of(dataset, config), config.training
        )
        assert set(validation.weights) == {"kind", "total"}
    found = read_predictions(tmp_path / "p" / "total.h5")
    np.testing.assert_array_equal(found.weight, weights)
    counted = found.weight > 0
    np.testing.assert_allclose(found.prediction[counted], found.truth[counted], atol=0.3)
    assert np.abs(found.prediction - found.truth)[~counted].mean() > 3
    last = result.progress.history[-1]
    assert last["validation_loss"] < 0.7  # nonsense alone would add more
