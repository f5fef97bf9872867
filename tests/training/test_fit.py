import json
import zipfile
from dataclasses import replace

import h5py
import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import FileFormatError, TrainingError
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions
from tests.workflow.weights import weights_of

MODEL = {"name": "dense", "units": [8], "dropout": 0.3}


OTHER_DROPOUTS = {"layers": [
    {"Reshape": {"target_shape": [1, 2, 1]}},
    {"Conv2D": {"filters": 8, "kernel_size": 1, "activation": "selu"}},
    {"SpatialDropout2D": 0.3},
    "Flatten",
    {"AlphaDropout": 0.1},
]}  # fmt: skip


def experiment(task="classification", model=MODEL, **training):
    return Experiment.model_validate(
        {"dataset": "d", "task": task, "model": model,
         "training": {"epochs": 4, "batch_size": 32, **training}}
    )  # fmt: skip


def keras_backend():
    import keras

    return keras.backend.backend()


def trained(path, config, checkpoint, seed=1):
    from footprint.training.fit import fit

    with open_dataset(path) as dataset:
        return fit(dataset, config, seed, checkpoint)


def weights(result):
    return [values.tobytes() for values in result.network.get_weights()]


def test_it_learns(dataset, tmp_path):
    config = experiment(epochs=25, optimizer={"learning_rate": 0.01})
    result = trained(dataset, config, tmp_path / "c.h5")
    best = result.progress.history[result.progress.best_epoch - 1]
    assert best["validation_accuracy"] > 0.93
    assert best["validation_loss"] == min(r["validation_loss"] for r in result.progress.history)


def killed_and_resumed(path, config, folder, monkeypatch):
    """Train in one go, and killed after two epochs; both reach the same to the bit."""
    from footprint.training import fit as module

    whole = trained(path, config, folder / "whole.h5")
    save, calls = module.save_checkpoint, []

    def dying(*arguments, **named):
        save(*arguments, **named)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "save_checkpoint", dying)
    with pytest.raises(KeyboardInterrupt):
        trained(path, config, folder / "cut.h5")
    monkeypatch.setattr(module, "save_checkpoint", save)
    resumed = trained(path, config, folder / "cut.h5")
    assert len(calls) == 2
    assert weights(resumed) == weights(whole)
    assert resumed.progress.history == whole.progress.history
    return whole


@pytest.mark.parametrize(
    ("task", "model"),
    [("classification", MODEL), ("regression", MODEL), ("classification", OTHER_DROPOUTS)],
)
def test_a_killed_training_goes_on_to_the_same_weights(dataset, tmp_path, monkeypatch, task, model):
    config = experiment(task, model, reduce_on_plateau={"patience": 1})
    killed_and_resumed(dataset, config, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("model", "states"),
    [
        ({"name": "cnn", "filters": [2, 2], "spatial_dropout": 0.1, "block_dropout": 0.1}, 4),
        ({"name": "residual", "filters": [2], "spatial_dropout": 0.1}, 2),
        ({"name": "separable", "filters": [2], "spatial_dropout": 0.1}, 2),
        ({"name": "self_normalising", "units": [2, 2, 2], "dropout": 0.1}, 3),
    ],
)
def test_each_dropout_has_a_state_that_every_epoch_begins_with(model, states):
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output
    from footprint.training.fit import _dropout_states

    config = experiment(model=model).model
    entry = Entry((4, 4, 1), ("x",))
    network = build_network(config, {"x": entry}, {"kind": Output(2, "softmax")}, 1)
    assert len(list(_dropout_states(network))) == states


@pytest.mark.parametrize("balance", ["none", "balanced"])
def test_losses_are_those_of_keras_own_evaluation(dataset, tmp_path, balance):
    from footprint.training import fit as module
    from footprint.training.goals import event_weights, goal_of

    config = experiment(class_weights=balance)
    result = trained(dataset, config, tmp_path / "c.h5")
    with open_dataset(dataset) as opened:
        goal = goal_of(opened, "kind")
        inputs = opened.inputs("validation", ["ab"], slice(None))
        target = opened.target("validation", "kind")
        weights = event_weights(goal, opened, "validation", config.training)
        examples = module._examples(opened, "validation", ["ab"], [goal], config.training)
        batches = examples.batches(np.arange(len(target)), 16)
        found = module._pass(result.network.test_on_batch, batches)
    expected = result.network.evaluate(
        inputs, target, sample_weight=weights, batch_size=16, return_dict=True, verbose=0
    )
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5)
    best = result.progress.history[result.progress.best_epoch - 1]
    assert best["validation_loss"] == pytest.approx(expected["loss"], rel=1e-5)


