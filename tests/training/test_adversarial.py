"""Generator against critic: penalties by hand, known distances, conditions, kills, faults."""

import logging

import keras
import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.files.samples import read_samples
from footprint.training.collapse import complaint
from footprint.training.distributions import distribution_of
from tests.training.test_fit import killed_and_resumed, trained

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="trained on TensorFlow alone"
)
SMALL = {"name": "wgan", "latent": 4, "critic_steps": 2,
         "generator": {"units": [16], "filters": []},
         "critic": {"units": [16], "filters": []}}  # fmt: skip

NORMALISED = {"units": [8], "filters": [], "batch_normalisation": True}


def experiment(model=None, inputs=("e",), variables="x", **training):
    return Experiment.model_validate({
        "dataset": "d", "task": "generation", "variables": variables, "inputs": list(inputs),
        "model": {**SMALL, **(model or {})},
        "training": {"epochs": 4, "batch_size": 64, **training},
    })  # fmt: skip


@pytest.fixture
def dataset(tmp_path, write_events):
    """A value x normal about 2 e with sd 0.5; images of stations whose signals grow with e."""
    rng = np.random.default_rng(1)
    e = rng.uniform(-1, 1, 1500)
    x = 2 * e + 0.5 * rng.normal(size=1500)
    u = rng.normal(size=(1500, 4, 3)) + e[:, None, None]
    signal = np.where(u > 0.5, u, np.nan)
    part = write_events({"e": e, "x": x, "signal": signal, "t": e})
    plain = {"normalise": "none"}
    config = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {
            "e": [{"array": "e", **plain}],
            "x": [{"array": "x", **plain}],
            "image": [{"array": "signal", "mask": True}],
        },
        "targets": {"t": {"array": "t"}},
        "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
    })  # fmt: skip
    path = tmp_path / "d.h5"
    build_dataset(path, "d", config, {"s": [part]})
    return path


def pair(path, config, seed=1):
    from footprint.training.adversarial import adversary

    keras.utils.set_random_seed(seed)
    with open_dataset(path) as opened:
        return adversary(config, distribution_of(opened, config), seed)


def batch(path, events=256, names=("e", "x"), split="train"):
    with open_dataset(path) as opened:
        return opened.inputs(split, list(names), slice(events))


@needs_tensorflow
def test_the_gradient_of_a_linear_critic_is_its_weights(dataset):
    config = experiment({"critic": {"units": [], "filters": []}, "gradient_penalty": 7.0})
    network = pair(dataset, config)
    # The critic sees x first, then e, of which the gradient is not asked for.
    network.critic.set_weights([np.array([[3.0], [-50.0]]), np.array([0.2])])
    inputs = {n: keras.ops.convert_to_tensor(values) for n, values in batch(dataset).items()}
    norms = network._gradient_norms(inputs, inputs["x"])
    assert np.asarray(norms) == pytest.approx(3.0, rel=1e-5)
    logs = network.train_on_batch(batch(dataset), return_dict=True)
    assert logs["gradient_norm"] == pytest.approx(3.0, rel=1e-5)
    penalty = logs["critic_loss"] + logs["critic_distance"]
    assert penalty == pytest.approx(7.0 * (3 - 1) ** 2, rel=1e-4)


@needs_tensorflow
def test_gradients_that_nothing_learns_from_are_watched_all_the_same(dataset):
    model = {"name": "gan", "critic": {"units": [], "filters": []}, "spectral_normalisation": False}
    network = pair(dataset, experiment(model))
    network.critic.set_weights([np.array([[3.0], [-50.0]]), np.array([0.2])])
    logs = network.train_on_batch(batch(dataset), return_dict=True)
    assert logs["gradient_norm"] == pytest.approx(3.0, rel=1e-5)


@needs_tensorflow
def test_the_critic_tells_the_distance_of_shifted_normals(tmp_path, write_events):
    rng = np.random.default_rng(1)
    part = write_events({"x": rng.normal(3, 1, 2000), "t": rng.normal(size=2000)})
    plain = [{"array": "x", "normalise": "none"}]
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"x": plain}, "targets": {"t": {"array": "t"}},
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    # A generator that never learns: its steps come after the training.
    model = {"critic_steps": 10_000, "latent": 1, "generator": {"units": [], "filters": []},
             "critic": {"units": [32], "filters": []}}  # fmt: skip
    network = pair(tmp_path / "d.h5", experiment(model, (), optimizer={"learning_rate": 5e-3}))
    form = network.softened.forms[0]
    # It makes x = 1 + z: the raw numbers are standardised with mean and sd of the data.
    network.generator.set_weights(
        [np.array([[1 / form.sd]]), np.array([(1.0 - form.mean) / form.sd])]
    )
    real = batch(tmp_path / "d.h5", 1500, ["x"])["x"]
    found = [
        network.train_on_batch({"x": real[rng.integers(0, len(real), 256)]}, return_dict=True)
        for _ in range(250)
    ]
    distance = np.mean([logs["critic_distance"] for logs in found[-50:]])
    # The critic sees standardised values; normals of equal width lie apart by their shift.
    assert distance * form.sd == pytest.approx(2.0, rel=0.1)


