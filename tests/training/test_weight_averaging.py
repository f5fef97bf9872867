"""Averages of weights: what they are, that they are what is validated and kept, and killed runs."""

import keras
import numpy as np
import pytest

from footprint.files.datasets import open_dataset
from footprint.training import fit as module
from footprint.training.feeding import Batch
from footprint.training.weight_averaging import decays, measure_statistics
from tests.training.test_fit import experiment, killed_and_resumed, trained

NORMALISED = {"layers": ["Flatten", {"Dense": 6}, "BatchNormalization", {"Dropout": 0.2}]}
EMA, SWA = {"name": "ema", "decay": 0.9}, {"name": "swa", "from_epoch": 2}
ONE_CYCLE = {"name": "one_cycle", "momentum": [0.85, 0.95]}


def test_shares_add_up_to_the_closed_form():
    values = np.random.default_rng(1).normal(size=30)
    mean = 0.0
    for value, share in zip(values, decays(0.95, np.arange(1, 31)), strict=True):
        mean = share * mean + (1 - share) * value
    assert mean == pytest.approx(np.average(values, weights=0.95 ** np.arange(30)[::-1]))
    assert decays(0.95, np.array([1, 2, 10_000])) == pytest.approx([0, 0.95 / 1.95, 0.95])


def watched(monkeypatch, network_weights):
    """Collect the weights after the training steps and at the validation of each epoch."""
    train, validate = module._train, module._validate

    def after_training(session, progress):
        row = train(session, progress)
        network_weights["own"].append(session.network.get_weights())
        return row

    def at_validation(session):
        network_weights["validated"].append(session.network.get_weights())
        return validate(session)

    monkeypatch.setattr(module, "_train", after_training)
    monkeypatch.setattr(module, "_validate", at_validation)


def test_the_mean_over_epochs_is_validated_and_kept(dataset, tmp_path, monkeypatch):
    seen = {"own": [], "validated": []}
    watched(monkeypatch, seen)
    optimizer = {"name": "sgd", "learning_rate": 0.3, "momentum": 0.9}
    result = trained(
        dataset, experiment(weight_averaging=SWA, optimizer=optimizer), tmp_path / "c.h5"
    )
    for number, found in enumerate(seen["validated"]):
        first = min(number, 1)
        for place, values in enumerate(found):
            mean = np.mean([own[place] for own in seen["own"][first : number + 1]], axis=0)
            np.testing.assert_allclose(values, mean, rtol=1e-5, atol=1e-7)
    best = result.progress.best_epoch - 1
    losses = [row["validation_loss"] for row in result.progress.history]
    assert best == np.argmin(losses)
    for kept, validated in zip(result.network.get_weights(), seen["validated"][best], strict=True):
        np.testing.assert_array_equal(kept, validated)


@pytest.mark.parametrize("average", [EMA, SWA])
def test_averaging_does_not_touch_the_training_itself(dataset, tmp_path, average, monkeypatch):
    seen = {"own": [], "validated": []}
    watched(monkeypatch, seen)
    results = [
        trained(dataset, experiment(model=NORMALISED, **options), tmp_path / f"{number}.h5")
        for number, options in enumerate([{}, {"weight_averaging": average}])
    ]
    plain, averaged = (result.progress.history for result in results)
    for one, two in zip(seen["own"][:4], seen["own"][4:], strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)
    assert [row["loss"] for row in plain] == [row["loss"] for row in averaged]
    assert plain[-1]["validation_loss"] != averaged[-1]["validation_loss"]


@pytest.mark.parametrize(
    ("average", "optimizer", "schedule"),
    [
        (EMA, {"name": "sgd", "momentum": 0.9}, ONE_CYCLE),
        (SWA, {"name": "adam"}, ONE_CYCLE),
        (EMA, {"name": "rmsprop"}, {"name": "cosine", "per_step": True}),
    ],
)
def test_a_killed_training_goes_on_to_the_same_averages(
    dataset, tmp_path, monkeypatch, average, optimizer, schedule
):
    config = experiment(
        model=NORMALISED, weight_averaging=average, optimizer=optimizer, schedule=schedule,
        label_smoothing=0.1,
    )  # fmt: skip
    result = killed_and_resumed(dataset, config, tmp_path, monkeypatch)
    rates = [row["learning_rate"] for row in result.progress.history]
    assert len(set(rates)) == 4
    base = config.training.optimizer.learning_rate
    if schedule is ONE_CYCLE:
        assert max(rates) < base
        assert rates[1] == max(rates)


def test_statistics_are_the_mean_over_the_batches():
    rng = np.random.default_rng(2)
    network = keras.Sequential([
        keras.Input((3,)), keras.layers.BatchNormalization(momentum=0.7)
    ])  # fmt: skip
    values = rng.normal([1, 2, 3], [1, 0.5, 2], size=(25, 3)).astype(np.float32)
    parts = [values[:10], values[10:20], values[20:]]
    batches = [Batch({"x": part}, {"y": part}, None) for part in parts]
    network = keras.Model(
        {"x": (entry := keras.Input((3,), name="x"))}, keras.Sequential([network])(entry)
    )
    for _ in range(2):  # whatever there was before
        measure_statistics(network, lambda: iter(batches))
    _, _, mean, variance = network.get_weights()
    np.testing.assert_allclose(mean, values.mean(axis=0), rtol=1e-5)
    expected = np.average([part.var(axis=0) for part in parts], axis=0, weights=[10, 10, 5])
    np.testing.assert_allclose(variance, expected, rtol=1e-4)
    layer = next(x for x in network._flatten_layers() if x.name.startswith("batch_norm"))
    assert layer.momentum == 0.7


def test_the_kept_network_has_statistics_of_its_own_weights(dataset, tmp_path):
    config = experiment(
        model={"layers": ["Flatten", {"Dense": 4}, "BatchNormalization"]},
        weight_averaging=SWA,
        epochs=12,
    )
    result = trained(dataset, config, tmp_path / "c.h5")
    kernel, bias, _, _, mean, _ = result.network.get_weights()[:6]
    assert result.progress.best_epoch >= 2
    with open_dataset(dataset) as opened:
        inputs = opened.inputs("train", ["ab"], slice(None))["ab"]
    np.testing.assert_allclose(mean, (inputs @ kernel + bias).mean(axis=0), atol=1e-5)