def test_same_seed_same_weights_other_seed_other_weights(dataset, tmp_path):
    one, two, three = (
        weights(trained(dataset, experiment(), tmp_path / f"{i}.h5", seed=seed))
        for i, seed in enumerate((1, 1, 2))
    )
    assert one == two
    assert one != three


def test_a_checkpoint_of_another_training_is_not_used(dataset, tmp_path, caplog):
    caplog.set_level("INFO")
    checkpoint = tmp_path / "c.h5"
    trained(dataset, experiment(), checkpoint)
    result = trained(dataset, experiment(batch_size=64), checkpoint)
    assert result.progress.epoch == 4
    assert "belongs to another configuration, data set or program" in caplog.text


@pytest.mark.parametrize("size", [0, 500, 4000])
def test_a_truncated_checkpoint_is_not_used(dataset, tmp_path, size, caplog):
    checkpoint = tmp_path / "c.h5"
    whole = trained(dataset, experiment(), checkpoint)
    checkpoint.write_bytes(checkpoint.read_bytes()[:size])
    again = trained(dataset, experiment(), checkpoint)
    assert weights(again) == weights(whole)
    assert "starting anew" in caplog.text


def test_losses_that_are_not_finite_stop_the_training(dataset, tmp_path):
    config = experiment("regression", optimizer={"learning_rate": 1e30})
    with pytest.raises(TrainingError, match=r"became (nan|inf) in epoch 1 at learning rate 1e\+30"):
        trained(dataset, config, tmp_path / "c.h5")


def test_streaming_gives_the_same_rows_as_memory(dataset):
    from footprint.training.feeding import Rows

    with open_dataset(dataset) as opened:
        memory = Rows(opened, "train", ["ab"], opened.length("train"))
        disk = Rows(opened, "train", ["ab"], 64)
        order = disk.order(1, 0)
        assert sorted(order.tolist()) == list(range(len(memory)))
        assert not np.array_equal(order, disk.order(1, 1))
        for start in range(0, len(order), 50):
            rows = order[start : start + 50]
            np.testing.assert_array_equal(memory.take(rows)["ab"], disk.take(rows)["ab"])


def test_class_weights_balance(tmp_path, write_events):
    from footprint.training.goals import event_weights, goal_of

    rng = np.random.default_rng(2)
    kind = (rng.random(1000) < 0.1).astype(np.int64)
    part = write_events({"a": rng.normal(size=1000), "kind": kind})
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"a": ["a"]},
        "targets": {"kind": {"array": "kind", "classes": {"no": 0, "yes": 1}}},
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    training = experiment(class_weights="balanced").training
    with open_dataset(tmp_path / "d.h5") as opened:
        values = event_weights(goal_of(opened, "kind"), opened, "train", training)
        label = opened.target("train", "kind")
    assert values[label == 0].sum() == pytest.approx(values[label == 1].sum(), rel=1e-5)
    assert values.mean() == pytest.approx(1.0, rel=1e-5)


def test_predictions_are_in_physical_units(dataset, tmp_path):
    from footprint.training.apply import load_network, save_predictions
    from footprint.training.record import save_network

    config = experiment("regression", epochs=30, optimizer={"learning_rate": 0.02})
    result = trained(dataset, config, tmp_path / "c.h5")
    save_network(tmp_path / "model.keras", result.network)
    network = load_network(tmp_path / "model.keras", config)
    with open_dataset(dataset) as opened:
        save_predictions(tmp_path / "p", network, opened, method="m", config=config, seed=1)
        truth, ids = opened.target("test", "total"), opened.event_id("test")
    predictions = read_predictions(tmp_path / "p" / "total.h5")
    with h5py.File(tmp_path / "p" / "total.h5") as file:
        assert json.loads(file.attrs["software"])["backend"] == keras_backend()
    assert predictions.target.units == "EeV"
    np.testing.assert_array_equal(predictions.truth, truth)
    np.testing.assert_array_equal(predictions.event_id, ids)
    assert np.corrcoef(truth, predictions.prediction)[0, 1] > 0.95
    assert abs(np.mean(predictions.prediction - truth)) < 1.0