@needs_tensorflow
def test_the_mean_follows_the_condition(dataset, tmp_path):
    model = {"gradient_penalty": 1.0, "critic": {"units": [32, 32], "filters": []}}
    config = experiment(
        model, epochs=40, optimizer={"learning_rate": 5e-3, "beta_1": 0.5, "beta_2": 0.9},
        weight_averaging={"name": "ema", "decay": 0.98},
    )  # fmt: skip
    result = trained(dataset, config, tmp_path / "c.h5")
    rng = np.random.default_rng(2)
    for e in (-0.8, 0.0, 0.8):
        asked = {"e": np.full((4000, 1), e), "latent": rng.normal(size=(4000, 4))}
        x = np.asarray(result.network(asked)["x"])
        assert x.mean() == pytest.approx(2 * e, abs=0.25)
        assert x.std() == pytest.approx(0.5, rel=0.4)
    best = result.progress.history[result.progress.best_epoch - 1]
    assert best["validation_loss"] < 0.12
    assert best["validation_variance_ratio"] == pytest.approx(1, abs=0.5)


@needs_tensorflow
@pytest.mark.parametrize(
    ("model", "average"),
    [
        ({"spectral_normalisation": True, "matching": 1.0}, {"name": "ema", "decay": 0.9}),
        ({"name": "gan", "generator": NORMALISED}, None),
    ],
)
def test_a_killed_training_goes_on_to_the_same_weights(
    dataset, tmp_path, monkeypatch, model, average
):
    schedule = {"name": "one_cycle", "momentum": [0.5, 0.9]}
    model = {"critic": {"units": [8], "filters": [], "dropout": 0.2}, **model}
    config = experiment(model, weight_averaging=average, schedule=schedule, epochs=3)
    killed_and_resumed(dataset, config, tmp_path, monkeypatch)


@needs_tensorflow
def test_the_history_has_both_losses_and_the_gradients(dataset, tmp_path):
    config = experiment(variables="image", epochs=2)
    result = trained(dataset, config, tmp_path / "c.h5")
    assert list(result.progress.history[0]) == [
        "epoch", "loss", "critic_distance", "critic_loss", "gradient_norm", "validation_loss",
        "validation_variance_ratio", "learning_rate",
    ]  # fmt: skip
    assert {tensor.name for tensor in result.network.inputs} == {"e", "latent"}
    assert list(result.network.output) == ["image"]


@needs_tensorflow
def test_schedules_change_both_learning_rates(dataset):
    from footprint.training.optimizers import settings_of, stepping

    config = experiment(
        {"critic_learning_rate": 0.004}, optimizer={"learning_rate": 0.001},
        schedule={"name": "exponential", "factor": 0.5},
    )  # fmt: skip
    network = pair(dataset, config)
    stepping(network, settings_of(config.training, 3, 1))(batch(dataset))
    assert float(network.optimizer.learning_rate) == pytest.approx(0.001 / 8)
    assert float(network.critic_optimizer.learning_rate) == pytest.approx(0.004 / 8)


@needs_tensorflow
def test_the_generator_steps_once_for_several_of_the_critic(dataset):
    network = pair(dataset, experiment({"critic_steps": 3}))
    changed = []
    for _ in range(7):
        before = [w.copy() for w in network.generator.get_weights()]
        network.train_on_batch(batch(dataset), return_dict=True)
        after = network.generator.get_weights()
        changed.append(any((a != b).any() for a, b in zip(before, after, strict=True)))
    assert changed == [False, False, True, False, False, True, False]
    assert [int(learner.optimizer.iterations) for learner in network.learners] == [2, 7]


@needs_tensorflow
def test_losses_that_are_not_finite_stop_the_training(dataset, tmp_path):
    config = experiment(optimizer={"name": "sgd", "learning_rate": 1e25}, epochs=2)
    with pytest.raises(TrainingError) as stop:
        trained(dataset, config, tmp_path / "c.h5")
    said = str(stop.value)
    assert "critic_loss" in said
    assert "in epoch 1 at learning rate 1e+25: lower optimizer.learning_rate and " in said
    assert "model.critic_learning_rate, set optimizer.clip_norm (now None), or check" in said


