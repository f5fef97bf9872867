"""Distributions through the workflow: a generator, a posterior and a density, made small."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from footprint.files.predictions import read_predictions
from footprint.files.samples import read_samples
from tests.conftest import ROOT
from tests.workflow.conftest import Runner

FIGURES = "results/generative/figures"


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """The study of generators with few events, of everything one, and without jets."""
    study = json.loads(
        json.dumps(yaml.safe_load((ROOT / "config" / "generative.yaml").read_text()))
    )  # so that what YAML's anchors share is changed one at a time
    keep = ("footprint_wgan", "posterior", "moons_spline")
    study["experiments"] = {name: study["experiments"][name] for name in keep}
    for experiment in study["experiments"].values():
        experiment["training"] |= {"epochs": 2, "snapshots": []}
        experiment.setdefault("evaluation", {})["bootstrap"] = 20
    # Of few steps a generator makes no station that triggers.
    study["experiments"]["footprint_wgan"]["training"] |= {
        "epochs": 4,
        "batch_size": 16,
        "snapshots": [1, 3],
    }
    for name in ("qcd", "top"):
        del study["samples"][name]
    del study["datasets"]["jets"]
    for target in study["datasets"]["measurements"]["targets"].values():
        target["baselines"] = {"constant": {"method": "constant"}}
    study["samples"]["showers"] |= {"events": 1024, "events_per_job": 1024}
    study["samples"]["moons"] |= {"events": 1500, "events_per_job": 1500}
    made = Runner(tmp_path_factory.mktemp("generative"), study)
    made(
        f"{FIGURES}/footprint_wgan/footprint",
        f"{FIGURES}/posterior/xmax",
        f"{FIGURES}/moons_spline/point",
        "results/generative/summary.md",
    )
    return made


def test_generated_footprints_lie_beside_real_ones(runner):
    samples = read_samples(runner.results / "predictions/footprint_wgan/1/footprint.h5")
    signal = samples.generated.arrays["signal"]
    assert signal.shape == samples.real.arrays["signal"].shape == (samples.events, 9, 9)
    silent = np.isnan(signal)
    assert 0 < silent.mean() < 1
    np.testing.assert_array_equal(np.isnan(samples.generated.arrays["arrival_time"]), silent)
    geometry = {"seen_distance", "seen_plane_time"}
    assert set(samples.conditions) == {"lg_energy", "zenith", "mass_number"} | geometry
    masses = set(np.round(np.unique(samples.conditions["mass_number"]), 3))
    assert masses <= {*range(1, 11), 12, 14, 16, 20, 24, 28, 32, 40, 48, 56}
    assert "station_x" in samples.constants


def test_a_generator_is_judged(runner):
    found = runner.metrics("footprint_wgan", "footprint")
    assert found["task"] == "generation"
    metrics = found["metrics"]
    assert metrics["mean_wasserstein"]["value"] > 0
    assert metrics["mean_wasserstein"]["error"] > 0
    assert 0.5 < metrics["two_sample_auc"]["value"] <= 1
    floor = found["baselines"]["training_events"]["mean_wasserstein"]["value"]
    assert floor < metrics["mean_wasserstein"]["value"]
    timing = json.loads((runner.results / "timings/showers.json").read_text())
    assert timing["seconds_per_event"] > timing["seconds_per_event_error"] > 0
    assert metrics["speed_up"]["value"] > metrics["speed_up"]["error"] > 0
    names = {path.stem for path in (runner.folder / FIGURES / "footprint_wgan/footprint").iterdir()}
    assert {"comparison", "two_sample_roc", "learning_curve", "correlations"} <= names
    assert {"generated_by_epoch_signal", "generated_by_epoch_arrival_time"} <= names
    epochs = pd.read_csv(runner.results / "tables/footprint_wgan/footprint/pictures_by_epoch.csv")[
        "epoch"
    ]
    assert {1, 3} <= set(epochs.dropna())


def test_more_bootstrap_samples_train_no_two_sample_test_again(runner):
    """Only the evaluation and what follows depend on them."""
    study = json.loads(json.dumps(runner.study))
    study["experiments"]["footprint_wgan"]["evaluation"]["bootstrap"] = 21
    changed = Runner(runner.folder, study)
    assert changed.jobs(f"{FIGURES}/footprint_wgan/footprint") == {"evaluate": 1, "draw": 1}


def test_another_seed_tells_no_events_of_the_others_apart_again(runner):
    study = json.loads(json.dumps(runner.study))
    study["experiments"]["footprint_wgan"]["seeds"] = [1, 2]
    jobs = Runner(runner.folder, study).jobs(f"{FIGURES}/footprint_wgan/footprint")
    assert jobs == {
        "train_with_snapshots": 1, "predict": 1, "two_sample": 1, "evaluate": 1, "draw": 1,
    }  # fmt: skip


def test_a_posterior_stands_beside_numbers(runner):
    predictions = read_predictions(runner.results / "predictions/posterior/1/xmax.h5")
    assert predictions.task == "regression"
    assert predictions.samples is not None
    np.testing.assert_allclose(predictions.prediction, predictions.samples.mean(axis=1), rtol=1e-4)
    metrics = runner.metrics("posterior", "xmax")["metrics"]
    assert {"rmse", "coverage_68", "crps", "log_likelihood"} <= set(metrics)
    assert 20 < metrics["coverage_68"]["value"] <= 100
    names = {path.stem for path in (runner.folder / FIGURES / "posterior/xmax").iterdir()}
    assert {"coverage", "pit"} <= names


def test_a_density_is_held_against_the_truth(runner):
    found = runner.metrics("moons_spline", "point")
    learnt = found["metrics"]["log_likelihood"]["value"]
    truth = found["baselines"]["truth"]["log_likelihood"]["value"]
    assert learnt < truth
    table = pd.read_csv(runner.results / "tables/moons_spline/point/log_density.csv")
    assert len(table)


def test_all_of_it_is_in_the_summary(runner):
    summary = (runner.results / "summary.md").read_text()
    for name in ("footprint_wgan", "posterior", "moons_spline"):
        assert name in summary