def test_saved_networks_name_nothing_but_keras(dataset, tmp_path):
    """They open where this library is not, and hold weights alone."""
    from footprint.training.record import save_network

    config = experiment(model={"name": "dense", "units": [8]}, weight_averaging={"name": "ema"})
    result = trained(dataset, config, tmp_path / "c.h5")
    expected = [values.tobytes() for values in result.network.get_weights()]
    save_network(tmp_path / "model.keras", result.network)
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert b"footprint" not in archive.read("config.json")
    assert sorted(weights_of(tmp_path / "model.keras").values()) == sorted(expected)


def test_encode_and_decode_are_inverse():
    from footprint.files.datasets import Normalisation
    from footprint.training.goals import Goal

    values = np.array([1.0, 10.0, 80.0])
    for log in (False, True):
        goal = Goal("e", (), Normalisation(np.array(1.3), np.array(0.4)), log, "regression")
        np.testing.assert_allclose(goal.decode(goal.encode(values), values.shape), values, 1e-5)


def test_another_backend_than_that_of_the_training_is_pointed_out(dataset, tmp_path, caplog):
    from footprint.training.apply import load_network
    from footprint.training.record import save_network, save_record

    config = experiment(model={"name": "dense", "units": [4]}, epochs=1)
    result = trained(dataset, config, tmp_path / "c.h5")
    record, model = tmp_path / "training.json", tmp_path / "model.keras"
    save_network(model, result.network)
    save_record(record, result, config, 1)
    load_network(model, config)
    assert "backend" not in caplog.text
    here = json.loads(record.read_text())
    record.write_text(json.dumps(here | {"backend": "elsewhere"}))
    load_network(model, config)
    assert (
        f"{model} was trained with the backend elsewhere, and {here['backend']} computes here"
        in caplog.text
    )
    record.write_text("no record")
    load_network(model, config)


def test_foreign_networks_are_refused(dataset, tmp_path):
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output
    from footprint.training.apply import load_network, save_predictions

    with pytest.raises(FileFormatError, match="network not found"):
        load_network(tmp_path / "none.keras", experiment())
    (tmp_path / "bad.keras").write_bytes(b"not a network")
    with pytest.raises(FileFormatError, match=r"cannot load .* as a Keras network"):
        load_network(tmp_path / "bad.keras", experiment())
    config = experiment()
    other = build_network(
        config.model, {"ab": Entry((3,), ("a", "b", "c"))}, {"kind": Output(2, "softmax")}, 1
    )
    with open_dataset(dataset) as opened, pytest.raises(TrainingError, match="train it again"):
        save_predictions(tmp_path / "p", other, opened, method="m", config=config, seed=1)


@pytest.mark.parametrize("seed", [0, 20_240_101, 2**31 - 1])
def test_any_seed_and_late_epochs_have_dropout_masks(dataset, tmp_path, seed):
    result = trained(dataset, experiment(epochs=1), tmp_path / "c.h5", seed=seed)
    assert result.progress.epoch == 1


def test_other_data_with_the_same_event_numbers_start_anew(tmp_path, write_events, caplog):
    caplog.set_level("INFO")
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"ab": ["a"]},
        "targets": {"kind": {"array": "kind", "classes": {"minus": 0, "plus": 1}}},
    })  # fmt: skip
    kind = np.arange(300) % 2
    results = []
    for scale in (1.0, 2.0):
        noise = np.random.default_rng(7).normal(size=300)
        part = write_events({"a": kind * scale + noise, "kind": kind}, name=f"{scale}.h5")
        build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
        results.append(trained(tmp_path / "d.h5", experiment(), tmp_path / "c.h5"))
    assert "belongs to another configuration, data set or program" in caplog.text
    anew = trained(tmp_path / "d.h5", experiment(), tmp_path / "new.h5")
    assert weights(results[1]) == weights(anew)


def test_learning_the_logarithm_is_another_training(dataset):
    """The file holds the same numbers, and the same digest of them."""
    from footprint.training.fit import fingerprint
    from footprint.training.goals import goals_of

    config = experiment("regression")
    with open_dataset(dataset) as data:
        goals = goals_of(data, config)
        logarithm = [replace(goal, log=True) for goal in goals]
        assert fingerprint(data, config, goals, 1) != fingerprint(data, config, logarithm, 1)


def test_a_checkpoint_of_another_network_is_not_used(dataset, tmp_path, monkeypatch):
    from footprint.training import fit as module

    monkeypatch.setattr(module, "fingerprint", lambda *_: "the same")
    checkpoint = tmp_path / "c.h5"
    trained(dataset, experiment(), checkpoint)
    wider = experiment().model_copy(
        update={"model": experiment().model.model_copy(update={"units": [9]})}
    )
    assert trained(dataset, wider, checkpoint).progress.epoch == 4


