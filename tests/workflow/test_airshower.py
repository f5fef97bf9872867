"""The quick study of air showers, made small: every rule and every kind of figure once."""

import json

import pandas as pd
import pytest
import yaml

from footprint.figures.samples.draw import KINDS
from tests.conftest import ROOT
from tests.workflow.conftest import Runner

CURVES = {"dead_stations": [0, 0.2], "hadronic_model": ["EPOS-LHC", "QGSJetII-04"]}


def small(name, events):
    """A shipped study with few events and one epoch."""
    study = yaml.safe_load((ROOT / "config" / name).read_text())
    for sample in study["samples"].values():
        sample |= {"events": events, "events_per_job": 400}
    for dataset in study["datasets"].values():
        dataset["split"] = {"train": 0.6, "validation": 0.15, "test": 0.25}
        for target in dataset["targets"].values():
            for baseline in target["baselines"].values():
                if baseline["method"] == "boosting":
                    baseline["iterations"] = 5
    for experiment in study["experiments"].values():
        experiment["training"] |= {"epochs": 1}
        # Looks inside have tests of their own, and take long for so many targets.
        experiment["evaluation"] = {"bootstrap": 20, "bins": 3} | {
            key: value
            for key, value in experiment["evaluation"].items()
            if key not in {"bootstrap", "bins", "inside"}
        }
    return study


@pytest.mark.slow
def test_the_study_at_the_published_sizes_runs_when_made_small(tmp_path):
    runner = Runner(tmp_path, small("airshower-full.yaml", 500))
    runner(timeout=1800)
    summary = (runner.results / "summary.md").read_text()
    for experiment in runner.study["experiments"]:
        assert f"| {experiment} |" in summary


# Layers enough for each kind of network, and no more: each costs time until it first runs.
SMALLER = {
    "geometry_cnn": {"filters": [[4], [4]], "units": [8]},
    "geometry_hexagonal": {"filters": [4, 4], "units": [8]},
    "geometry_set": {"most_stations": 12},
    "composition": {"traces": {"name": "conv1d", "filters": [4]}, "filters": [[4]], "units": [8]},
}
TARGETS = {"geometry_hexagonal": ["core"], "geometry_set": ["axis"]}
MEASURED = {"core": "distance_68", "axis": "angle_68"}
AGAINST = {"geometry_cnn": ["energy"], "geometry_hexagonal": [], "geometry_set": ["zenith"]}


def quick():
    """The quick study made small: networks that differ in kind, two curves of two points.

    One network has all targets of the footprint, the others one that turns with the event.
    """
    study = json.loads(json.dumps(small("airshower.yaml", 700)))  # no part is shared
    experiments = study["experiments"]
    del experiments["energy_fcn"]
    for name, model in SMALLER.items():
        experiments[name]["model"] |= model
    for name, targets in TARGETS.items():
        experiments[name]["targets"] = targets
    for name, spectators in AGAINST.items():
        experiments[name]["evaluation"]["against"] = spectators
    # Trees on fits stand beside the networks of footprints; here the spectra of fits are spared.
    traces = study["datasets"]["traces"]
    traces["spectators"].remove("fit")
    for target in traces["targets"].values():
        del target["baselines"]["boosting"]
    variations = study["variations"]
    curves = {
        name: {**variations["curves"][name], "values": values} for name, values in CURVES.items()
    }
    networks = ["geometry_cnn", "composition"]
    study["variations"] = {**variations, "events": 150, "curves": curves, "experiments": networks}
    return study


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    runner = Runner(tmp_path_factory.mktemp("airshower"), quick())
    runner.output = runner(timeout=900).text
    return runner


def test_a_network_of_several_targets_is_judged_by_each(finished):
    for target, metric, unit in (
        ("energy", "relative_half_width_68", "%"),
        ("axis", "angle_68", "deg"),
        ("core", "distance_68", "m"),
    ):
        metrics = finished.metrics("geometry_cnn", target)
        found = metrics["metrics"][metric]
        assert found["unit"] == unit
        assert found["value"] > 0
        assert found["error"] > 0
    for experiment, target in (("geometry_hexagonal", "core"), ("geometry_set", "axis")):
        metrics = finished.metrics(experiment, target)["metrics"]
        assert metrics[MEASURED[target]]["value"] > 0
    # After one epoch no network is better than a fit, which needs no training.
    axis = finished.metrics("geometry_cnn", "axis")["baselines"]
    assert axis["plane_fit"]["angle_68"]["value"] < 3
    assert axis["plane_fit"]["angle_68"]["value"] < axis["constant"]["angle_68"]["value"] / 5
    core = finished.metrics("geometry_cnn", "core")["baselines"]
    assert core["lateral_fit"]["distance_68"]["value"] < 60


