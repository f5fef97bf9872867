"""A network that predicts its own uncertainty recovers the noise that is known."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import FileFormatError, TrainingError
from footprint.evaluation.bootstrap import bootstrap
from footprint.evaluation.judge import measure_of
from footprint.evaluation.uncertainty import normal_of
from footprint.files.datasets import Normalisation, open_dataset
from footprint.files.predictions import VALIDATION, read_predictions
from footprint.training.goals import Goal

EVENTS = 16000
OFFSET, UNIT = 700.0, 50.0
DENSE = {"name": "dense", "units": [32, 32]}


def sigma_of(x):
    """The noise of the toy, tenfold from one end to the other."""
    return 0.1 * 10 ** (0.5 * x)


def truth_of(x):
    return x + 0.5 * np.sin(3 * x)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A depth with noise that grows with x, and an energy whose log10 has the same."""
    from footprint.files.events import EventWriter
    from footprint.files.hdf5 import ArraySpec
    from footprint.seeds import event_ids

    rng, folder = np.random.default_rng(4), tmp_path_factory.mktemp("toy")
    x = rng.uniform(-1, 1, EVENTS)
    depth, lg_energy = truth_of(x) + sigma_of(x) * rng.normal(size=(2, EVENTS))
    arrays = {"x": x, "depth": OFFSET + UNIT * depth, "energy": 10.0**lg_energy}
    with EventWriter(
        folder / "s.h5", [ArraySpec(name, "", name) for name in arrays],
        sample="s", config="{}", seed=1,
    ) as writer:  # fmt: skip
        writer.append({"event_id": event_ids("s", 0, EVENTS), **arrays})
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"x": ["x"]}, "spectators": ["x"],
        "targets": {"depth": {"array": "depth"},
                    "energy": {"array": "energy", "log": True, "relative": True}},
        "split": {"train": 0.6, "validation": 0.1, "test": 0.3},
    })  # fmt: skip
    build_dataset(folder / "d.h5", "d", config, {"s": [folder / "s.h5"]})
    return folder / "d.h5"


@pytest.fixture(scope="module")
def learnt(toy, tmp_path_factory):
    """What one network of both targets says of the test events."""
    from footprint.training.fit import fit
    from footprint.training.predictions import save_all

    gaussian = {"loss": "gaussian"}
    config = Experiment.model_validate({
        "dataset": "d", "targets": {"depth": gaussian, "energy": gaussian}, "model": DENSE,
        "training": {"epochs": 25, "batch_size": 128, "optimizer": {"learning_rate": 5e-3},
                     "schedule": {"name": "cosine"}},
    })  # fmt: skip
    folder, kept = tmp_path_factory.mktemp("learnt"), {}
    with open_dataset(toy) as dataset:
        network = fit(dataset, config, 1, folder / "c.h5").network
        own = {"method": "m", "config": config, "seed": 1}
        save_all(folder, network, dataset, validation=True, **own)
        expected = {split: dataset.event_id(split) for split in ("test", "validation")}
    for split, place in (("test", folder), ("validation", folder / VALIDATION)):
        found = {name: read_predictions(place / f"{name}.h5") for name in ("depth", "energy")}
        assert np.array_equal(found["depth"].event_id, expected[split])
        kept[split] = found
    return kept["test"]


@pytest.mark.parametrize(("target", "unit"), [("depth", UNIT), ("energy", 1.0)])
def test_the_known_noise_is_recovered(learnt, target, unit):
    found = learnt[target]
    x = found.spectators["x"].astype(np.float64)
    normal = normal_of(found)
    ratio = normal.sigma / (unit * sigma_of(x))
    assert np.sqrt(np.mean(np.log(ratio) ** 2)) < 0.1
    offset = OFFSET if target == "depth" else 0.0
    pull = (normal.mean - offset - unit * truth_of(x)) / (unit * sigma_of(x))
    assert np.sqrt(np.mean(pull**2)) < 0.2  # the mean is known far better than one event is
    numbers = bootstrap(
        measure_of(found, Experiment.model_validate(
            {"dataset": "d", "task": "regression", "model": DENSE}).evaluation),
        len(x), 100,
    )  # fmt: skip
    # The network's own imperfection is added to the statistical error.
    for name, expected in (("pull_width", 1.0), ("pull_mean", 0.0)):
        assert numbers[name].value == pytest.approx(expected, abs=4 * numbers[name].error + 0.02)
    for name, expected in (("coverage_68", 68.27), ("coverage_95", 95.45)):
        assert numbers[name].value == pytest.approx(expected, abs=4 * numbers[name].error + 1)
    best = np.mean(norm.logpdf((normal.truth - offset) / unit, truth_of(x), sigma_of(x)))
    gap = best - np.log(unit) - numbers["log_likelihood"].value
    assert -0.01 < gap < 0.05  # in nat; no network is better than the truth but by chance


