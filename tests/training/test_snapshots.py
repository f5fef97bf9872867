"""Snapshots of a training: kept through a kill, and what they say over a grid of the inputs."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import FileFormatError
from footprint.files.datasets import open_dataset
from footprint.files.snapshots import read_snapshot_predictions

MODEL = {"layers": [{"Dense": {"units": 6, "activation": "tanh"}}]}


@pytest.fixture
def dataset(tmp_path, write_events):
    """Two inputs in units, a value and two classes."""
    a, b = np.random.default_rng(1).uniform([[2.0], [-30.0]], [[4.0], [10.0]], (2, 500))
    part = write_events(
        {"a": a, "b": b, "c": np.exp(a), "value": 50 * a + b, "kind": (b > 0).astype(np.int64)},
        units={"a": "GeV", "b": "cm", "c": "m", "value": "EeV"},
    )
    config = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"ab": ["a", "b"], "log_c": [{"array": "c", "transform": "log10(x)"}],
                   "abc": ["a", "b", "c"], "white": {"channels": ["a", "b"], "whiten": "pca"}},
        "targets": {"kind": {"array": "kind", "classes": {"minus": 0, "plus": 1}},
                    "value": {"array": "value"}},
        "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
    })  # fmt: skip
    path = tmp_path / "d.h5"
    build_dataset(path, "d", config, {"s": [part]})
    return path


def experiment(task="regression", inputs="ab", **training):
    training = {"epochs": 5, "batch_size": 64, "snapshots": [4, 1, 2], **training}
    return Experiment.model_validate(
        {"dataset": "d", "task": task, "inputs": [inputs], "model": MODEL, "training": training}
    )


def trained(path, config, checkpoint, seed=1):
    from footprint.training.fit import fit

    with open_dataset(path) as opened:
        return fit(opened, config, seed, checkpoint)


def predicted(path, config, result, folder):
    """Save the snapshots, and what they say."""
    from footprint.training.grid import save_snapshot_predictions
    from footprint.training.snapshots import save_snapshots

    save_snapshots(folder / "snapshots.h5", result.snapshots, result.progress.best_epoch)
    with open_dataset(path) as opened:
        save_snapshot_predictions(
            folder, result.network, folder / "snapshots.h5", opened,
            method="m", config=config, seed=1,
        )  # fmt: skip


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_weights_are_kept_after_the_epochs_asked_for(dataset, tmp_path):
    every = [1, 2, 3, 4, 5]
    result = trained(dataset, experiment(snapshots=every), tmp_path / "c.h5")
    kept = result.snapshots.weights
    assert list(kept) == every
    for epoch in every:
        is_best = epoch == result.progress.best_epoch
        assert same(kept[epoch], result.network.get_weights()) == is_best
    some = trained(dataset, experiment(), tmp_path / "d.h5").snapshots.weights
    assert list(some) == [1, 2, 4]
    assert all(same(some[epoch], kept[epoch]) for epoch in some)


def test_a_killed_training_keeps_them_and_gives_the_same_bytes(dataset, tmp_path, monkeypatch):
    from footprint.training import fit as module
    from footprint.training.snapshots import save_snapshots

    whole = trained(dataset, experiment(), tmp_path / "whole.h5")
    save = module.save_checkpoint

    def dying(*arguments, **named):
        save(*arguments, **named)
        if arguments[2].progress.epoch == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "save_checkpoint", dying)
    with pytest.raises(KeyboardInterrupt):
        trained(dataset, experiment(), tmp_path / "cut.h5")
    monkeypatch.setattr(module, "save_checkpoint", save)
    resumed = trained(dataset, experiment(), tmp_path / "cut.h5")
    files = []
    for name, result in (("one", whole), ("two", resumed)):
        path = tmp_path / f"{name}.h5"
        save_snapshots(path, result.snapshots, result.progress.best_epoch)
        files.append(path.read_bytes())
    assert files[0] == files[1]


def test_early_stopping_leaves_out_what_was_not_reached(dataset, tmp_path):
    stop = {"patience": 1, "min_delta": 1e6}
    config = experiment(epochs=50, snapshots=[1, 50], early_stopping=stop)
    assert list(trained(dataset, config, tmp_path / "c.h5").snapshots.weights) == [1]


def test_they_speak_in_physical_units_over_what_was_trained_on(dataset, tmp_path):
    from footprint.training.apply import predict
    from footprint.training.goals import goal_of

    result = trained(dataset, experiment(), tmp_path / "c.h5")
    predicted(dataset, experiment(), result, tmp_path)
    found = read_snapshot_predictions(tmp_path / "value.h5")
    assert found.axes == (("a", "GeV"), ("b", "cm"))
    assert list(found.epoch) == [1, 2, 4, result.progress.best_epoch]
    # Both inputs are uniform, and the grid reaches 5 % of their range beyond the outermost events.
    assert found.grid.min(axis=0) == pytest.approx([1.9, -32], abs=0.4)
    assert found.grid.max(axis=0) == pytest.approx([4.1, 12], abs=0.4)
    assert found.truth == pytest.approx(found.points @ [50, 1], rel=1e-4)
    with open_dataset(dataset) as opened:
        goal = goal_of(opened, "value")
        outputs = predict(result.network, opened, "validation", ["ab"])["value"]
        expected = goal.decode(outputs, (len(outputs),))
        np.testing.assert_array_equal(found.truth, opened.target("validation", "value"))
    assert found.point_prediction[-1] == pytest.approx(expected, rel=1e-4)
    assert not np.allclose(found.point_prediction[0], found.point_prediction[-1])


def test_the_grid_of_whitened_inputs_lies_along_their_own_axes(dataset, tmp_path):
    config = experiment(inputs="white", epochs=1, snapshots=[1])
    result = trained(dataset, config, tmp_path / "c.h5")
    predicted(dataset, config, result, tmp_path)
    found = read_snapshot_predictions(tmp_path / "value.h5")
    for column, low, high in zip(found.grid.T, [1.9, -32], [4.1, 12], strict=True):
        assert len(np.unique(column)) == 61
        assert [column.min(), column.max()] == pytest.approx([low, high], abs=0.4)
    assert found.truth == pytest.approx(found.points @ [50, 1], rel=1e-4)
    with open_dataset(dataset) as opened:
        seen = opened.normalisation("white").apply(found.grid).astype(np.float32)
        energy = opened.normalisation("value")
    said = energy.invert(result.network.predict_on_batch({"white": seen})["value"][:, 0])
    assert found.grid_prediction[-1] == pytest.approx(said, rel=1e-3, abs=0.01)


def test_a_transformed_input_is_named_by_its_formula_without_unit(dataset, tmp_path):
    config = experiment("classification", "log_c", epochs=1, snapshots=[1])
    predicted(dataset, config, trained(dataset, config, tmp_path / "c.h5"), tmp_path)
    found = read_snapshot_predictions(tmp_path / "kind.h5")
    assert found.axes == (("log10(c)", ""),)
    assert found.classes == ("minus", "plus")
    assert found.grid_prediction.shape == (2, 401, 2)
    assert found.grid_prediction.sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_three_input_values_cannot_be_drawn(dataset, tmp_path):
    config = experiment(inputs="abc", epochs=1, snapshots=[1])
    predicted(dataset, config, trained(dataset, config, tmp_path / "c.h5"), tmp_path)
    assert not (tmp_path / "value.h5").exists()


def test_snapshots_of_another_network_are_refused(dataset, tmp_path):
    from footprint.training.snapshots import load_snapshots, save_snapshots

    config = experiment(epochs=1, snapshots=[1])
    one = trained(dataset, config, tmp_path / "c.h5")
    other = trained(dataset, experiment(inputs="abc", epochs=1, snapshots=[1]), tmp_path / "d.h5")
    save_snapshots(tmp_path / "s.h5", one.snapshots, 1)
    assert list(load_snapshots(tmp_path / "s.h5", one.network)[0]) == [1]
    with pytest.raises(FileFormatError, match="they are of another training, train again"):
        load_snapshots(tmp_path / "s.h5", other.network)