def test_streamed_training_has_its_own_order_but_the_same_data(dataset, tmp_path, monkeypatch):
    from footprint.training import feeding

    monkeypatch.setattr(feeding, "WINDOW", 64)
    config = experiment(memory_MB=1e-6, epochs=20, optimizer={"learning_rate": 0.01})
    result = trained(dataset, config, tmp_path / "c.h5")
    assert result.progress.history[-1]["validation_accuracy"] > 0.9


@pytest.fixture
def several(tmp_path, write_events):
    """Three targets of different kinds that follow from the inputs."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 900))
    angle = 0.5 * a
    axis = np.stack([np.sin(angle), np.zeros(900), np.cos(angle)], axis=-1)
    part = write_events(
        {"a": a, "b": b, "sum": a + 2 * b + 5, "side": axis[:, [0, 2]],
         "kind": (a > 0).astype(np.int64)},
        units={"sum": "EeV", "side": "m"},
    )  # fmt: skip
    config = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"ab": ["a", "b"]},
        "targets": {"kind": {"array": "kind", "classes": {"minus": 0, "plus": 1}},
                    "total": {"array": "sum"},
                    "axis": {"array": "side", "kind": "position"}},
    })  # fmt: skip
    path = tmp_path / "several.h5"
    build_dataset(path, "d", config, {"s": [part]})
    return path


def test_several_targets_are_learnt_at_once_with_their_weights(several, tmp_path):
    from footprint.training.apply import save_predictions

    def config(targets):
        training = {"epochs": 12, "batch_size": 32, "optimizer": {"learning_rate": 0.02}}
        return Experiment.model_validate(
            {"dataset": "d", "targets": targets, "model": {"name": "dense", "units": [16]},
             "training": training}
        )  # fmt: skip

    result = trained(several, config(["kind", "total", "axis"]), tmp_path / "a.h5")
    row = result.progress.history[-1]
    assert row["loss"] == pytest.approx(
        row["kind_loss"] + row["total_loss"] + row["axis_loss"], rel=1e-4
    )
    assert row["validation_kind_accuracy"] > 0.9
    with open_dataset(several) as opened:
        save_predictions(tmp_path / "p", result.network, opened, method="m",
                         config=config(["kind", "total", "axis"]), seed=1)  # fmt: skip
    found = {n: read_predictions(tmp_path / "p" / f"{n}.h5") for n in ("kind", "total", "axis")}
    assert {name: p.task for name, p in found.items()} == {
        "kind": "classification", "total": "regression", "axis": "position"
    }  # fmt: skip
    for name in ("total", "axis"):
        assert found[name].prediction.shape == found[name].truth.shape
        assert np.corrcoef(found[name].truth.ravel(), found[name].prediction.ravel())[0, 1] > 0.95
    heavy = trained(several, config({"kind": 1, "total": {"weight": 5}}), tmp_path / "b.h5")
    row = heavy.progress.history[0]
    assert row["loss"] == pytest.approx(row["kind_loss"] + 5 * row["total_loss"], rel=1e-4)


def test_balanced_classes_weigh_on_their_own_target_alone(several):
    config = Experiment.model_validate(
        {"dataset": "d", "targets": ["kind", "total"], "model": MODEL,
         "training": {"epochs": 1, "class_weights": "balanced"}}
    )  # fmt: skip
    from footprint.training import fit as module
    from footprint.training.goals import goals_of

    with open_dataset(several) as opened:
        goals = goals_of(opened, config)
        examples = module._examples(opened, "train", ["ab"], goals, config.training)
        (batch,) = examples.batches(np.arange(100), 100)
    assert np.all(batch.weights["total"] == 1)
    assert len(np.unique(batch.weights["kind"])) == 2
    assert batch.weight_of("kind_accuracy") == pytest.approx(batch.weights["kind"].sum())
    assert batch.weight_of("total_mae") == 100


def test_directions_come_back_as_unit_vectors():
    from footprint.files.datasets import Normalisation
    from footprint.training.goals import Goal

    axis = np.array([[0.0, 0.6, 0.8], [0.5, 0.5, 0.5**0.5]])
    norm = Normalisation(np.array([0.1, 0.0, 0.7]), np.array([0.4, 0.4, 0.2]))
    goal = Goal("axis", (), norm, log=False, task="direction")
    longer = (goal.encode(axis) * norm.scale + norm.shift) * 1.7
    outputs = (longer - norm.shift) / norm.scale
    np.testing.assert_allclose(goal.decode(outputs, axis.shape), axis, atol=1e-6)
