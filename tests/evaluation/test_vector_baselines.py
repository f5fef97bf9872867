"""Baselines of directions and positions, and baselines on features."""

import json

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from footprint.config.baselines import Baseline
from footprint.config.datasets import Target
from footprint.errors import DataError
from footprint.evaluation import fits, fitting
from footprint.evaluation.baselines import fit_baselines, predict_baseline, write_baselines
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions


def predicted(path, target, **baseline):
    config = TypeAdapter(Baseline).validate_python(baseline)
    with open_dataset(path) as dataset:
        (fitted,) = fit_baselines(dataset, target, {"label": config}, threads=1)
        return predict_baseline(dataset, fitted)


@pytest.fixture
def vectors(write_dataset, rng):
    """A data set whose target `depth` is a direction or a position, beside what tells it."""

    def make(kind, **changes):
        def change(_, arrays):
            events = len(arrays["targets/depth"])
            truth = rng.normal([0, 0, 4], 1.0, (events, 3))
            truth /= np.linalg.norm(truth, axis=1, keepdims=True)
            if kind == "position":
                truth = 500 * truth[:, :2] + [100, -300]
            arrays["targets/depth"] = truth.astype(np.float32)
            smeared = truth + 0.02 * np.abs(truth).max() * rng.normal(size=truth.shape)
            arrays["spectators/fit"] = smeared.astype(np.float32)
            arrays["spectators/noise"] = rng.normal(size=(events, 2)).astype(np.float32)
            arrays |= changes

        path = write_dataset(change=change)
        with open_dataset(path) as dataset:
            file_path = dataset.path
        import h5py

        with h5py.File(file_path, "r+") as file:
            for split in ("train", "validation", "test"):
                file[split]["targets/depth"].attrs["kind"] = kind
                file[split]["spectators/fit"].attrs["units"] = "g/cm2"
        return path

    return make


def opening_deg(found):
    cosine = (found.prediction * found.truth).sum(axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


@pytest.mark.parametrize("method", ["linear", "boosting"])
def test_directions_are_learnt_from_features_and_stay_unit_vectors(vectors, method):
    path = vectors("direction")
    found = predicted(path, "depth", method=method, features=["fit", "noise"])
    assert found.task == "direction"
    np.testing.assert_allclose(np.linalg.norm(found.prediction, axis=1), 1, atol=1e-6)
    constant = predicted(path, "depth", method="constant")
    assert np.median(opening_deg(found)) < 0.4 * np.median(opening_deg(constant))


@pytest.mark.parametrize("method", ["linear", "boosting"])
def test_positions_are_learnt_from_features(vectors, method):
    found = predicted(vectors("position"), "depth", method=method, features=["fit", "noise"])
    assert found.task == "position"
    miss = found.prediction - found.truth
    assert (miss.std(axis=0) < 0.4 * found.truth.std(axis=0)).all()


def test_constant_is_the_mean_direction_or_position(vectors):
    path = vectors("position")
    with open_dataset(path) as dataset:
        mean = dataset.target("train", "depth").mean(axis=0, dtype=float)
    np.testing.assert_allclose(predicted(path, "depth", method="constant").prediction[5], mean)
    path = vectors("direction")
    with open_dataset(path) as dataset:
        mean = dataset.target("train", "depth").mean(axis=0, dtype=float)
    found = predicted(path, "depth", method="constant").prediction
    np.testing.assert_allclose(found[5], mean / np.linalg.norm(mean))


def test_an_array_is_taken_as_it_stands(vectors, tmp_path):
    path = vectors("direction")
    found = predicted(path, "depth", method="array", array="fit")
    with open_dataset(path) as dataset:
        fit = dataset.spectators("test")["fit"].astype(float)
        np.testing.assert_allclose(
            found.prediction, fit / np.linalg.norm(fit, axis=1, keepdims=True), atol=1e-6
        )
        baselines = {
            "plane_fit": TypeAdapter(Baseline).validate_python({"method": "array", "array": "fit"})
        }
        fitted = fit_baselines(dataset, "depth", baselines, threads=1)
        write_baselines(tmp_path / "out", dataset, fitted, threads=1)
    again = read_predictions(tmp_path / "out" / "plane_fit.h5")
    assert again.task == "direction"
    np.testing.assert_allclose(again.prediction, found.prediction, atol=1e-6)
    place = predicted(vectors("position"), "depth", method="array", array="fit")
    assert np.abs(place.prediction - place.truth).max() < 100


def test_arrays_that_are_no_prediction_are_refused(vectors, write_dataset):
    path = vectors("direction")
    with pytest.raises(
        DataError, match=r"array 'noise' has \(shape, unit\) \(\(2,\), ''\).* targe"
    ):
        predicted(path, "depth", method="array", array="noise")
    with pytest.raises(DataError, match="target 'mass' has classes"):
        predicted(path, "mass", method="array", array="fit")

    def lose(_, arrays):
        arrays["spectators/half"][3] = np.nan

    path = write_dataset(change=lose)
    with pytest.raises(DataError, match="array 'half' is not finite for 1 of 100 test events"):
        predicted(path, "energy", method="array", array="half")


def test_linear_takes_features_too(write_dataset):
    found = predicted(write_dataset(), "depth", method="linear", features=["half"], oracle=True)
    assert np.abs(found.prediction - found.truth).max() < 1
    assert json.loads(found.config)["oracle"] is True


def test_features_of_any_scale_and_offset_serve_a_linear_model(rng):
    scale, offset = np.array([1e-3, 1.0, 1e4]), np.array([50.0, 0.0, 1e6])
    samples = []
    for _ in range(2):
        plain = rng.normal(size=(400, 3))
        columns = (offset + scale * plain).astype(np.float32)
        columns[::50, 0] = np.nan
        samples.append(fits.Sample(columns, plain @ [1.0, -2.0, 3.0]))
    model = fits.linear_of_features(*samples, classes=False)
    miss = model(samples[1].columns) - samples[1].answers
    assert np.delete(miss, np.arange(0, 400, 50)).std() < 0.02


def test_trees_on_features_are_larger_and_slower_unless_told():
    parse = TypeAdapter(Baseline).validate_python
    assert fitting._trees(parse({"method": "boosting"})) == fits.FOR_INPUTS
    few = fitting._trees(parse({"method": "boosting", "features": ["a"]}))
    assert few == fits.FOR_FEATURES
    assert few.learning_rate < fits.FOR_INPUTS.learning_rate
    given = {"iterations": 7, "learning_rate": 0.3, "leaves": 4}
    told = fitting._trees(parse({"method": "boosting", "features": ["a"], **given}))
    assert (told.iterations, told.learning_rate, told.leaves) == (7, 0.3, 4)
    assert told.patience == fits.FOR_FEATURES.patience


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"kind": "direction", "baselines": {"x": {"method": "formula", "formula": "a"}}}, "not a"),
        (
            {"classes": {"p": 1, "q": 2}, "baselines": {"x": {"method": "array", "array": "a"}}},
            "are arrays, which are values and not classes",
        ),
        ({"kind": "direction", "log": True}, "several coordinates"),
    ],
)
def test_baselines_that_cannot_predict_a_target_are_refused(target, words):
    with pytest.raises(ValidationError, match=words):
        Target.model_validate({"array": "y"} | target)
