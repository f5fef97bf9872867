import json
from functools import partial

import h5py
import numpy as np
import pytest
from pydantic import TypeAdapter

from footprint.config.baselines import Baseline
from footprint.errors import DataError
from footprint.evaluation import features
from footprint.evaluation.baselines import (
    fit_baselines,
    parse_baselines,
    predict_baseline,
    write_baselines,
)
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions, write_predictions


def predicted(path, target, **baseline):
    config = TypeAdapter(Baseline).validate_python(baseline)
    with open_dataset(path) as dataset:
        (fitted,) = fit_baselines(dataset, target, {"label": config}, threads=1)
        return predict_baseline(dataset, fitted)


def rmse(predictions):
    return float(np.sqrt(np.mean((predictions.prediction - predictions.truth) ** 2)))


def accuracy(predictions):
    return float(np.mean(predictions.prediction.argmax(axis=1) == predictions.truth))


def test_constant_is_the_mean_or_the_frequencies_of_the_training_split(write_dataset):
    path = write_dataset()
    with open_dataset(path) as dataset:
        depth, mass = dataset.target("train", "depth"), dataset.target("train", "mass")
    found = predicted(path, "depth", method="constant")
    np.testing.assert_allclose(found.prediction, depth.mean(dtype=float))
    assert found.target.units == "g/cm2"
    found = predicted(path, "mass", method="constant")
    np.testing.assert_allclose(found.prediction[0], [1 - mass.mean(), mass.mean()])
    assert found.classes == ("light", "heavy")
    assert set(found.spectators) == {"half", "noise"}


@pytest.mark.parametrize("method", ["linear", "boosting"])
def test_fits_learn_what_the_images_hold(write_dataset, method):
    path = write_dataset()
    assert rmse(predicted(path, "depth", method=method)) < 25  # sd of truth is 50
    assert accuracy(predicted(path, "mass", method=method)) > 0.8
    energy = predicted(path, "energy", method=method)
    assert (energy.prediction > 0).all()
    ratio = np.log10(energy.prediction / energy.truth)
    assert ratio.std() < 0.25  # of 0.5


def test_constant_of_a_log_target_is_the_geometric_mean(write_dataset):
    path = write_dataset()
    with open_dataset(path) as dataset:
        energy = dataset.target("train", "energy").astype(float)
    found = predicted(path, "energy", method="constant")
    np.testing.assert_allclose(found.prediction, 10 ** np.log10(energy).mean())


