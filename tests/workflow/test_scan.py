"""A scan as jobs: the choice becomes the experiment's network, and only new points are trained."""

import json

import pandas as pd
import pytest

from tests.workflow.conftest import Runner
from tests.workflow.weights import weights_of

RATE = "training.optimizer.learning_rate"


def scanned(**scan):
    from tests.conftest import TINY

    study = json.loads(json.dumps(TINY))
    del study["variations"], study["experiments"]["mass_layers"]
    del study["datasets"]["showers"]["targets"]["mass"]
    study["samples"]["showers"] |= {"events": 250, "events_per_job": 250}
    study["experiments"]["xmax_cnn"] |= {"scan": scan, "training": {"epochs": 1}}
    return study


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A scan of which one point diverges, up to its figures and the prediction."""
    study = scanned(parameters={RATE: [0.001, 0.01, 1e38]})
    runner = Runner(tmp_path_factory.mktemp("scan"), study)
    runner("results/tiny/figures/scans/xmax_cnn", "results/tiny/predictions/xmax_cnn",
           "results/tiny/models/xmax_cnn/2/model.keras")  # fmt: skip
    return runner


def test_the_best_point_becomes_the_network_of_the_experiment(done):
    table = pd.read_csv(done.results / "tables/scans/xmax_cnn/points.csv").set_index(RATE)
    assert table.loc[1e38, "status"] == "failed"
    assert "became" in table.loc[1e38, "reason"]
    losses = table["validation_loss"].dropna()
    best = losses.idxmin()
    assert len(losses) == 2
    assert table.loc[best, "status"] == "chosen"
    models = done.results / "models/xmax_cnn"
    point = models / "scan" / table.loc[best, "point"]
    assert weights_of(models / "1/model.keras") == weights_of(point / "model.keras")
    assert (models / "1/history.csv").read_text() == (point / "history.csv").read_text()
    other = json.loads((models / "2/training.json").read_text())
    assert other["seed"] == 2
    assert other["experiment"]["training"]["optimizer"]["learning_rate"] == best
    assert (done.results / "figures/scans/xmax_cnn/scan.pdf").stat().st_size > 1000
    assert not list(done.results.rglob("checkpoint.h5"))


def test_only_new_points_are_trained(done):
    values = done.study["experiments"]["xmax_cnn"]["scan"]["parameters"]
    assert done.jobs("results/tiny/models/xmax_cnn/2/model.keras") == {}
    values[RATE] = [0.0001, 0.001, 0.02, 1e38]
    jobs = done.jobs("results/tiny/models/xmax_cnn/2/model.keras")
    values[RATE] = [0.001, 0.01, 1e38]
    assert (jobs["train_point"], jobs["choose"], jobs["train"]) == (2, 1, 1)


def test_rounds_of_optuna_follow_each_other(tmp_path):
    parameters = {RATE: {"low": 1e-4, "high": 1e-2, "log": True}}
    study = scanned(method="optuna", budget=5, rounds=2, parameters=parameters)
    runner = Runner(tmp_path, study)
    jobs = runner.jobs("results/tiny/models/xmax_cnn/1/model.keras")
    assert (jobs["propose"], jobs["train_proposal"], jobs["take_chosen"]) == (2, 5, 1)
    assert "train" not in jobs
    first = "results/tiny/models/xmax_cnn/scan/proposals/1.json"
    assert runner.jobs(first) == {"propose": 1}
    second = "results/tiny/models/xmax_cnn/scan/proposals/2.json"
    assert runner.jobs(second)["train_proposal"] == 3
