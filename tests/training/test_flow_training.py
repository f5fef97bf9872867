"""Flows through the one training loop: variables of an input, and the joint density of targets."""

import numpy as np
import pytest

from footprint.config.experiments import Experiment
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
