"""Label smoothing in the loss of training, not in that of validation."""

import keras
import numpy as np
import pytest

from footprint.files.datasets import open_dataset
from footprint.training.feeding import Batch
from footprint.training.fit import _examples, compiled
from footprint.training.goals import Goal, goals_of
from footprint.training.label_smoothing import smoothed
from tests.training.test_fit import experiment, trained

SHARE = 0.2


def test_the_smoothed_loss_by_hand():
    goal = Goal("kind", ("a", "b", "c"), None, log=False, task="classification", soft=True)
    outputs = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]], np.float32)
    weights = np.array([1.0, 3.0], np.float32)
    truth = goal.encode(np.array([0, 2]))
    (batch,) = smoothed(iter([Batch({}, {"kind": truth}, {"kind": weights})]), [goal], SHARE)
    rest = SHARE / 3
    expected = [[0.8 + rest, rest, rest], [rest, rest, 0.8 + rest]]
    np.testing.assert_allclose(batch.targets["kind"], expected, rtol=1e-6)
    loss = keras.losses.CategoricalCrossentropy(reduction="sum")
    assert goal.keras_loss == "categorical_crossentropy"
    found = float(loss(batch.targets["kind"], outputs, sample_weight=batch.weights["kind"]))
    of_class = -np.log([0.7, 0.1])
    of_all = -np.log(outputs).mean(axis=1)
    expected = (weights * (0.8 * of_class + 0.2 * of_all)).sum()
    assert found == pytest.approx(expected, rel=1e-5)


def test_validation_is_without_and_weights_of_classes_count(dataset, tmp_path):
    config = experiment(label_smoothing=SHARE, class_weights="balanced", epochs=1)
    result = trained(dataset, config, tmp_path / "c.h5")
    with open_dataset(dataset) as opened:
        goals = goals_of(opened, config)
        examples = _examples(opened, "validation", ["ab"], goals, config.training)
        inputs = opened.inputs("validation", ["ab"], slice(None))
        truth = opened.target("validation", "kind")
    chosen = result.network.predict(inputs, verbose=0)["kind"][np.arange(len(truth)), truth]
    row = result.progress.history[0]
    expected = -(examples.weights["kind"] * np.log(chosen)).mean()
    assert row["validation_loss"] == pytest.approx(expected, rel=1e-4)
    right = examples.weights["kind"] * (chosen > 0.5)
    accuracy = right.sum() / examples.weights["kind"].sum()
    assert row["validation_accuracy"] == pytest.approx(accuracy, rel=1e-5)


def test_without_smoothing_labels_stay_numbers(dataset):
    config = experiment()
    with open_dataset(dataset) as opened:
        (goal,) = goals_of(opened, config)
        network = compiled(opened, config, [goal], ["ab"], 1)
    assert goal.keras_loss == "sparse_categorical_crossentropy"
    assert goal.encode(np.array([1, 0])).tolist() == [1, 0]
    assert network.loss == {"kind": "sparse_categorical_crossentropy"}


def test_the_loss_of_training_is_smoothed(dataset, tmp_path):
    """A network that cannot be sure cannot come below the entropy of the smoothed labels."""
    options = {"epochs": 15, "optimizer": {"learning_rate": 0.05}, "model": {"layers": ["Flatten"]}}
    plain, smooth = (
        trained(dataset, experiment(**options, label_smoothing=share), tmp_path / f"{share}.h5")
        .progress.history[-1]
        for share in (0.0, SHARE)
    )  # fmt: skip
    entropy = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    assert plain["loss"] < entropy < smooth["loss"]
    assert smooth["validation_loss"] < smooth["loss"]
    assert smooth["validation_accuracy"] > 0.95
