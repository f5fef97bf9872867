"""One exercise of the functions study through the workflow, up to its decision boundary."""

import json

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.conftest import Runner


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """Two layers learn XOR, with snapshots; one neuron OR, without; both of few events."""
    study = json.loads(
        json.dumps(yaml.safe_load((ROOT / "config" / "functions.yaml").read_text()))
    )  # so that what YAML's anchors share is changed one at a time
    keep = ("xor_two_layers", "or_one_neuron")
    study["experiments"] = {name: study["experiments"][name] for name in keep}
    for name in keep:
        study["experiments"][name]["evaluation"] = {"bootstrap": 20, "bins": 2}
    del study["experiments"]["or_one_neuron"]["training"]["snapshots"]
    study["experiments"]["xor_two_layers"]["training"] |= {"epochs": 40, "snapshots": [2, 10]}
    for name in ("xor_gate", "or_gate"):
        study["samples"][name] |= {"events": 500, "events_per_job": 500}
    return Runner(tmp_path_factory.mktemp("functions"), study, cold=True)


def test_only_trainings_that_are_asked_keep_snapshots(runner):
    jobs = runner.jobs()
    assert jobs["train_with_snapshots"] == 1
    assert jobs["train"] == 1


def test_the_boundary_of_xor_is_drawn(runner):
    figures = "results/functions/figures/xor_two_layers/output"
    runner(figures)
    assert (runner.results / "models/xor_two_layers/1/snapshots.h5").is_file()
    assert (runner.folder / figures / "decision_boundary.png").is_file()
    assert runner.metrics("xor_two_layers", "output")["metrics"]["accuracy"]["value"] > 0.98
    tables = runner.results / "tables/xor_two_layers/output"
    quality = pd.read_csv(tables / "snapshot_quality.csv")
    assert list(quality["epoch"][:2]) == [2, 10]
    assert quality["value"].iloc[-1] > 0.98
    grid = pd.read_csv(tables / "decision_boundary.csv")
    grid = grid[grid["trained"] == 1].copy()
    (listed_class,) = grid["class"].unique()
    if listed_class == "zero":
        grid["probability"] = 1 - grid["probability"]
    near = {
        corner: grid.loc[
            (grid["first"] - corner[0]).abs() + (grid["second"] - corner[1]).abs() < 0.1,
            "probability",
        ].mean()
        for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]
    }
    assert max(near[0, 0], near[1, 1]) < 0.2
    assert min(near[0, 1], near[1, 0]) > 0.8
    listed = runner.metrics("xor_two_layers", "output")["tables"]
    assert {"decision_boundary.csv", "snapshot_quality.csv"} <= set(listed)
