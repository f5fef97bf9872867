"""Figures of a sample: what is drawn is what the tables of its survey say."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread
from numpy.testing import assert_allclose

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.tables import write_tables
from footprint.figures import style
from footprint.figures.samples import (
    event_displays,
    lateral_distribution,
    muons,
    time_residuals,
    traces,
    trigger_efficiency,
    xmax_moments,
    zenith,
)
from footprint.figures.samples.draw import KINDS, draw_sample, make
from footprint.figures.samples.tables import SampleTables, open_sample
from footprint.survey import FACTS
from footprint.survey.survey import survey
from tests.figures.units import figures_without_labels, labels_without_units
from tests.survey import made_up

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    arrays = made_up.showers(600)
    arrays["traces"] = made_up.traces(arrays["signal"])
    found = survey([made_up.write(folder / "events.h5", arrays)])
    found.tables["traces.csv"]["muons"] = 0.25 * found.tables["traces.csv"]["signal"]
    write_tables(folder / "tables", found.tables, found.facts, FACTS)
    return folder / "tables"


@pytest.fixture
def tables(surveyed, tmp_path) -> SampleTables:
    return open_sample(shutil.copytree(surveyed, tmp_path / "tables"))


def bars(axes, label):
    """Points and half-lengths of the upright bars of a series."""
    container = next(c for c in axes.containers if c.get_label() == label)
    x, y = np.array(container.lines[0].get_data(), dtype=float)
    segments = container.lines[2][-1].get_segments()
    return x, y, np.array([np.ptp(s[:, 1]) / 2 for s in segments])


def test_axes_say_their_units(tables):
    figures = make(tables)
    assert list(labels_without_units(figures)) == []
    assert figures_without_labels(figures) == []


def test_all_figures_are_drawn_and_the_same_each_time(tables, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert set(draw_sample(tables.folder, first)) == set(KINDS)
    draw_sample(tables.folder, second)
    assert len(list(first.iterdir())) == 2 * len(KINDS)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    for path in first.glob("*.png"):
        image = imread(path)
        assert 500 < image.shape[1] < 1200
        assert np.mean(image[..., :3].min(axis=2) < 0.9) > 0.015, f"{path.name} is nearly blank"
        assert np.all(image[[0, -1]] == 1), f"{path.name} is cut off at an edge"


def test_every_axis_has_a_name_with_its_unit(tables):
    units = {
        "event_displays": {"x [km]", "y [km]", r"time after the first station [$\mu$s]"},
        "traces": {"time after the front [ns]"},
        "lateral_distribution": {"distance to the axis [m]", "mean signal [VEM]"},
        "time_residuals": {"mean delay [ns]", "standard deviation of the delay [ns]"},
        "trigger_efficiency": {"distance to the axis [m]", "trigger efficiency of a station"},
        "stations_hit": {"lg(E/eV)", "zenith angle [degrees]", "mean number of stations hit"},
        "zenith": {r"zenith angle $\theta$ [degrees]", "probability density [1/degree]"},
        "energy_spectrum": {"lg(E/eV)", "showers per unit of lg(E)"},
        "muons": {"lg(E/eV)", "muon fraction of signal"},
        "xmax_moments": {"lg(E/eV)", r"mean X$_\mathrm{max}$ [g/cm$^2$]"},
    }
    figures = make(tables)
    assert set(figures) == set(units)
    for name, expected in units.items():
        axes = [*figures[name].axes, *(c for a in figures[name].axes for c in a.child_axes)]
        labels = {label for a in axes for label in (a.get_xlabel(), a.get_ylabel())}
        assert expected <= labels, name


def test_a_sample_without_truth_has_fewer_figures(tables, tmp_path):
    for name in ("xmax_moments", "xmax_model", "muons", "energy_spectrum", "traces"):
        tables.path(name).unlink()
    output = tmp_path / "figures"
    output.mkdir()
    (output / "muons.png").write_text("old")
    drawn = draw_sample(tables.folder, output)
    assert set(KINDS) - set(drawn) == {"xmax_moments", "muons", "energy_spectrum", "traces"}
    assert not (output / "muons.png").exists()


def test_displays_show_each_station_by_its_signal_time_and_status(tables):
    events, stations = tables.read("events"), tables.read("stations")
    figure = event_displays.draw(tables)
    for axes, (_, event) in zip(figure.axes, events.iterrows(), strict=False):
        seen = stations[stations["event"] == event["event"]]
        hit = seen[seen["status"] > 0]
        rings, dots = axes.collections[:2]
        assert_allclose(dots.get_offsets(), hit[["x", "y"]] / 1e3)
        time = hit["arrival_time"] - hit["arrival_time"].min()
        assert_allclose(dots.get_array(), time / 1e3)
        order = np.argsort(hit["signal"].to_numpy())
        assert np.all(np.diff(dots.get_sizes()[order]) >= 0)
        assert len(rings.get_offsets()) == (seen["status"] == 2).sum()
        silent, dead, core = axes.lines
        assert len(silent.get_xdata()) == (seen["status"] == 0).sum()
        assert len(dead.get_xdata()) == (seen["status"] == -1).sum()
        assert_allclose([core.get_xdata()[0] * 1e3, core.get_ydata()[0] * 1e3],
                        [event["core_x"], event["core_y"]])  # fmt: skip
        arrow = axes.texts[0]
        direction = np.subtract(arrow.xyann, arrow.xy)
        axis = np.array([event["axis_x"], event["axis_y"]], float)
        assert_allclose(direction / np.linalg.norm(direction), axis / np.linalg.norm(axis))
    key = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {"saturated", "silent", "dead", "core", "shower axis"} < set(key)


def test_displays_name_only_marks_that_there_are(tables):
    stations = tables.read("stations")
    stations["status"] = stations["status"].clip(0, 1)
    stations.to_csv(tables.path("stations"), index=False)
    key = [text.get_text() for text in event_displays.draw(tables).legends[0].get_texts()]
    assert not {"saturated", "dead"} & set(key)


def test_traces_show_the_signals_and_their_known_parts(tables):
    table = tables.read("traces")
    figure = traces.draw(tables)
    radii = table["radius"].unique()
    assert [axes.texts[0].get_text() for axes in figure.axes] == [
        f"{radius:.0f} m from the axis" for radius in radii
    ]
    for axes, radius in zip(figure.axes, radii, strict=True):
        rows = table[table["radius"] == radius]
        assert_allclose(axes.patches[0].get_data().values, rows["signal"])
        assert_allclose(axes.lines[0].get_ydata(), 0.25 * rows["signal"])
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["recorded", "muons, mean"]
    table.drop(columns="muons").to_csv(tables.path("traces"), index=False)
    assert not traces.draw(tables).legends


def test_the_lateral_distribution_is_hollow_where_few_stations_trigger(tables):
    table = tables.read("lateral_distribution")
    figure = lateral_distribution.draw(tables)
    low = table["energy_low"].min()
    rows = table[(table["mass"] == "iron") & (table["energy_low"] == low)]
    full = rows["efficiency"] >= lateral_distribution.FULL
    assert 0 < full.sum() < len(rows)
    x, y, error = bars(figure.axes[0], "iron")
    assert_allclose([x, y, error], rows.loc[full, ["centre", "signal", "error"]].to_numpy().T)
    hollow = [c for c in figure.axes[0].containers if c.lines[0].get_markerfacecolor() == "white"]
    assert sum(len(c.lines[0].get_xdata()) for c in hollow) == np.sum(
        (table["energy_low"] == low) & (table["efficiency"] < lateral_distribution.FULL)
    )
    assert figure.axes[0].get_title() == "lg(E/eV) 18.75 to 19"


def test_residuals_are_those_of_the_table_by_zenith_angle(tables):
    table = tables.read("time_residuals")
    upper, lower = time_residuals.draw(tables).axes
    rows = table[(table["zenith_low"] == 30) & (table["stations"] >= time_residuals.FEWEST)]
    _, mean, error = bars(upper, "30 to 45")
    assert_allclose([mean, error], rows[["mean", "mean_error"]].to_numpy().T)
    assert_allclose(np.array(lower.containers[1].lines[0].get_ydata(), float), rows["sd"])


def test_efficiencies_have_their_intervals(tables):
    table = tables.read("trigger_efficiency")
    axes = trigger_efficiency.draw(tables).axes[0]
    container = axes.containers[0]
    rows = table[table["energy_low"] == table["energy_low"].min()]
    assert_allclose(np.array(container.lines[0].get_ydata(), float), rows["efficiency"])
    ends = np.array([s[:, 1] for s in container.lines[2][0].get_segments()])
    assert_allclose(ends[:, 0], np.minimum(rows["efficiency_low"], rows["efficiency"]))
    assert_allclose(ends[:, 1], np.maximum(rows["efficiency_high"], rows["efficiency"]))


def test_xmax_stands_beside_the_lines_of_its_model(tables):
    table, model = tables.read("xmax_moments"), tables.read("xmax_model")
    figure = xmax_moments.draw(tables)
    upper, lower = figure.axes
    for axes, quantity in ((upper, "mean"), (lower, "sd")):
        lines = [line for line in axes.lines if len(line.get_xdata()) == 41]
        assert_allclose(
            [line.get_ydata() for line in lines],
            [model.loc[model["mass"] == name, quantity] for name in ("proton", "iron")],
        )
    rows = table[(table["mass"] == "iron") & (table["showers"] == "inclined")]
    x, y, error = bars(upper, "iron")
    assert_allclose([x, y, error], rows[["centre", "mean", "mean_error"]].to_numpy().T)
    key = [text.get_text() for text in figure.legends[0].get_texts()]
    assert key[-1] == "EPOS-LHC"
    assert to_hex(lines[0].get_color()) == style.class_colours(["proton"])["proton"]


def test_read_showers_have_no_lines(tables):
    tables.path("xmax_model").unlink()
    path = tables.folder / FACTS
    path.write_text(json.dumps(json.loads(path.read_text()) | {"hadronic_model": None}))
    figure = xmax_moments.draw(open_sample(tables.folder))
    assert not [line for line in figure.axes[0].lines if len(line.get_xdata()) == 41]
    key = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "EPOS-LHC" not in key


def test_masses_stand_side_by_side_and_none_is_hidden(tables):
    table = tables.read("muons")
    axes = muons.draw(tables).axes[0]
    rows = table[(table["quantity"] == "relative_muons") & (table["mass"] == "proton")]
    x, y, error = bars(axes, "proton")
    assert_allclose([y, error], rows[["mean", "mean_error"]].to_numpy().T)
    assert np.all(x < bars(axes, "iron")[0])
    assert np.all(np.abs(x - rows["centre"]) < 0.2 * (rows["high"] - rows["low"]))


def test_zenith_angles_stand_beside_the_expectation(tables):
    table = tables.read("zenith")
    steps = {p.get_label(): p.get_data().values for p in zenith.draw(tables).axes[0].patches}
    assert_allclose(steps["showers"], table["density"])
    assert_allclose(steps[r"isotropic: sin$\,\theta\,$cos$\,\theta$"], table["expected"])


def test_wrong_tables_are_refused_with_their_names(tables):
    pd.read_csv(tables.path("zenith")).drop(columns="expected").to_csv(tables.path("zenith"))
    with pytest.raises(FileFormatError, match=r"zenith\.csv lacks columns expected"):
        make(tables)
    tables.path("zenith").write_text("low,high,density,error,expected\n")
    with pytest.raises(DataError, match=r"zenith\.csv has no rows"):
        make(tables)
    for path in tables.folder.glob("*.csv"):
        path.unlink()
    with pytest.raises(FileFormatError, match=r"no table to draw, expected some of events\.csv"):
        make(tables)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "expected JSON with keys sample, events, hadronic_model, found list"),
        ('{"sample": "x"}', "found sample"),
    ],
)
def test_facts_that_say_nothing(text, message, tables):
    (tables.folder / FACTS).write_text(text)
    with pytest.raises(FileFormatError, match=message):
        open_sample(tables.folder)


def test_the_script_says_what_is_missing(tmp_path):
    command = [sys.executable, ROOT / "scripts" / "draw_sample.py", "--tables", tmp_path / "none"]
    command += ["--output", tmp_path / "figures"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FileFormatError: file not found" in done.stderr
    assert "survey the sample again" in done.stderr
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_handful_of_showers_is_enough(count, tmp_path):
    found = survey([made_up.write(tmp_path / "events.h5", made_up.showers(count))])
    write_tables(tmp_path / "tables", found.tables, found.facts, FACTS)
    assert {"event_displays", "zenith", "xmax_moments"} <= set(
        make(open_sample(tmp_path / "tables"))
    )
