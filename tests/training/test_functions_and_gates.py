"""What a neuron can learn and what it cannot; how a fit comes to follow its function."""

from pathlib import Path

import numpy as np
import pytest

from footprint.config import load_study
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.files.snapshots import read_snapshot_predictions
from footprint.simulate.generate import simulate_part
from tests.conftest import ROOT
from tests.training.test_snapshots import predicted, trained

STUDY = load_study(ROOT / "config" / "functions.yaml")
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
TRUTH = {"or_gate": [0, 1, 1, 1], "and_gate": [0, 0, 0, 1], "xor_gate": [0, 1, 1, 0]}


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    """The shipped data sets, of fewer events."""
    folder, paths = tmp_path_factory.mktemp("functions"), {}
    for name, count in (("or_gate", 400), ("and_gate", 400), ("xor_gate", 400), ("curve", 2500)):
        events, paths[name] = folder / f"{name}-events.h5", folder / f"{name}.h5"
        simulate_part(events, name, STUDY.samples[name], seed=1, first=0, count=count)
        build_dataset(paths[name], name, STUDY.datasets[name], {name: [events]})
    return paths


def of_study(name: str, **training: object) -> Experiment:
    given = STUDY.experiments[name].model_dump(mode="json", exclude_none=True)
    given["training"] |= {"snapshots": [], **training}
    return Experiment.model_validate(given)


def right_corners(datasets, name: str, folder: Path, seed: int, epochs: int = 60) -> float:
    """Train an experiment of the study, and count the corners that it gets right."""
    rate = {"learning_rate": 0.05}
    config = of_study(name, epochs=epochs, optimizer=rate)
    path = datasets[config.dataset]
    result = trained(path, config, folder / f"{name}{seed}.h5", seed)
    with open_dataset(path) as opened:
        scale = opened.normalisation("bits")
    answers = result.network.predict_on_batch({"bits": scale.apply(CORNERS).astype(np.float32)})
    right = answers["output"].argmax(axis=1) == TRUTH[config.dataset]
    return float(right.mean())


@pytest.mark.parametrize("gate", ["or", "and"])
def test_one_neuron_learns_or_and_and(gate, datasets, tmp_path):
    assert right_corners(datasets, f"{gate}_one_neuron", tmp_path, seed=1) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_xor_is_learnt_by_two_layers_and_not_by_one_neuron(seed, datasets, tmp_path):
    assert right_corners(datasets, "xor_two_layers", tmp_path, seed) == 1
    # No straight line has both true corners on one side and both others on the other.
    assert right_corners(datasets, "xor_one_neuron", tmp_path, seed, epochs=15) <= 0.75


def test_one_neuron_is_one_layer_of_a_weight_for_each_input(datasets, tmp_path):
    config = of_study("xor_one_neuron", epochs=1)
    network = trained(datasets["xor_gate"], config, tmp_path / "c.h5").network
    # Two classes: the softmax of two sums is the sigmoid of their difference.
    assert [values.shape for values in network.get_weights()] == [(2, 2), (2,)]


def test_a_fit_comes_closer_to_its_function_epoch_by_epoch(datasets, tmp_path):
    options = STUDY.samples["curve"].options
    config = of_study("curve_relu", epochs=60, snapshots=[1, 10])
    path = datasets["curve"]
    predicted(path, config, trained(path, config, tmp_path / "c.h5"), tmp_path)
    found = read_snapshot_predictions(tmp_path / "y.h5")
    assert list(found.epoch[:2]) == [1, 10]
    residuals = found.point_prediction.astype(np.float64) - found.truth
    after_1, after_10, last = np.sqrt((residuals**2).mean(axis=1))
    constant = found.truth.std()
    assert after_1 > 1.2 * after_10 > 1.5 * last
    assert last < 0.25 * constant
    assert last > 0.9 * options.noise  # events that were not trained on keep their noise
    # Without noise, over the range of x, the fit is nearer to the function than an event is.
    x = found.grid[:, 0].astype(np.float64)
    inside = np.abs(x) < 3.8
    truth = 0.3 * x + np.abs(x) / 2 + np.sin(3 * x) * np.exp(-(x**2) / 8)
    away = (found.grid_prediction[-1] - truth)[inside]
    assert np.sqrt((away**2).mean()) < options.noise