@needs_tensorflow
def test_a_generator_that_makes_always_the_same_event_is_told(dataset):
    network = pair(dataset, experiment())
    kernel, bias = network.generator.get_weights()[-2:]
    network.generator.set_weights(
        [*network.generator.get_weights()[:-2], np.zeros_like(kernel), bias]
    )
    logs = network.test_on_batch(batch(dataset), return_dict=True)
    assert logs["variance_ratio"] == pytest.approx(0, abs=1e-6)
    said = complaint({"epoch": 7.0, "validation_variance_ratio": 0.02})
    assert said == (
        "mode collapse in epoch 7: generated events vary 0.02 times as much as real ones under "
        "the same conditions, expected about 1 and at least 0.1. If it lasts, lower "
        "optimizer.learning_rate, or take model wgan with more critic_steps"
    )
    assert complaint({"epoch": 7.0, "validation_variance_ratio": 0.2}) is None
    assert complaint({"epoch": 7.0, "validation_loss": 0.2}) is None


@needs_tensorflow
def test_a_collapse_is_logged_after_each_epoch(dataset, tmp_path, caplog, monkeypatch):
    from footprint.training import adversarial

    monkeypatch.setattr(adversarial, "variation", lambda *_: keras.ops.convert_to_tensor(0.01))
    with caplog.at_level(logging.WARNING, "footprint.training.fit"):
        trained(dataset, experiment(epochs=2), tmp_path / "c.h5")
    said = [m[:24] for record in caplog.records if (m := record.message).startswith("mode")]
    # At the end once more, of the epoch that is kept.
    assert said[:2] == ["mode collapse in epoch 1", "mode collapse in epoch 2"]
    assert len(said) == 3


@needs_tensorflow
def test_real_events_vary_as_much_as_real_events():
    """Of a generator that knows the truth the ratio is 1."""
    from footprint.training.variation import variation

    rng = np.random.default_rng(3)
    e = rng.uniform(-1, 1, (4000, 1)).astype(np.float32)
    real, made, again = (2 * e + 0.5 * rng.normal(size=(3, 4000, 1))).astype(np.float32)
    assert float(variation(real, made, again, e)) == pytest.approx(1, abs=0.06)
    assert float(variation(real, made, made, e)) == 0


@needs_tensorflow
@pytest.mark.parametrize("name", ["wgan", "gan"])
def test_events_of_weight_0_do_not_count(dataset, name):
    network = pair(dataset, experiment({"name": name}))
    real, made = np.random.default_rng(1).normal(size=(2, 256)).astype(np.float32)
    weight = np.tile([0.0, 2.0], 128).astype(np.float32)
    whole = network._critic_loss(real, made, weight), network._generator_loss(made, weight)
    half = (
        network._critic_loss(real[1::2], made[1::2], None),
        network._generator_loss(made[1::2], None),
    )
    assert np.array(whole) == pytest.approx(np.array(half), rel=1e-5)


@needs_tensorflow
def test_snapshots_hold_the_generator_and_are_drawn_from(dataset, tmp_path):
    from footprint.training.draw_samples import save_samples
    from footprint.training.snapshots import save_snapshots

    config = experiment(epochs=3, snapshots=[1, 3])
    result = trained(dataset, config, tmp_path / "c.h5")
    best = result.progress.best_epoch
    save_snapshots(tmp_path / "s.h5", result.snapshots, best)
    kept = [values.copy() for values in result.network.get_weights()]
    with open_dataset(dataset) as data:
        save_samples(
            *(tmp_path / "x.h5", result.network, data),
            method="maker",
            config=config,
            seed=1,
            snapshots=tmp_path / "s.h5",
        )
    for before, after in zip(kept, result.network.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    samples = read_samples(tmp_path / "x.h5")
    assert samples.snapshot_epoch == (*(epoch for epoch in (1, 3) if epoch != best), best)
    by_epoch = dict(zip(samples.snapshot_epoch, samples.snapshots["x"], strict=True))
    assert by_epoch[1].shape == (8,)
    assert not np.array_equal(by_epoch[1], by_epoch[3])
    # From the same random numbers, so that the last ones are those of the file.
    np.testing.assert_allclose(by_epoch[best], samples.generated.arrays["x"][:8], rtol=1e-5)


def test_another_backend_is_refused(dataset, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(TrainingError) as stop:
        pair(dataset, experiment())
    assert str(stop.value) == (
        "generator and critic are trained on the TensorFlow backend, found jax: set "
        "KERAS_BACKEND=tensorflow, or take model flow, which runs on every backend"
    )


def test_mixed_precision_is_refused():
    with pytest.raises(ValueError, match=r"training.mixed_precision is not for model wgan: leave"):
        experiment(mixed_precision=True)


@pytest.mark.parametrize("setting", [{"devices": "all"}, {"devices": 2}, {"jit_compile": True}])
def test_settings_of_single_networks_are_refused(setting):
    said = f"training.{next(iter(setting))} is not for model wgan, whose two networks take turns"
    with pytest.raises(ValueError, match=said):
        experiment(**setting)