def test_boosting_is_the_same_every_time(write_dataset):
    path = write_dataset()
    first, second = (predicted(path, "mass", method="boosting").prediction for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_boosting_says_whether_it_stopped_at_its_limit(write_dataset, caplog):
    caplog.set_level("INFO")
    path = write_dataset()
    predicted(path, "depth", method="boosting", iterations=2)
    limit = "boosting stopped at its limit of 2 iterations: raise `iterations`"
    assert limit in caplog.text
    caplog.clear()
    predicted(path, "depth", method="boosting", iterations=1000)
    assert "of at most 1000 iterations" in caplog.text
    assert "limit" not in caplog.text


def test_oracle_on_spectators_is_marked_and_better(write_dataset):
    path = write_dataset()
    found = predicted(path, "mass", method="boosting", features=["half"], oracle=True)
    assert accuracy(found) > 0.97
    assert json.loads(found.config)["oracle"] is True


def test_formula_over_spectators(write_dataset):
    found = predicted(write_dataset(), "depth", method="formula", formula="2 * half")
    np.testing.assert_allclose(found.prediction, found.truth)


def test_formula_that_fails_is_refused(write_dataset):
    path = write_dataset()
    with pytest.raises(DataError, match=r"'log10\(noise\)' is not finite for \d+ of 100 test"):
        predicted(path, "depth", method="formula", formula="log10(noise)")
    with pytest.raises(DataError, match="a formula gives numbers, but target 'mass' has classes"):
        predicted(path, "mass", method="formula", formula="2 * half")
    with pytest.raises(DataError, match=r"has shape \(\), expected one value for each of 100"):
        predicted(path, "depth", method="formula", formula="2 + 3")


def test_nan_in_spectators_and_inputs_is_understood(write_dataset):
    def lose(_, arrays):
        arrays["spectators/noise"][::3] = np.nan
        arrays["inputs/image"][::5, 0, 0, 0] = np.nan

    path = write_dataset(change=lose)
    assert accuracy(predicted(path, "mass", method="boosting", features=["half", "noise"])) > 0.97
    assert rmse(predicted(path, "depth", method="linear")) < 25
    assert rmse(predicted(path, "depth", method="boosting")) < 25


def test_a_class_without_training_events_is_named(write_dataset):
    def heavy_only(wanted, name, arrays):
        if name == wanted:
            arrays["targets/mass"][:] = 1

    for split in ("train", "validation"):
        path = write_dataset(change=partial(heavy_only, split))
        with pytest.raises(DataError, match=f"no {split} events of class light of 'mass'"):
            predicted(path, "mass", method="constant")


def test_constant_inputs_and_vector_targets_are_refused(write_dataset):
    def flat(_, arrays):
        arrays["inputs/image"][:] = 1

    path = write_dataset(change=flat)
    with pytest.raises(DataError, match=r"\['flat', 'image'\] of .* are constant: there is noth"):
        predicted(path, "depth", method="linear")

    def axis(_, arrays):
        arrays["targets/depth"] = np.stack([arrays["targets/depth"]] * 3, axis=1)

    path = write_dataset(change=axis)
    with pytest.raises(
        DataError,
        match=r"'depth' of .* shape \(3,\) an event and is of kind value: say kind: direction or "
        "kind: position, or keep each component as an array of its own in the sample and make it",
    ):
        predicted(path, "depth", method="constant")


def test_memory_is_bounded_and_said(write_dataset, monkeypatch, caplog):
    caplog.set_level("INFO")
    path = write_dataset()
    monkeypatch.setattr(features, "MEMORY_MB", 200 * 35 * 4 / 1e6)
    assert rmse(predicted(path, "depth", method="linear")) < 30
    assert "fit on the first 200 of 400 train events (35 columns" in caplog.text


def test_masks_of_hit_pixels_are_left_out_of_trees(rng):
    particles = rng.poisson(1, (500, 6)).astype(np.float32)
    arrival = rng.normal(size=(500, 6)).astype(np.float32)
    mask = (particles > 0).astype(np.float32)
    cube = np.stack([particles, arrival, mask, mask], axis=-1)
    found = features.repeated_thresholds(cube.reshape(500, -1), 4).reshape(6, 4)
    np.testing.assert_array_equal(found, np.tile([False, False, True, True], (6, 1)))
    alone = np.stack([arrival, mask, mask], axis=-1)
    found = features.repeated_thresholds(alone.reshape(500, -1), 3).reshape(6, 3)
    assert found.sum(axis=1).tolist() == [1] * 6  # one of two equal masks stays


def test_columns_that_never_change_are_dropped():
    values = np.asarray([[1, 1, np.nan, np.nan], [1, 2, np.nan, 1]], dtype=np.float32)
    assert features.informative(values).tolist() == [False, True, False, True]


def test_script_writes_a_file_for_each_label(write_dataset, tmp_path):
    configs = {"constant": {"method": "constant"}, "trees": {"method": "boosting", "iterations": 3}}
    with open_dataset(write_dataset()) as dataset:
        folder = tmp_path / "out" / "mass"
        fitted = fit_baselines(dataset, "mass", parse_baselines(json.dumps(configs)), threads=1)
        write_baselines(folder, dataset, fitted, threads=1)
    assert sorted(path.name for path in folder.iterdir()) == ["constant.h5", "trees.h5"]
    found = read_predictions(folder / "trees.h5")
    assert (found.method, found.seed, len(found.truth)) == ("trees", 0, 100)


@pytest.mark.parametrize("target", ["depth", "mass", "energy"])
def test_fitted_once_they_answer_for_other_events(write_dataset, target):
    """As under variations: what was fitted says the same of the same inputs elsewhere."""
    path = write_dataset()
    configs = {"mean": {"method": "constant"}, "trees": {"method": "boosting", "iterations": 3}}
    with open_dataset(path) as data:
        fitted = fit_baselines(data, target, parse_baselines(json.dumps(configs)), threads=1)
        own = [predict_baseline(data, entry).prediction for entry in fitted]
    with h5py.File(path, "r+") as file:
        for split in ("train", "validation"):
            file[split]["inputs/image"][:] = 0.0
            file[split][f"targets/{target}"][:] = 1
        file["test/inputs/image"][:] = file["test/inputs/image"][:][::-1]
    with open_dataset(path) as data:
        mean, trees = (predict_baseline(data, entry).prediction for entry in fitted)
    np.testing.assert_array_equal(mean, own[0])
    np.testing.assert_array_equal(trees, own[1][::-1])
    assert not np.array_equal(trees, own[1])


def test_baselines_that_are_no_more_are_removed(write_dataset, tmp_path, classification):
    folder = tmp_path / "out"
    mean, others = {"mean": {"method": "constant"}}, ("notes.txt", "data.h5", ".partial.h5")
    with open_dataset(write_dataset()) as dataset:
        fit = partial(fit_baselines, dataset, "depth", threads=1)
        write = partial(write_baselines, folder, dataset, threads=1)
        write(fit(parse_baselines(json.dumps(mean | {"old": {"method": "constant"}}))))
        for name in others:
            (folder / name).write_text("mine")
        write_predictions(folder / "3.h5", classification("cnn", seed=3))
        write(fit(parse_baselines(json.dumps(mean))))
    found = {path.name for path in folder.iterdir()}
    assert found == {"mean.h5", "3.h5", *others}


@pytest.fixture
def weighted(write_dataset):
    """Write a data set in which half of the events have no weight and, to them, no meaning."""

    def change(_name, arrays):
        events = len(arrays["event_id"])
        arrays["weight"] = (np.arange(events) % 2).astype(np.float32)
        nonsense = arrays["weight"] == 0
        arrays["targets/depth"][nonsense] = 2000 - arrays["targets/depth"][nonsense]
        arrays["targets/mass"][nonsense] = 0

    return write_dataset(train=600, change=change)


def test_constants_are_weighted_means_and_frequencies(weighted):
    with open_dataset(weighted) as dataset:
        depth, mass = (dataset.target("train", name)[1::2] for name in ("depth", "mass"))
    found = predicted(weighted, "depth", method="constant")
    np.testing.assert_allclose(found.prediction, depth.mean(dtype=float))
    np.testing.assert_array_equal(found.weight, np.arange(100) % 2)
    found = predicted(weighted, "mass", method="constant")
    np.testing.assert_allclose(found.prediction[0], [1 - mass.mean(), mass.mean()])


@pytest.mark.parametrize("features", [None, ["half"]])
@pytest.mark.parametrize("method", ["linear", "boosting"])
def test_fits_do_not_see_events_without_weight(weighted, method, features):
    found = predicted(weighted, "depth", method=method, features=features)
    assert np.sqrt(np.average((found.prediction - found.truth) ** 2, weights=found.weight)) < 30
    found = predicted(weighted, "mass", method=method, features=features)
    right = found.prediction.argmax(axis=1) == found.truth
    assert np.average(right, weights=found.weight) > 0.8
