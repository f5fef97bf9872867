"""Flows through the one training loop: variables of an input, and the joint density of targets."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from tests.training.test_fit import killed_and_resumed, trained

FLOW = {"name": "flow", "blocks": 2, "units": [8], "dropout": 0.05}
VARIABLES = {"task": "density", "variables": "ab", "inputs": []}
TARGETS = {"task": "density", "targets": ["total"], "inputs": ["ab"]}


def experiment(learnt, epochs=4, rate=0.01, **model):
    return Experiment.model_validate({
        "dataset": "d", **learnt, "model": {**FLOW, **model},
        "training": {"epochs": epochs, "batch_size": 50, "optimizer": {"learning_rate": rate}},
    })  # fmt: skip


@pytest.mark.parametrize("learnt", [VARIABLES, TARGETS], ids=["variables", "targets"])
def test_a_killed_training_goes_on_to_the_same_weights(dataset, tmp_path, monkeypatch, learnt):
    killed_and_resumed(dataset, experiment(learnt), tmp_path, monkeypatch)


def test_the_density_of_a_target_is_learnt_under_its_conditions(dataset, tmp_path):
    from footprint.models import flow
    from footprint.training.distributions import TARGETS as NAME
    from footprint.training.distributions import distribution_of

    config = experiment(TARGETS, epochs=40, units=[16], dropout=0.0)
    result = trained(dataset, config, tmp_path / "c.h5")
    first, last = (result.progress.history[i]["validation_loss"] for i in (0, -1))
    assert last < first - 1, "the sum follows from its terms: its density is narrow"
    with open_dataset(dataset) as opened:
        values = distribution_of(opened, config).encoded(opened, "test")
        conditions = opened.inputs("test", ["ab"], slice(None))
    latent = np.random.default_rng(1).normal(size=(len(values), 50, 1)).astype(np.float32)
    draws, _ = flow.posterior_sampler(result.network, NAME)(conditions, latent)
    assert np.corrcoef(draws.mean(axis=1)[:, 0], values[:, 0])[0, 1] > 0.98


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.arange(1200) % 7 + 0.5, "takes 7 values alone"),
        (
            np.where(np.arange(1200) % 5 == 0, 0.0, np.linspace(1, 2, 1200)),
            "has the same value in at least 5 % of all places",
        ),
    ],
)
def test_what_repeats_values_has_no_density(tmp_path, write_events, values, found):
    from footprint.training.distribution_network import distribution_network
    from footprint.training.distributions import distribution_of

    part = write_events({"a": np.linspace(0, 1, 1200), "b": values})
    config = Dataset.model_validate({"samples": ["s"], "inputs": {"ab": ["a", "b"]}})
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    config = experiment(VARIABLES)
    with open_dataset(tmp_path / "d.h5") as opened, pytest.raises(TrainingError) as stop:
        distribution_network(config, distribution_of(opened, config), 1)
    assert str(stop.value) == (
        f"'b' of 'ab' {found}, so that it has no density: smear it by a derived formula, such as "
        f"b + random_uniform, or leave it out; or take task: generation with model wgan"
    )
