"""The three scripts from end to end, on a made-up data set and made-up networks."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.metrics import Metrics, read_metrics
from footprint.files.predictions import read_predictions

SCRIPTS = Path(__file__).parents[2] / "scripts"
COLUMNS = {
    "learning_curve": "seed,epoch,loss,validation_loss,learning_rate,accuracy,validation_accuracy",
    "comparison": "method,kind,metric,value,error,spread,unit",
    "roc": "method,class,signal_efficiency,false_positive_rate,low,high",
    "auc": "method,class,auc,error",
    "confusion_matrix": "truth,predicted,count,fraction,error",
    "scores": "class,truth,low,high,density,error",
    "reliability": "class,low,high,predicted,observed,error,events",
    "truth_vs_prediction": "truth_low,truth_high,prediction_low,prediction_high,count",
    "residuals": "method,low,high,density,error",
    "distances": "method,low,high,density,error,cumulative,cumulative_error",
    "containment": "method,variable,units,low,high,centre,events,distance_68,distance_68_error,"
    "distance_50,distance_50_error,distance_95,distance_95_error",
    "accuracy": "method,variable,units,low,high,centre,events,accuracy,accuracy_error",
    "confusion_matrices": "variable,units,low,high,centre,events,truth,predicted,count,fraction,"
    "error",
    "separation": "method,kinds,variable,units,low,high,centre,events,merit_factor,"
    "merit_factor_error,separation_auc,separation_auc_error",
    "resolution": "method,variable,units,low,high,centre,events,bias,bias_error,sd,sd_error,"
    "rmse,rmse_error,half_width_68,half_width_68_error",
}
CLASSIFICATION = ["learning_curve", "comparison", "roc", "auc", "confusion_matrix", "scores"]
BASELINES = {
    "constant": {"method": "constant"},
    "linear": {"method": "linear"},
    "oracle": {"method": "boosting", "features": ["half"], "oracle": True, "iterations": 20},
}


def script(name):
    return runpy.run_path(str(SCRIPTS / f"{name}.py"))["main"]


def history(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate\n"
        "1,1.5,0.3,1.6,0.3,0.001\n2,1.0,0.5,1.1,0.4,0.001\n"
    )
    return path


@pytest.fixture
def evaluated(write_dataset, tmp_path, experiment, write, rng):
    """Run baselines.py and evaluate.py for an experiment with two seeds on one target."""

    def run(name, target, *, model="cnn", sharpness=0.8, label=None):
        data, folder = write_dataset(), tmp_path / "baselines" / target
        script("baselines")(data, target, json.dumps(BASELINES), [folder])
        simple = read_predictions(folder / "linear.h5")
        networks = []
        for seed in (1, 2):
            if simple.classes:
                right = np.eye(2)[simple.truth]
                mixed = sharpness * right + (1 - sharpness) * rng.dirichlet([1, 1], len(right))
            else:
                mixed = simple.truth + rng.normal(0, 5 / sharpness, simple.truth.shape)
            networks.append(
                write(
                    replace(simple, method=name, seed=seed, prediction=mixed.astype(np.float32)),
                    name,
                )
            )
        task = "classification" if simple.classes else "regression"
        against = {} if simple.classes else {"against": ["noise"]}
        config = experiment(task, model, seeds=[1, 2], **against)
        outputs = tmp_path / f"{name}.json", tmp_path / "tables" / name
        histories = [history(tmp_path / name / f"{seed}.csv") for seed in (1, 2)]
        script("evaluate")(
            networks, name, config.model_dump_json(), *outputs, [folder], histories, label
        )
        return outputs

    return run


def check_tables(folder, names):
    found = {path.stem: path.read_text().splitlines() for path in folder.glob("*.csv")}
    assert sorted(found) == sorted(names)
    for name, lines in found.items():
        columns = [c for c in lines[0].split(",") if not c.endswith(("mark", "_limit"))]
        assert ",".join(columns) == COLUMNS[name]
        assert len(lines) > 1


def no_constants(text):
    pytest.fail(f"{text} in JSON")


def test_classification_from_data_set_to_tables(evaluated):
    path, folder = evaluated("mass_cnn", "mass", label="$A$")
    found = json.loads(path.read_text(), parse_constant=no_constants)
    assert list(found) == [
        *("experiment", "dataset", "model", "task", "target", "classes", "events", "seeds"),
        *("metrics", "ensemble", "baselines", "oracles", "differences", "replicas", "tables"),
    ]
    assert set(found["metrics"]["accuracy"]) == {"value", "error", "unit", "spread"}
    assert set(found["baselines"]["linear"]["accuracy"]) == {"value", "error", "unit"}
    assert set(found["differences"]["linear"]["accuracy"]) == {"value", "error"}
    assert {"auc_light", "auc_macro", "rejection_heavy_at_80"} <= set(found["metrics"])
    assert found["oracles"] == ["oracle"]
    assert found["seeds"] == [1, 2]
    assert found["events"] == 100
    own, simple = found["metrics"]["accuracy"], found["baselines"]["constant"]["accuracy"]
    difference = found["differences"]["constant"]["accuracy"]["value"]
    assert difference == pytest.approx(own["value"] - simple["value"])
    check_tables(folder, [*CLASSIFICATION, "reliability"])
    assert sorted(found["tables"]) == sorted(file.name for file in folder.iterdir())
    assert json.loads((folder / "target.json").read_text()) == {
        "name": "mass",
        "units": "",
        "label": "$A$",
        "task": "classification",
        "classes": ["light", "heavy"],
        "experiment": "mass_cnn",
    }
    kinds = pd.read_csv(folder / "comparison.csv").groupby("method")["kind"].first()
    assert kinds.to_dict() == {
        "mass_cnn": "network",
        "mass_cnn_ensemble": "ensemble",
        "constant": "baseline",
        "linear": "baseline",
        "oracle": "oracle",
    }
    roc = pd.read_csv(folder / "roc.csv")
    assert ((roc["low"] <= roc["high"]) & (roc["false_positive_rate"] <= 1)).all()
    assert roc["signal_efficiency"].max() == 1
    confusion = pd.read_csv(folder / "confusion_matrix.csv")
    assert confusion["count"].sum() == 100


def test_regression_from_data_set_to_tables(evaluated):
    path, folder = evaluated("depth_cnn", "depth")
    found = read_metrics(path)
    assert set(found.metrics) == {"bias", "sd", "rmse", "half_width_68", "correlation"}
    assert found.metrics["rmse"].unit == "g/cm2"
    assert found.metrics["correlation"].unit == ""
    assert found.metrics["rmse"].spread is not None
    assert found.baselines["constant"]["correlation"].value is None
    assert len(found.replicas["rmse"]) == 40
    names = ["learning_curve", "comparison", "truth_vs_prediction", "residuals", "resolution"]
    check_tables(folder, names)
    resolution = pd.read_csv(folder / "resolution.csv")
    assert set(resolution["variable"]) == {"depth", "noise"}
    networks = {"depth_cnn", "depth_cnn_ensemble"}
    assert set(resolution["method"]) == networks | {"constant", "linear", "oracle"}
    assert set(resolution.loc[resolution["variable"] == "depth", "units"]) == {"g/cm2"}
    assert pd.read_csv(folder / "truth_vs_prediction.csv")["count"].sum() == 200


def evaluate_all(write, experiment, tmp_path, *predictions, **settings):
    """Evaluate the first predictions beside the others."""
    first, outputs = predictions[0], (tmp_path / "m.json", tmp_path / "tables")
    paths = [write(entry) for entry in predictions]
    config = experiment(first.task, **settings).model_dump_json()
    script("evaluate")(paths[:1], "cnn", config, *outputs, paths[1:], [], None)
    return read_metrics(outputs[0]), outputs[1]


def test_direction_from_predictions_to_tables(direction, experiment, write, tmp_path):
    network = direction(sigma=1)
    up = replace(network, prediction=np.tile([0.0, 0.0, 1.0], (300, 1)), method="constant", seed=0)
    found, folder = evaluate_all(write, experiment, tmp_path, network, up, against=["mass_number"])
    assert list(found.metrics) == ["angle_68", "angle_50", "angle_95", "zenith_bias"]
    assert {value.unit for value in found.metrics.values()} == {"deg"}
    assert found.metrics["angle_68"].value == pytest.approx(1.51, rel=0.15)
    assert list(found.replicas) == ["angle_68"]
    check_tables(folder, ["comparison", "distances", "containment"])
    binned = pd.read_csv(folder / "containment.csv")
    assert list(binned["variable"].unique()) == ["zenith", "mass_number"]
    constant = binned[(binned["method"] == "constant") & (binned["variable"] == "zenith")]
    # Its opening angle is the true zenith angle, so 68 % lie within a quantile of the bin.
    assert (constant["distance_68"].between(constant["low"], constant["high"])).all()


def test_position_from_predictions_to_tables(position, experiment, write, tmp_path):
    network = position(sigma=10)
    constant = replace(network, prediction=np.zeros((300, 2)), method="constant", seed=0)
    found, folder = evaluate_all(write, experiment, tmp_path, network, constant)
    assert list(found.metrics) == [
        *("distance_68", "distance_50", "distance_95", "bias_x", "bias_y"),
    ]
    assert {value.unit for value in found.metrics.values()} == {"m"}
    check_tables(folder, ["comparison", "distances"])  # nothing to look against
    found, folder = evaluate_all(write, experiment, tmp_path, network, against=["mass_number"])
    check_tables(folder, ["comparison", "distances", "containment"])


def test_classification_in_bins_and_its_separation(classification, experiment, write, tmp_path):
    p = classification(events=900)
    constant = replace(p, prediction=np.full((900, 3), 1 / 3), method="constant", seed=0)
    found, folder = evaluate_all(
        *(write, experiment, tmp_path, p, constant),
        against=["zenith"],
        separation={"mass": ["proton", "iron"]},
    )
    assert found.separated == "proton and iron"
    assert found.metrics["merit_factor"].value > 5 * found.metrics["merit_factor"].error > 0
    assert found.baselines["constant"]["merit_factor"].value == 0
    assert found.differences["constant"]["separation_auc"].value > 0.2
    names = ["comparison", "roc", "auc", "confusion_matrix", "scores", "reliability"]
    check_tables(folder, [*names, "accuracy", "confusion_matrices", "separation"])
    matrix = pd.read_csv(folder / "confusion_matrix.csv").set_index(["truth", "predicted"])
    binned = pd.read_csv(folder / "confusion_matrices.csv")
    summed = binned.groupby(["truth", "predicted"])["count"].sum()
    assert summed.to_dict() == matrix["count"].to_dict()
    accuracy = pd.read_csv(folder / "accuracy.csv")
    own = accuracy[accuracy["method"] == "cnn"]
    mean = np.average(own["accuracy"], weights=own["events"])
    assert mean == pytest.approx(found.metrics["accuracy"].value)
    separation = pd.read_csv(folder / "separation.csv")
    assert set(separation["kinds"]) == {"proton and iron"}
    assert separation[separation["method"] == "cnn"]["events"].sum() == 600  # no photons
    assert (separation["merit_factor_error"] < 1).all()


def test_relative_resolution_and_separation_of_a_regression(
    regression, experiment, write, tmp_path
):
    p = regression(sd=50)
    p = replace(p, relative=True, prediction=p.prediction + p.spectators["mass_number"])
    kinds = {"spectator": "mass_number", "between": [1, 56]}
    found, folder = evaluate_all(
        *(write, experiment, tmp_path, p),
        against=["mass_number"],
        separation={"xmax": kinds, "other": kinds},
    )
    assert found.metrics["relative_sd"].unit == "%"
    assert found.metrics["relative_sd"].value == pytest.approx(100 * 54 / 750, rel=0.15)
    assert found.separated == "mass_number 1 and 56"
    assert abs(found.metrics["merit_factor"].value - 55 / 5000**0.5 / 2**0.5) < 0.5
    names = ["comparison", "truth_vs_prediction", "residuals", "resolution"]
    # Each bin of the mass holds one kind alone, so there is no separation in bins.
    assert sorted(file.stem for file in folder.glob("*.csv")) == sorted(names)
    columns = set(pd.read_csv(folder / "resolution.csv"))
    assert {"relative_bias", "relative_sd_error", "relative_half_width_68"} <= columns


def test_evaluating_twice_gives_the_same_bytes_and_clears_old_tables(
    evaluated, classification, experiment, write, tmp_path
):
    path, folder = evaluated("mass_cnn", "mass")
    (folder / "resolution.csv").write_text("old")
    (folder / "notes.txt").write_text("mine")
    network = write(classification("other"))
    config = experiment().model_dump_json()
    script("evaluate")([network], "other", config, tmp_path / "a.json", folder, [], [], None)
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    script("evaluate")([network], "other", config, tmp_path / "b.json", folder, [], [], None)
    assert first == {file.name: file.read_bytes() for file in folder.iterdir()}
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert "learning_curve.csv" not in first
    assert "resolution.csv" not in first
    assert first["notes.txt"] == b"mine"
    assert path.is_file()


def test_nothing_is_written_when_the_evaluation_fails(classification, experiment, write, tmp_path):
    outputs = tmp_path / "m.json", tmp_path / "tables"
    arguments = ([write(classification())], "cnn", experiment().model_dump_json(), *outputs, [])
    with pytest.raises(DataError, match=r"2 histories given for 1 seeds \[1\]"):
        script("evaluate")(*arguments, [history(tmp_path / "h.csv")] * 2, None)
    bad = tmp_path / "bad.csv"
    bad.write_text("epoch,loss\n1,2\n")
    with pytest.raises(FileFormatError, match=r"bad\.csv lacks \['validation_loss', 'learning_r"):
        script("evaluate")(*arguments, [bad], None)
    with pytest.raises(FileFormatError, match=r"history not found: .*none\.csv"):
        script("evaluate")(*arguments, [tmp_path / "none.csv"], None)
    bad.write_text("")
    with pytest.raises(FileFormatError, match=r"bad\.csv is not a history in CSV: No columns"):
        script("evaluate")(*arguments, [bad], None)
    assert not any(path.exists() for path in outputs)


def test_a_rejection_without_background_is_a_limit(classification, experiment, write, tmp_path):
    def sure(method, seed, right):
        p = classification(method, seed=seed)  # 100 events of each class
        answers = np.eye(3, dtype=np.float32)[p.truth]
        return write(replace(p, prediction=answers if right else np.full_like(answers, 1 / 3)))

    networks = [sure("cnn", 1, right=True), sure("cnn", 2, right=False)]
    baselines = [sure("perfect", 0, right=True), sure("constant", 0, right=False)]
    config = experiment(seeds=[1, 2], signal_efficiencies=[0.3]).model_dump_json()
    path = tmp_path / "m.json"
    script("evaluate")(networks, "cnn", config, path, tmp_path / "t", baselines, [], None)
    found = json.loads(path.read_text(), parse_constant=no_constants)
    name = "rejection_iron_at_30"
    null = {"value": None, "error": None, "unit": ""}
    none_of_200 = 1 / (1 - 0.05 ** (1 / 200))
    limit = pytest.approx(none_of_200)
    assert found["baselines"]["perfect"][name] == null | {"lower_limit": limit}
    exact = {"value": 1, "error": 0, "unit": "", "mark": "exact"}
    assert found["baselines"]["constant"][name] == exact
    limit = pytest.approx((none_of_200 + 1) / 2)
    assert found["metrics"][name] == null | {"lower_limit": limit, "spread": None}
    undefined = {"value": None, "error": None, "mark": "undefined"}
    assert found["differences"]["perfect"][name] == undefined
    assert "lower_limit" not in found["baselines"]["perfect"]["accuracy"]
    text = path.read_text()
    assert Metrics.model_validate_json(text).model_dump_json(indent=1) + "\n" == text


def test_summary_of_several_experiments(evaluated, tmp_path):
    paths = [
        evaluated("mass_cnn", "mass", sharpness=0.7)[0],
        evaluated("mass_dense", "mass", model="dense", sharpness=0.3)[0],
        evaluated("depth_cnn", "depth")[0],
    ]
    markdown = tmp_path / "summary.md"
    script("summarise")(paths, markdown)
    text = markdown.read_text()
    assert text.count("\n## ") == 2
    assert "| mass_cnn | **" in text
    assert "| oracle (oracle) |" in text
    assert text.count("| linear |") == 2
    assert "RMSE [g/cm2]" in text
    assert "mass_cnn: accuracy " in text
    assert "beats mass_dense by " in text
    assert "depth_cnn: RMSE " in text
    assert "beats the best baseline (linear) by " in text


def test_metrics_survive_reading(evaluated):
    path, _ = evaluated("depth_cnn", "depth")
    text = path.read_text()
    assert Metrics.model_validate_json(text).model_dump_json(indent=1) + "\n" == text