def test_sigma_of_a_logarithm_is_half_of_the_range_of_one_sd(learnt):
    found = learnt["energy"]
    assert found.log
    normal = normal_of(found)
    low, high = (10.0 ** (normal.mean + sign * normal.sigma) for sign in (-1, 1))
    assert found.sigma == pytest.approx((high - low) / 2, rel=1e-5)
    assert 10.0**normal.mean == pytest.approx(found.prediction, rel=1e-5)


def test_the_loss_is_minus_the_logarithm_of_the_normal_density():
    from keras import ops

    from footprint.training import gaussian

    rng = np.random.default_rng(1)
    truth, mean, raw = rng.normal(size=(3, 50, 2)).astype(np.float32)
    outputs = np.concatenate([mean, raw], axis=1)
    loss = ops.convert_to_numpy(gaussian.negative_log_likelihood(truth, outputs))
    expected = -norm.logpdf(truth, mean, gaussian.sigma(raw)).sum(axis=1)
    assert loss == pytest.approx(expected, rel=1e-5)
    metric = gaussian.error_of_mean()
    metric.update_state(truth, outputs)
    assert float(metric.result()) == pytest.approx(np.abs(truth - mean).mean(), rel=1e-6)
    # Near zero the second output is ln sigma itself; far away it stays within limits.
    assert gaussian.sigma(np.array([0.01])) == pytest.approx(np.exp(0.01), rel=1e-6)
    assert gaussian.sigma(np.array([-1e6, 1e6])) == pytest.approx(np.exp([-10.0, 10.0]))


def test_sigma_comes_back_to_physical_units():
    scale = Normalisation(np.array(700.0), np.array(50.0))
    outputs = np.array([[0.5, 0.0], [1.0, -1.0]], np.float32)
    plain = Goal("depth", (), scale, log=False, task="regression", loss="gaussian")
    assert plain.output.units == 2
    ln_sigma = 10 * np.tanh(-0.1)
    assert plain.decode(outputs, (2,)) == pytest.approx([725.0, 750.0])
    assert plain.decode_sigma(outputs, (2,)) == pytest.approx([50.0, 50 * np.exp(ln_sigma)])
    without = Goal("depth", (), scale, log=False, task="regression")
    assert without.decode_sigma(outputs[:, :1], (2,)) is None


@pytest.mark.parametrize("task", ["classification", "direction", "position"])
def test_only_values_have_a_gaussian(task):
    with pytest.raises(ValidationError, match=r"loss 'gaussian' (is for values|does not fit)"):
        Experiment.model_validate(
            {"dataset": "d", "task": task, "model": DENSE, "training": {"loss": "gaussian"}}
        )


def test_a_target_of_another_kind_is_refused_when_it_is_learnt(tmp_path, write_events):
    from footprint.training.fit import fit

    axis = np.random.default_rng(1).normal(size=(200, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    part = write_events({"x": axis[:, 0], "axis": axis})
    data = Dataset.model_validate({
        "samples": ["s"], "inputs": {"x": ["x"]},
        "targets": {"axis": {"array": "axis", "kind": "direction"}},
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", data, {"s": [part]})
    config = Experiment.model_validate(
        {"dataset": "d", "targets": {"axis": {"loss": "gaussian"}}, "model": DENSE}
    )
    refused = pytest.raises(TrainingError, match="loss 'gaussian' is for values")
    with open_dataset(tmp_path / "d.h5") as opened, refused:
        fit(opened, config, 1, tmp_path / "c.h5")


def test_a_sigma_that_diverged_is_named(learnt, tmp_path):
    from footprint.files.predictions import write_predictions

    bad = learnt["depth"].sigma.copy()
    bad[3] = np.inf
    with pytest.raises(FileFormatError, match=r"1 of .* values of sigma are not positive"):
        write_predictions(tmp_path / "p.h5", replace(learnt["depth"], sigma=bad))
    with pytest.raises(FileFormatError, match="expected one for each value of a regression"):
        write_predictions(tmp_path / "p.h5", replace(learnt["depth"], sigma=bad[:5]))
