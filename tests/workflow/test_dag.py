"""The tiny study from nothing to its report, and what runs again after which change."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

import h5py
import numpy as np
import pandas as pd

from footprint.config import parse_study
from footprint.files.datasets import open_dataset
from footprint.files.events import open_events
from footprint.files.predictions import read_predictions
from tests.conftest import ROOT
from tests.workflow import student


def test_everything_is_there_and_readable(finished):
    results = finished.results
    for part in sorted((results / "events" / "showers").iterdir()):
        with open_events(part) as events:
            assert len(events) in {250, 100}
    with open_dataset(results / "datasets" / "showers.h5") as dataset:
        assert dataset.length("train") > 300
    for seed in (1, 2):
        predictions = read_predictions(results / "predictions" / "xmax_cnn" / f"{seed}" / "xmax.h5")
        assert predictions.target.units == "g/cm2"
        record = json.loads(
            (results / "models" / "xmax_cnn" / str(seed) / "training.json").read_text()
        )
        assert record["epochs"] == 2
        assert record["software"]["footprint"]
        rows = list(csv.DictReader((results / f"models/xmax_cnn/{seed}/history.csv").open()))
        assert [row["epoch"] for row in rows] == ["1", "2"]
    assert (results / "summary.md").read_text().startswith("# Summary")


def test_data_sets_are_surveyed_by_class(finished):
    tables, figures = (
        finished.results / kind / "datasets/showers" for kind in ("tables", "figures")
    )
    spectra = pd.read_csv(tables / "spectra.csv")
    assert set(spectra["spectator"]) == {"xmax", "muons_at_ground"}
    assert set(spectra["class"]) == {"light", "heavy"}
    assert {path.stem for path in figures.glob("*.png")} == {
        "classes", "spectrum_xmax_by_mass", "spectrum_muons_at_ground_by_mass",
        "mean_footprint_muons_by_mass", "mean_footprint_arrival_time_by_mass",
        "gallery_footprint_muons_by_mass", "gallery_footprint_arrival_time_by_mass",
    }  # fmt: skip


def test_nothing_unfinished_is_left(finished):
    left = [p for p in finished.results.rglob("*") if "partial" in p.name or "scratch" in p.name]
    assert left == []
    assert not list(finished.results.rglob("checkpoint.h5"))


def test_metrics_have_values_errors_and_units(finished):
    metrics = finished.metrics("xmax_cnn", "xmax")
    assert metrics["seeds"] == [1, 2]
    rmse = metrics["metrics"]["rmse"]
    assert set(rmse) >= {"value", "error", "unit", "spread"}
    assert rmse["unit"] == "g/cm2"
    assert rmse["error"] > 0
    assert metrics["baselines"]["constant"]["rmse"]["value"] > 0
    for table in metrics["tables"]:
        assert (finished.results / "tables" / "xmax_cnn" / "xmax" / table).is_file()
    assert finished.metrics("mass_layers", "mass")["oracles"] == ["oracle"]


def test_the_report_is_one_page_without_a_network(finished):
    page = (finished.results / "report.html").read_text()
    assert 200_000 < len(page) < 15_000_000
    assert "xmax_cnn" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']https?://", page)


def test_variations_are_judged_with_the_networks_as_they_are(finished):
    folder = finished.results / "variations"
    points = {"nominal", "muons_0", "muons_2", "blurred"}
    assert {path.name for path in (folder / "datasets").iterdir()} == points
    with open_dataset(finished.results / "datasets" / "showers.h5") as dataset:
        trained_on = {s: set(dataset.event_id(s).tolist()) for s in ("train", "validation")}
        shift = dataset.normalisation("footprint").shift
    for point in points:
        with open_dataset(folder / "datasets" / point / "showers.h5") as dataset:
            ids = set(dataset.event_id("test").tolist())
            assert 100 < len(ids) <= 120
            assert not ids & (trained_on["train"] | trained_on["validation"])
            np.testing.assert_array_equal(dataset.normalisation("footprint").shift, shift)
    table = pd.read_csv(folder / "tables" / "showers" / "xmax" / "degradation.csv")
    assert set(table["setting"]) == {100, 200, 400}
    nominal = table[table["nominal"] == 1]
    assert np.all(nominal["change"].dropna() == 0)  # no correlation with a constant
    assert dict(zip(table["method"], table["kind"], strict=True)) == {
        "xmax_cnn": "network", "constant": "baseline",
    }  # fmt: skip
    # What a constant is off by is the truth's own: it is fitted to the study, not to a point.
    constant = json.loads((finished.results / "metrics/xmax_cnn/xmax.json").read_text())
    bias = nominal[(nominal["method"] == "constant") & (nominal["metric"] == "bias")]
    assert abs(bias["value"].iloc[0] - constant["baselines"]["constant"]["bias"]["value"]) < 25
    masses = pd.read_csv(folder / "tables" / "showers" / "mass" / "degradation.csv")
    assert set(masses["kind"]) == {"network", "baseline", "oracle"}
    assert (folder / "figures" / "showers" / "mass" / "degradation_muons.png").is_file()
    assert (folder / "figures" / "showers" / "xmax" / "degradation_muons.pdf").is_file()


def test_parameter_sets_are_judged_drawn_and_summarised(finished):
    folder = finished.results / "variations"
    table = pd.read_csv(folder / "tables" / "showers" / "mass" / "shifts.csv")
    assert set(table["point"]) == {"blurred"}
    assert set(table["kind"]) == {"network", "baseline", "oracle"}
    constant = table[(table["method"] == "constant") & (table["metric"] == "auc_macro")]
    assert constant["change"].tolist() == [0.0]
    # The oracle sees the number of muons, which falls by a quarter: light showers look lighter.
    oracle = table[table["method"] == "oracle"].set_index("metric")
    shift = oracle.loc["efficiency_heavy_at_nominal_50"]
    assert shift["change"] < -2 * shift["change_error"]
    for figure in ("mass/shifts", "mass/shifted_roc_mass_layers_heavy", "xmax/shifts"):
        assert (folder / "figures" / "showers" / f"{figure}.png").stat().st_size > 5000
    summary = (finished.results / "summary.md").read_text()
    assert "- mass_layers, varied: accuracy changes most by " in summary
    assert "- xmax_cnn, varied: RMSE changes most by " in summary
    assert "shifted_roc_mass_layers_heavy" in (finished.results / "report.html").read_text()


def test_a_network_says_the_same_alone_as_after_those_of_other_seeds(finished, tmp_path):
    results = finished.results
    experiment = parse_study(finished.study).experiments["xmax_cnn"]
    command = [sys.executable, ROOT / "scripts/predict.py", "--seed", "2", "--name", "xmax_cnn",
               "--model", results / "models/xmax_cnn/2/model.keras",
               "--dataset", results / "datasets/showers.h5",
               "--experiment", experiment.model_dump_json(), "--output", tmp_path]  # fmt: skip
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    alone = read_predictions(tmp_path / "xmax.h5").prediction
    one, two = (
        read_predictions(results / f"predictions/xmax_cnn/{seed}/xmax.h5").prediction
        for seed in (1, 2)
    )
    np.testing.assert_array_equal(alone, two)
    assert np.abs(one - two).max() > 0


def test_another_value_in_a_set_simulates_that_set_alone(copy_of_finished):
    variations = copy_of_finished.study["variations"]
    variations["sets"]["blurred"]["opening_angle_deg"] = 3.5
    jobs = copy_of_finished.jobs()
    assert jobs["simulate_variation"] == jobs["build_variation"] == 1
    assert jobs["predict_variations"] == 3
    assert not {"simulate", "build", "train", "predict", "evaluate"} & set(jobs)


def test_a_pair_of_sets_has_two_points_and_samples_without_the_option_are_made_once(runner):
    study = runner.study
    study["samples"]["others"] = {**study["samples"]["showers"], "options": {"pixels": 8}}
    study["datasets"]["showers"]["samples"] = ["showers", "others"]
    study["variations"] = {
        "events": 120,
        "sets": {
            "muons": {
                "samples": ["showers"],
                "up": {"muons_at_10_EeV": 230.0},
                "down": {"muons_at_10_EeV": 170.0},
            }
        },
    }
    jobs = runner.jobs()
    # Both samples at the nominal point, one of them at the points of the pair.
    assert jobs["simulate_variation"] == 4
    assert jobs["build_variation"] == 3
    part = "results/tiny/variations/events/muons_up/others/00000000-00000119.h5"
    assert part not in runner("-n", "-p").text


def test_a_second_run_does_nothing(finished):
    assert finished.jobs() == {}


def test_touching_files_or_a_checkout_runs_nothing_again(copy_of_finished):
    for path in copy_of_finished.results.rglob("*.h5"):
        with h5py.File(path, "r"):
            pass
    assert copy_of_finished.jobs() == {}


def test_one_more_line_trains_what_depends_on_it_and_stands_beside_the_rest(copy_of_finished):
    variations = copy_of_finished.study["variations"]
    student.adds_a_line(copy_of_finished)
    student.sees_both_side_by_side(copy_of_finished)
    student.changes_a_line(copy_of_finished)
    student.changes_what_is_measured(copy_of_finished)
    student.varies_them(copy_of_finished, variations)


def test_another_baseline_trains_nothing(copy_of_finished):
    target = copy_of_finished.study["datasets"]["showers"]["targets"]["xmax"]
    target["baselines"]["linear"] = {"method": "linear"}
    jobs = copy_of_finished.jobs()
    assert jobs["baselines"] == jobs["baselines_variations"] == 1
    assert not {"build", "train", "predict", "build_variation"} & set(jobs)


def test_a_variation_runs_again_when_its_own_station_file_changes(runner):
    stations = runner.folder / "moved.csv"
    stations.write_text("x,y\n0,0\n1500,0\n0,1500\n")
    runner.study["samples"]["array"] = {
        "generator": "observatory", "events": 4, "options": {"rows": 3, "columns": 3},
    }  # fmt: skip
    runner.study["datasets"]["array"] = {
        "samples": ["array"], "inputs": {"seen": ["signal"]},
        "targets": {"xmax": {"array": "xmax", "baselines": {}}},
    }  # fmt: skip
    runner.study["experiments"]["dense"] = {
        "dataset": "array", "task": "regression", "model": {"name": "dense"},
    }  # fmt: skip
    runner.study["variations"] |= {
        "events": 4,
        "curves": {"moved": {"option": "stations", "values": [str(stations)]}},
    }
    assert "dense" in runner("-n", "-p").text
    # Only the network on the array is judged, on the nominal point and the moved stations.
    jobs = runner.jobs("results/tiny/variations/predictions/dense/1")
    assert (jobs["simulate_variation"], jobs["build_variation"]) == (2, 2)
    part = "results/tiny/variations/events/moved_0/array/00000000-00000003.h5"
    runner(part)
    assert runner.jobs(part) == {}
    stations.write_text("x,y\n0,0\n1500,0\n0,1600\n")
    assert runner.jobs(part) == {"simulate_variation": 1}


def test_more_events_simulate_only_the_new_parts(copy_of_finished):
    copy_of_finished.study["samples"]["showers"]["events"] = 1000
    jobs = copy_of_finished.jobs("results/tiny/datasets/showers.h5")
    # 0-249 and 250-499 are there; 500-599 becomes 500-749, and 750-999 is new.
    assert jobs["simulate"] == 2
    assert jobs["build"] == 1


def test_a_changed_option_runs_everything_again(copy_of_finished):
    copy_of_finished.study["samples"]["showers"]["options"]["opening_angle_deg"] = 3.0
    jobs = copy_of_finished.jobs()
    assert jobs["simulate"] == 3
    assert jobs["train"] == 3


def test_what_is_tagged_only_evaluates_again_and_is_compared(copy_of_finished):
    evaluation = copy_of_finished.study["experiments"]["mass_layers"]["evaluation"]
    evaluation["tagging"] = {"signal": "heavy", "sculpting": "xmax"}
    jobs = copy_of_finished.jobs()
    assert jobs["evaluate"] == jobs["compare"] == jobs["draw_comparison"] == 1
    assert "train" not in jobs
    copy_of_finished("results/tiny/figures/comparisons/showers/mass")
    figures = copy_of_finished.results / "figures" / "comparisons" / "showers" / "mass"
    assert (figures / "tagging_roc.pdf").is_file()


def test_another_bootstrap_only_evaluates_again(copy_of_finished):
    copy_of_finished.study["experiments"]["xmax_cnn"]["evaluation"]["bootstrap"] = 30
    jobs = copy_of_finished.jobs()
    assert jobs["evaluate"] == 1
    assert "train" not in jobs


def test_corrections_and_recorded_events_train_nothing_again(copy_of_finished):
    runner = copy_of_finished
    runner.study["samples"]["recorded"] = runner.study["samples"]["showers"] | {"events": 300}
    evaluation = runner.study["experiments"]["mass_layers"]["evaluation"]
    evaluation |= {"calibration": "temperature", "data": "recorded"}
    jobs = runner.jobs()
    # What the networks say of the validation split is written now; the parts are one of 250, 50.
    assert jobs == {
        "all": 1, "study": 1, "simulate": 2, "predict": 1, "build_data": 1,
        "predict_data": 1, "compare_data": 1, "draw_data": 1, "evaluate": 1, "draw": 1,
        "summarise": 1, "report": 1,
    }  # fmt: skip


def test_a_look_inside_trains_and_judges_nothing_again(copy_of_finished):
    inside = {"events": 2, "gallery": 3, "steps": 4}
    copy_of_finished.study["experiments"]["xmax_cnn"]["evaluation"]["inside"] = inside
    jobs = copy_of_finished.jobs()
    assert jobs["look_inside"] == jobs["draw_inside"] == 1
    assert not {"train", "predict", "evaluate", "evaluate_variations", "compare"} & set(jobs)
    copy_of_finished("results/tiny/figures/inside/xmax_cnn/xmax")
    figures = copy_of_finished.results / "figures" / "inside" / "xmax_cnn" / "xmax"
    for name in ("filters", "activations_conv2d", "integrated_gradients", "occlusion"):
        assert (figures / f"{name}.png").is_file()
    tables = copy_of_finished.results / "tables" / "inside" / "xmax_cnn"
    worst = pd.read_csv(tables / "xmax_worst.csv")
    predictions = read_predictions(copy_of_finished.results / "predictions/xmax_cnn/1/xmax.h5")
    farthest = np.sort(np.abs(predictions.prediction - predictions.truth))[::-1][:3]
    np.testing.assert_allclose(np.abs(worst["prediction"] - worst["truth"]), farthest, rtol=1e-4)
    copy_of_finished.study["experiments"]["xmax_cnn"]["evaluation"]["bootstrap"] = 30
    assert "look_inside" not in copy_of_finished.jobs()
    copy_of_finished.study["experiments"]["xmax_cnn"]["seeds"] = [1, 2, 3]
    jobs = copy_of_finished.jobs()
    # One job applies the networks of all seeds; the network of the first one is as it was.
    assert jobs["train"] == jobs["predict"] == 1
    assert not {"look_inside", "draw_inside"} & set(jobs)


def test_another_cut_of_the_jobs_gives_the_same_data_set(finished, runner):
    runner.study["samples"]["showers"]["events_per_job"] = 600
    runner.cold = True  # so that Python hashes words anew
    runner("results/tiny/datasets/showers.h5")
    one = (finished.results / "datasets" / "showers.h5").read_bytes()
    assert one == (runner.results / "datasets" / "showers.h5").read_bytes()


def test_lost_files_are_made_again_and_a_lost_training_gives_the_same_network(copy_of_finished):
    from tests.workflow.weights import weights_of

    model = copy_of_finished.results / "models" / "xmax_cnn" / "1" / "model.keras"
    before = weights_of(model)
    shutil.rmtree(model.parent)
    copy_of_finished.cold = True  # so that Python hashes words anew
    copy_of_finished("results/tiny/models/xmax_cnn/1/model.keras")
    assert weights_of(model) == before


def test_wrong_configuration_stops_before_any_job(runner):
    runner.study["experiments"]["xmax_cnn"]["training"]["epoch"] = 5
    result = runner(check=False)
    assert result.returncode != 0
    assert "experiments.xmax_cnn.training: unknown key 'epoch'" in result.text
    assert "did you mean 'epochs'?" in result.text
    assert not runner.results.exists()


def test_a_failing_job_says_why_and_leaves_nothing(runner):
    runner.study["datasets"]["showers"]["selection"] = "filled_pixels > 9999"
    result = runner(check=False)
    assert result.returncode != 0
    assert "none of 600 events of samples ['showers'] passes the selection" in result.text
    assert not (runner.results / "datasets" / "showers.h5").exists()
    assert not [p for p in (runner.results / "datasets").glob(".*") if "partial" in p.name]


def test_a_truncated_part_is_found_and_named(copy_of_finished):
    part = copy_of_finished.results / "events" / "showers" / "00000250-00000499.h5"
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    later = time.time() + 5
    os.utime(part, (later, later))
    result = copy_of_finished("results/tiny/datasets/showers.h5", check=False)
    assert result.returncode != 0
    assert "cannot read results/tiny/events/showers/00000250-00000499.h5 as HDF5" in result.text
    part.unlink()
    copy_of_finished("results/tiny/datasets/showers.h5")
