"""Densities learnt from one class: which rows are read, and what becomes of the others."""

import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions, write_predictions
from footprint.training import feeding
from footprint.training.anomaly import anomaly_predictions, probability
from footprint.training.distributions import LOG_DENSITY, distribution_of, learnt_rows


def experiment(target="kind", learnt="minus", **training):
    return Experiment.model_validate(
        {
            "dataset": "d",
            "task": "density",
            "variables": "ab",
            "inputs": [],
            "model": {"name": "flow"},
            "learn_from": {"target": target, "classes": [learnt]},
            "training": {"epochs": 2, "batch_size": 16, **training},
            "evaluation": {"bootstrap": 20, "tagging": "plus"},
        }
    )


@pytest.mark.parametrize("memory", [1000.0, 1e-6])
@pytest.mark.parametrize("events", [None, 60])
def test_events_of_one_class_and_no_others_are_learnt_from(dataset, memory, events, monkeypatch):
    monkeypatch.setattr(feeding, "WINDOW", 32)
    config = experiment(memory_MB=memory, events=events)
    with open_dataset(dataset) as opened:
        own = np.flatnonzero(opened.target("train", "kind") == 0)
        inputs = opened.inputs("train", ["ab"], slice(None))["ab"]
        found = distribution_of(opened, config)
        examples = found.examples(opened, "train", config.training)
        order = examples.rows.order(1, 0)
        seen = np.concatenate([b.inputs["ab"] for b in examples.batches(order, 16)])
        assert examples.targets[LOG_DENSITY].shape == (len(order), 1)
        validation = found.examples(opened, "validation", config.training)
        assert len(validation.rows) == np.count_nonzero(opened.target("validation", "kind") == 0)
    assert sorted(order.tolist()) == list(range(events or len(own)))
    assert 200 < len(own) < 350
    np.testing.assert_array_equal(seen, inputs[own[: events or len(own)]][order])


def test_weights_are_those_of_the_events_that_are_learnt_from(dataset, monkeypatch):
    from footprint.files.datasets import Dataset

    def weights(self, split, rows=slice(None)):
        return np.arange(self.length(split), dtype=np.float32)[rows]

    monkeypatch.setattr(Dataset, "weights", weights)
    with open_dataset(dataset) as opened:
        rows = learnt_rows(opened, "train", experiment().learn_from)
        for events in (None, 30):
            config = experiment(events=events)
            examples = distribution_of(opened, config).examples(opened, "train", config.training)
            np.testing.assert_array_equal(examples.weights[LOG_DENSITY], rows[: events or None])


def normal_of_a(inputs):
    """Give the density of a standard normal of a, about where the events of `minus` lie."""
    return -0.5 * (inputs["ab"][:, 0] + 0.8) ** 2


def test_unlikely_events_are_anomalies_and_are_judged_as_a_tagger_is(dataset, tmp_path):
    config, path = experiment(), tmp_path / "kind.h5"
    with open_dataset(dataset) as opened:
        found = anomaly_predictions(opened, config, method="flow", seed=3, log_density=normal_of_a)
        scores = -normal_of_a(opened.inputs("test", ["ab"], slice(None)))
        usual = -normal_of_a(opened.inputs("train", ["ab"], slice(None)))
        usual = usual[opened.target("train", "kind") == 0]
    write_predictions(path, found)
    found = read_predictions(path)
    assert (found.task, found.classes, found.seed) == ("classification", ("minus", "plus"), 3)
    np.testing.assert_allclose(found.prediction.sum(axis=1), 1, rtol=1e-6)
    assert (np.argsort(found.prediction[:, 1]) == np.argsort(scores)).all()
    rare = np.mean(usual > np.quantile(usual, 0.84135))
    assert np.mean(found.prediction[found.truth == 0, 1] > 0.5) == pytest.approx(rare, abs=0.1)
    result = evaluate(gather("flow", config, [path], []), config, [], None)
    area = result.metrics.metrics["auc_plus"].value
    assert area == pytest.approx(roc_auc_score(found.truth, scores), abs=1e-6)
    assert area > 0.8
    assert "tagging_roc.csv" in result.tables


def test_which_class_is_learnt_from_decides_which_is_the_anomaly(dataset):
    with open_dataset(dataset) as opened:
        found = anomaly_predictions(
            opened,
            experiment(learnt="plus"),
            method="flow",
            seed=1,
            log_density=lambda inputs: inputs["ab"][:, 0],
        )
    # Large a are events of plus: their density is high, they are no anomalies.
    assert roc_auc_score(found.truth, found.prediction[:, 0]) == pytest.approx(0, abs=1e-9)


def test_scores_become_probabilities_by_what_is_usual():
    usual = np.linspace(0, 1, 100_001)
    found = probability(np.array([0.84135, 0.84135 + 0.68270 / 2, -1e30, 1e30]), usual)
    np.testing.assert_allclose(found, [0.5, 0.75, 0, 1], atol=1e-6)
    assert (np.diff(probability(np.linspace(-50, 50, 999), usual)) > 0).all()
    assert np.isfinite(probability(np.array([3.0]), np.zeros(5))).all()


def test_a_constant_added_to_the_density_changes_nothing(dataset):
    with open_dataset(dataset) as opened:
        first, second = (
            anomaly_predictions(
                opened,
                experiment(),
                method="f",
                seed=1,
                log_density=lambda inputs, c=constant: normal_of_a(inputs).astype(np.float64) + c,
            )
            for constant in (0.0, 17.0)
        )
    np.testing.assert_allclose(first.prediction, second.prediction, atol=1e-6)


def refused(dataset, config, words, log_density=normal_of_a):
    def judge(opened):
        distribution_of(opened, config).examples(opened, "train", config.training)
        anomaly_predictions(opened, config, method="flow", seed=1, log_density=log_density)

    with open_dataset(dataset) as opened, pytest.raises(TrainingError, match=re.escape(words)):
        judge(opened)


def test_what_cannot_be_learnt_from_is_refused(dataset):
    refused(
        dataset,
        experiment(learnt="pluss"),
        f"learn_from: target 'kind' of {dataset} has no class 'pluss'; did you mean 'plus'?",
    )
    refused(dataset, experiment(target="kin"), "has no target 'kin'; did you mean 'kind'?")
    refused(
        dataset,
        experiment(events=500),
        "events of the class that is learnt from in its training split: ask for fewer, or simulate",
    )
    refused(
        dataset,
        experiment(),
        "is not a number: train again at a lower learning rate",
        lambda inputs: inputs["ab"][:, 0] * np.nan,
    )
    everything = experiment().model_copy(update={"learn_from": None})
    refused(dataset, everything, "experiment 'flow' learns from all events: anomalies need learn")


def test_a_split_without_the_class_is_refused(dataset, monkeypatch):
    monkeypatch.setattr(
        "footprint.files.datasets.Dataset.target",
        lambda self, split, *_: np.ones(self.length(split), dtype=int),
    )
    refused(dataset, experiment(), "is minus: add events, or learn from another class")
