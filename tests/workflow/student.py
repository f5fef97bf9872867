"""A student changes one line: what runs again, and how both stand side by side in the report."""

import copy
import html
import json
import re

import pandas as pd

from footprint.evaluation.rounding import NOTHING

CONV = {"Conv2D": {"filters": 2, "kernel_size": 3, "activation": "relu"}}
OF_DATA = {"simulate", "survey", "build", "survey_dataset", "draw_dataset", "baselines"}


def adds_a_line(runner):
    """Copy an experiment with one more layer, average both, and run what depends on it."""
    experiments = runner.study["experiments"]
    del runner.study["variations"]
    before = {path: path.stat().st_mtime_ns for path in runner.results.rglob("model.keras")}
    assert before

    # A copy with one more line, and the mean of both.
    experiments["mass_conv"] = copy.deepcopy(experiments["mass_layers"])
    experiments["mass_conv"]["model"]["layers"].insert(0, CONV)
    runner.study["ensembles"] = {"mass_mean": {"members": ["mass_layers", "mass_conv"]}}
    jobs = runner.jobs()
    assert jobs == {
        "all": 1, "study": 1, "train": 1, "predict": 1, "combine": 1, "evaluate": 2, "draw": 2,
        "compare": 1, "draw_comparison": 1, "summarise": 1, "report": 1,
    }  # fmt: skip
    planned = re.findall(
        r"(?:Train|Predict with|Evaluate|Draw the figures of) .*", runner("-n").text
    )
    assert not [line for line in planned if "xmax" in line]
    assert not [line for line in planned if re.search(r"mass_layers", line)]

    runner()
    models = {path: path.stat().st_mtime_ns for path in runner.results.rglob("model.keras")}
    assert {path: models[path] for path in before} == before
    assert set(models) - set(before) == {runner.results / "models/mass_conv/1/model.keras"}
    assert runner.jobs() == {}


def changes_a_line(runner):
    """Change an experiment itself: the other networks are left alone."""
    experiments = runner.study["experiments"]
    experiments["mass_conv"]["model"]["layers"].insert(1, CONV)
    jobs = runner.jobs()
    assert jobs["train"] == jobs["predict"] == jobs["combine"] == 1
    assert jobs["evaluate"] == jobs["draw"] == 2
    assert not OF_DATA & set(jobs)
    experiments["mass_conv"]["model"]["layers"].pop(1)


def changes_what_is_measured(runner):
    """Neither trains nor averages anything."""
    experiments = runner.study["experiments"]
    experiments["mass_conv"]["evaluation"]["bootstrap"] = 30
    assert not {"train", "predict", "combine"} & set(runner.jobs())


def varies_them(runner, variations):
    """Judge all of them under variations: the ensemble is averaged again, nothing is trained."""
    runner.study["variations"] = variations
    jobs = runner.jobs()
    assert jobs["combine_variations"] == 1
    assert jobs["predict_variations"] >= 1
    assert "train" not in jobs


def sees_both_side_by_side(runner):
    """Read summary, tables, figures and report."""
    numbers = {
        name: runner.metrics(name, "mass") for name in ("mass_layers", "mass_conv", "mass_mean")
    }
    assert numbers["mass_mean"]["members"] == ["mass_layers", "mass_conv"]
    records = {
        name: json.loads((runner.results / "models" / name / "1/training.json").read_text())
        for name in ("mass_layers", "mass_conv")
    }
    text = (runner.results / "summary.md").read_text()
    rows = {
        cells[1]: cells
        for line in text.partition("| network |")[2].splitlines()
        if len(cells := [cell.strip() for cell in line.split("|")]) > 9 and cells[1] in numbers
    }
    for name, record in records.items():
        accuracy = numbers[name]["metrics"]["accuracy"]
        assert rows[name][3] == f"{record['parameters']:,}"
        assert rows[name][4] == "2"
        value, error = rows[name][8].split(" ± ")
        assert abs(float(value) - accuracy["value"]) < accuracy["error"]
        assert float(error) > 0
    assert int(rows["mass_conv"][2]) == int(rows["mass_layers"][2]) + 1
    first, *others = [cells[9] for cells in rows.values()]
    assert first == NOTHING
    assert all(" ± " in difference for difference in others)
    total = sum(record["parameters"] for record in records.values())
    assert rows["mass_mean"][3] == f"{total:,}"

    table = pd.read_csv(runner.results / "tables/comparisons/showers/mass/learning_curves.csv")
    assert table.groupby("method")["epoch"].apply(list).to_dict() == {
        "mass_layers": [1, 2], "mass_conv": [1, 2],
    }  # fmt: skip
    figures = runner.results / "figures/comparisons/showers/mass"
    assert {path.stem for path in figures.glob("*.png")} == {"comparison", "learning_curves"}
    own = runner.results / "tables/mass_mean/mass/roc.csv"
    assert {"mass_mean", "mass_layers", "mass_conv"} < set(pd.read_csv(own)["method"])
    page = html.unescape((runner.results / "report.html").read_text())
    for word in ("mass_conv", "mass_mean", "learning_curves"):
        assert word in page