@pytest.mark.parametrize(
    "figure",
    [
        "experiments: geometry_set/axis/opening_angle",
        "experiments: geometry_set/axis/resolution_zenith",
        "experiments: geometry_cnn/core/distance",
        "experiments: geometry_cnn/energy/relative_resolution_energy",
        "experiments: composition/mass/confusion_matrix_energy",
        "experiments: composition/mass/merit_factor_energy",
        "experiments: composition/ln_mass/merit_factor_energy",
        "experiments: composition/xmax/resolution_energy",
        "samples: showers/event_displays",
        "samples: showers/xmax_moments",
        "samples: showers/lateral_distribution",
        "samples: showers/trigger_efficiency",
        "samples: showers/stations_hit",
        "variations: footprints/axis/degradation_dead_stations",
        "variations: traces/xmax/degradation_hadronic_model",
        "variations: traces/xmax/shifts",
        "variations: traces/mass/shifted_roc_composition_iron",
        "variations: footprints/axis/shifts",
    ],
)
def test_figures_are_there(finished, figure):
    kind, _, name = figure.partition(": ")
    folders = {"experiments": "figures", "samples": "figures/samples"}
    folder = finished.results / folders.get(kind, "variations/figures")
    for suffix in (".png", ".pdf"):
        path = folder / f"{name}{suffix}"
        assert path.stat().st_size > 5000, sorted(p.name for p in path.parent.iterdir())


def test_figures_of_a_sample_are_made_from_the_events_of_all_its_parts(finished):
    goal = "results/airshower/figures/samples/showers"
    tables = finished.results / "tables" / "samples" / "showers"
    figures = {path.stem for path in (finished.folder / goal).glob("*.png")}
    assert figures == set(KINDS)
    assert json.loads((tables / "sample.json").read_text())["events"] == 700
    assert pd.read_csv(tables / "zenith.csv")["events"].sum() == 700
    changed = Runner(finished.folder, json.loads(json.dumps(finished.study)))
    changed.study["samples"]["showers"]["options"]["spacing_m"] = 750.0
    jobs = changed.jobs(goal)
    assert jobs["simulate"] == 2
    assert jobs["survey"] == jobs["draw_sample"] == 1


def test_dead_stations_lower_the_signal_that_is_left(finished):
    table = pd.read_csv(finished.results / "variations/tables/footprints/energy/degradation.csv")
    rows = table[(table["curve"] == "dead_stations") & (table["metric"] == "bias")]
    events = rows.groupby("setting")["events"].first()
    assert list(events.index) == ["0", "0.2"]
    assert events["0.2"] < events["0"]
    # The fit of the core needs no training and is judged at all points, too.
    table = pd.read_csv(finished.results / "variations/tables/footprints/core/degradation.csv")
    fit = table[(table["method"] == "lateral_fit") & (table["metric"] == "distance_68")]
    assert set(fit["point"]) == set(table["point"])
    dead = fit[fit["curve"] == "dead_stations"].set_index("setting")
    assert dead.loc["0.2", "change"] > 2 * dead.loc["0.2", "change_error"]


def test_sets_change_several_options_at_once(finished):
    table = pd.read_csv(finished.results / "variations/tables/footprints/energy/shifts.csv")
    found = table[(table["method"] == "S1000") & (table["metric"] == "relative_bias")]
    found = found.set_index("point")
    # Of the same showers 30 % more muons make the signal at 1000 m some 11 % larger; dead
    # stations, noise and clocks do not.
    more = found.loc["more_muons"]
    assert 5 < more["change"] < 20
    assert more["change"] > 5 * more["change_error"]
    assert abs(found.loc["aged_array", "change"]) < more["change"]


def test_a_second_run_does_nothing(finished):
    assert finished.jobs() == {}
    page = (finished.results / "report.html").read_text()
    assert "degradation_dead_stations" in page
    record = json.loads(
        (finished.results / "models" / "composition" / "1" / "training.json").read_text()
    )
    assert record["targets"] == ["mass", "ln_mass", "xmax"]
