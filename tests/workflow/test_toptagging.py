"""The quick study of top taggers, made small: jets, weights, taggers, comparison, shifts."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from footprint.files.datasets import open_dataset
from tests.conftest import ROOT
from tests.workflow.conftest import Runner

NETWORKS = ("image_cnn", "pfn", "topodnn")
SETS = ("mpi", "efficiency")
FEATURES = ["jet_mass", "soft_drop_mass", "tau21", "tau32", "constituents"]


def small():
    """The shipped study with few jets, three of its networks and one epoch."""
    study = json.loads(
        json.dumps(yaml.safe_load((ROOT / "config" / "toptagging.yaml").read_text()))
    )  # so that what YAML's anchors share is changed one at a time
    for sample in study["samples"].values():
        sample |= {"events": 512, "events_per_job": 512}
    dataset = study["datasets"]["jets"]
    dataset["split"] = {"train": 0.5, "validation": 0.1, "test": 0.4}
    dataset["weights"]["flatten"]["bins"] = 4
    dataset["spectators"] = ["jet_pt", *FEATURES]  # each has spectra, which take their time
    dataset["targets"]["jet"]["baselines"]["boosting"] |= {"iterations": 40, "features": FEATURES}
    study["experiments"] = {name: study["experiments"][name] for name in NETWORKS}
    for experiment in study["experiments"].values():
        experiment["training"] |= {"epochs": 1}
        experiment["evaluation"] |= {"bootstrap": 20, "bins": 2}
        experiment["evaluation"]["tagging"]["against"] = ["jet_pt"]
        experiment["evaluation"].pop("inside", None)  # has tests of its own
        experiment["seeds"] = [1]
    study["experiments"]["image_cnn"]["model"] |= {"filters": [4, 4], "units": [8]}
    study["experiments"]["topodnn"]["model"]["units"] = [8]
    study["experiments"]["pfn"]["seeds"] = [1, 2]
    study["variations"] |= {
        "events": 192,
        "events_per_job": 192,
        "sets": {name: study["variations"]["sets"][name] for name in SETS},
        "experiments": ["image_cnn"],
    }
    return study


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    runner = Runner(tmp_path_factory.mktemp("toptagging"), small())
    runner.output = runner(timeout=900).text
    return runner


def table(runner, name):
    return pd.read_csv(runner.results / "tables" / name)


def test_methods_without_training_tag_tops_already(finished):
    baselines = finished.metrics("image_cnn", "jet")["baselines"]
    assert 0.8 < baselines["cuts"]["auc_top"]["value"] < 1
    assert 0.95 < baselines["boosting"]["auc_top"]["value"] < 1
    # Jets outside the window of the mass are never tagged: some tops are lost for good.
    assert baselines["cuts"]["auc_top"]["value"] < baselines["boosting"]["auc_top"]["value"]


def test_all_taggers_stand_in_one_figure(finished):
    roc = table(finished, "comparisons/jets/jet/tagging_roc.csv")
    expected = {*NETWORKS, "pfn_ensemble", "cuts", "boosting"}
    assert expected <= set(roc["method"])
    for name in ("tagging_roc", "rejection", "significance_improvement", "decorrelation"):
        assert (finished.results / f"figures/comparisons/jets/jet/{name}.png").is_file()


def test_working_points_are_there_for_other_programs(finished):
    folder = finished.results / "tables/pfn/jet"
    found = json.loads((folder / "working_points.json").read_text())
    assert (found["signal"], found["thresholds_from"]) == ("top", "test")
    rows = table(finished, "pfn/jet/working_points.csv")
    assert set(rows["method"]) == {"pfn", "pfn_ensemble", "cuts", "boosting"}
    chosen = rows.dropna(subset="threshold")
    assert not chosen.empty
    assert (chosen["mistag_rate"] <= chosen["working_point"] + 1e-9).all()
    boosting = rows[(rows["method"] == "boosting") & (rows["working_point"] == 0.1)]
    assert boosting["signal_efficiency"].item() > 0.8


def test_the_two_spectra_of_pt_agree_after_weights(finished):
    closure = table(finished, "datasets/jets/closure.csv")
    train = closure[closure["split"] == "train"]
    assert set(train["class"]) == {"qcd", "top"}
    # Both classes reach the goal exactly where the weights come from; tops needed them to.
    assert train["after"].to_numpy() == pytest.approx(train["goal"].to_numpy(), abs=1e-6)
    tops = train[train["class"] == "top"]
    assert (tops["before"] - tops["goal"]).abs().max() > 0.01
    assert list((finished.results / "figures/datasets/jets").glob("flattening*.png"))
    assert list((finished.results / "figures/datasets/jets").glob("mean_image*.png"))


def test_taggers_are_judged_with_more_collisions_and_lost_particles(finished):
    folder = finished.results / "variations/tables/jets/jet"
    shifts = pd.read_csv(folder / "shifts.csv")
    assert set(shifts["point"]) == {"mpi", "efficiency"}
    assert {"image_cnn", "cuts", "boosting"} == set(shifts["method"])
    jets = {}
    for point in ("nominal", *SETS):
        with open_dataset(finished.results / f"variations/datasets/{point}/jets.h5") as dataset:
            jets[point] = dataset.spectators("test")["constituents"]
    mean = {point: found.mean() for point, found in jets.items()}
    error = {point: found.std() / len(found) ** 0.5 for point, found in jets.items()}
    # More collisions bring more constituents to each jet.
    assert mean["mpi"] > 1.05 * mean["nominal"]
    # Lost particles take their share away. The jets are others, so two means are compared within
    # their errors; tests/simulate/test_pythia_detector.py compares jet by jet.
    share = small()["variations"]["sets"]["efficiency"]["constituent_efficiency"]
    uncertain = np.hypot(error["efficiency"], share * error["nominal"])
    assert mean["efficiency"] == pytest.approx(share * mean["nominal"], abs=3 * uncertain)
    figures = finished.results / "variations/figures/jets/jet"
    assert (figures / "shifts.png").is_file()
    assert (figures / "shifted_roc_image_cnn_top.png").is_file()


def test_the_report_tells_it_all(finished):
    assert (finished.results / "report.html").is_file()
    summary = (finished.results / "summary.md").read_text()
    for name in NETWORKS:
        assert f"| {name} |" in summary
