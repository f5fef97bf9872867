"""Figures of directions and positions, and of what is measured in bins of a variable."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from footprint.errors import FileFormatError
from footprint.evaluation.bins import suits_logarithm
from footprint.figures import (
    accuracy,
    confusion_matrix,
    distances,
    draw,
    learning_curve,
    merit_factor,
    names,
    resolution,
    style,
)
from footprint.figures.tables import open_tables
from tests.figures.test_figure_contents import points, texts

METHODS = {"cnn": 1.0, "constant": 40.0, "plane_fit": 1.5, "linear": 8.0}
CLASSES = ("proton", "iron")


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


@pytest.fixture
def tables(tmp_path):
    """Write tables of a task: `comparison.csv` and those given, of `METHODS` in two bins."""

    def make(task, headline, **given):
        target = {"name": "it", "units": "m", "label": "", "task": task, "experiment": "cnn"}
        target["classes"] = list(CLASSES) if task == "classification" else []
        (tmp_path / "target.json").write_text(json.dumps(target))
        rows = [
            (method, "network" if method == "cnn" else "baseline", headline, size, 0.1, np.nan, "")
            for method, size in METHODS.items()
        ]
        columns = ["method", "kind", "metric", "value", "error", "spread", "unit"]
        given["comparison"] = pd.DataFrame(rows, columns=columns)
        for name, table in given.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        return open_tables(tmp_path)

    return make


def binned(variable="zenith", units="deg", edges=(0, 30, 60), methods=METHODS, **columns):
    """Make rows for each method and bin; a column is a function of method's size and bin."""
    return pd.DataFrame(
        [
            {
                "method": method,
                "variable": variable,
                "units": units,
                "low": edges[k],
                "high": edges[k + 1],
                "centre": (edges[k] + edges[k + 1]) / 2,
                "events": 50,
                **{name: value(size, k) for name, value in columns.items()},
            }
            for method, size in methods.items()
            for k in range(len(edges) - 1)
        ]
    )


def contained(**options):
    return binned(
        distance_68=lambda size, k: size / (k + 1),
        distance_68_error=lambda size, _: size / 20,
        **options,
    )


def distribution():
    edges = np.geomspace(0.1, 100, 31)
    parts = []
    for method, size in METHODS.items():
        share = 1 - np.exp(-((edges / size) ** 2))
        columns = {"method": method, "low": edges[:-1], "high": edges[1:], "error": 0.01}
        columns |= {"density": np.diff(share) / 0.1, "cumulative": share[1:]}
        parts.append(pd.DataFrame(columns | {"cumulative_error": 0.005}))
    return pd.concat(parts)


@pytest.mark.parametrize(
    ("task", "headline", "name", "unit"),
    [
        ("direction", "angle_68", "opening_angle", "deg"),
        ("position", "distance_68", "distance", "m"),
    ],
)
def test_directions_and_positions_have_their_figures(task, headline, name, unit, tables):
    found = tables(task, headline, distances=distribution(), containment=contained())
    figures = draw.make(found)
    assert set(figures) == {"comparison", name, "resolution_zenith"}
    assert f"[{unit}]" in figures[name].axes[1].get_xlabel()
    assert f"[{unit}]" in figures["resolution_zenith"].axes[0].get_ylabel()
    assert figures["comparison"].axes[0].get_xlabel().endswith("lower is better")
    assert figures["comparison"].axes[0].get_xscale() == "log"  # from 1 to 40
    zenith = "true zenith [deg]" if task == "direction" else "zenith [deg]"
    assert figures["resolution_zenith"].axes[0].get_xlabel() == zenith
    found.path("containment").unlink()  # nothing to look against
    assert set(draw.make(found)) == {"comparison", name}


def test_distribution_shows_the_table_and_marks_68_percent(tables):
    found = tables("direction", "angle_68", distances=distribution())
    figure = distances.draw(found)
    upper, lower = figure.axes
    table = found.read("distances")
    rows = table[table["method"] == "plane_fit"]
    steps = next(p for p in upper.patches if str(p.get_label()).startswith("plane fit"))
    assert_allclose(steps.get_data().values, rows["density"])
    curves = [line for line in lower.lines if len(line.get_xdata()) == len(rows)]
    assert_allclose(curves[2].get_xydata(), rows[["high", "cumulative"]])
    marks = [line.get_xydata()[0] for line in lower.lines if len(line.get_xdata()) == 1]
    assert_allclose(marks, [(size, 0.68) for size in METHODS.values()])
    assert texts(figure.legends[0])[0] == "cnn: 1.00 ± 0.10"
    assert figure.legends[0].get_title().get_text() == "68 % of the events within, in deg"


def test_points_are_those_of_the_table_and_far_methods_make_a_logarithmic_axis(tables):
    found = tables("direction", "angle_68", containment=contained())
    axes = distances.draw_containment(found, "zenith").axes[0]
    x, y, error = points(axes)["plane fit"]
    assert_allclose([x, y, error], [[15, 45], [1.5, 0.75], [0.075, 0.075]])
    assert axes.get_yscale() == "log"
    near = contained(methods={"cnn": 1.0, "plane_fit": 1.5})
    axes = distances.draw_containment(tables("direction", "angle_68", containment=near), "zenith")
    assert axes.axes[0].get_yscale() == "linear"
    assert axes.axes[0].get_ylim()[0] == 0
    with pytest.raises(FileFormatError, match="no variable 'zenit'; did you mean 'zenith'"):
        distances.draw_containment(found, "zenit")


def relative(bias):
    return binned(
        edges=(1, 4, 16, 64),
        variable="it",
        **{
            name: (lambda size, _, s=sign: s * size) if "bias" in name else (lambda size, _: size)
            for sign in (bias,)
            for name in (
                *("bias", "bias_error", "sd", "sd_error", "half_width_68", "half_width_68_error"),
                *("relative_bias", "relative_half_width_68"),
            )
        },
        relative_bias_error=lambda *_: 0.1,
        relative_half_width_68_error=lambda *_: 0.1,
    )


def test_relative_resolution_is_in_per_cent_and_the_worst_bias_leaves_the_panel(tables):
    found = tables("regression", "rmse", resolution=relative(-1))
    upper, lower = resolution.draw_relative(found, "it").axes
    assert upper.get_ylabel() == "relative resolution [%]"
    assert lower.get_ylabel() == "relative bias of it [%]"
    low, high = lower.get_ylim()
    # Biases are 1, 1.5, 8 and 40: the last two lie five times and more beyond what stands before.
    assert -3 < low < -1.6
    assert 0 < high < 1
    assert lower.get_xscale() == "log"
    assert_allclose(points(lower)["constant"][1], -40)


def test_resolution_without_relative_columns_has_no_such_figure(regression):
    figures = draw.make(regression)
    assert not [name for name in figures if name.startswith("relative")]


def test_accuracy_and_merit_factor_say_what_holds_for_all_events(tables):
    quantity = {"accuracy": lambda size, _: size / 50, "accuracy_error": lambda *_: 0.01}
    found = tables("classification", "accuracy", accuracy=binned(**quantity))
    figure = accuracy.draw(found, "zenith")
    assert texts(figure.legends[0])[:2] == ["cnn: 1.00 ± 0.10", "constant: 40.00 ± 0.10"]
    assert_allclose(points(figure.axes[0])["linear"][1], 8 / 50)
    merit = {"merit_factor": lambda size, k: np.inf if size == 40 else size - 1 + k}
    table = binned(**merit, merit_factor_error=lambda *_: 0.1).assign(kinds="mass_number 1 and 56")
    figure = merit_factor.draw(tables("regression", "merit_factor", separation=table), "zenith")
    assert figure.axes[0].get_ylabel() == "merit factor of mass number 1 and 56"
    assert texts(figure.legends[0])[2] == "plane fit: 1.50 ± 0.10"
    heights = {
        bars.get_label(): np.asarray(bars.lines[0].get_ydata(), dtype=float)
        for bars in figure.axes[0].containers
    }
    assert_allclose(heights["cnn"], [0, 1])
    assert np.isnan(heights["constant"]).all()  # infinity is not drawn
    assert np.isfinite(figure.axes[0].get_ylim()).all()


def test_a_matrix_for_each_bin_with_its_range(tables):
    rows = []
    for k, fractions in enumerate(([[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [np.nan, np.nan]])):
        for (i, j), fraction in np.ndenumerate(np.asarray(fractions)):
            rows.append((CLASSES[i], CLASSES[j], 30 * k, 30 * k + 30, fraction))
    table = pd.DataFrame(rows, columns=["truth", "predicted", "low", "high", "fraction"])
    table = table.assign(variable="zenith", units="deg", error=0.02, count=5, events=20)
    table["centre"] = table["low"] + 15
    found = tables("classification", "accuracy", confusion_matrices=table)
    figure = confusion_matrix.draw_in_bins(found, "zenith")
    first, second, bar = figure.axes
    assert [axes.get_title() for axes in (first, second)] == ["0 to 30 [deg]", "30 to 60 [deg]"]
    assert_allclose(first.images[0].get_array(), [[0.9, 0.1], [0.2, 0.8]])
    assert [text.get_text() for text in second.texts] == ["0.600\n±0.020", "0.400\n±0.020"]
    assert bar.get_ylabel() == "fraction of the true class"


@pytest.mark.parametrize("bins", [1, 3, 5, 9])
def test_any_number_of_matrices(bins, tables):
    table = binned(
        edges=tuple(range(bins + 1)),
        methods={"cnn": 1.0},
        fraction=lambda *_: 0.5,
        error=lambda *_: 0.1,
        count=lambda *_: 4,
    )
    whole = pd.concat([table.assign(truth=t, predicted=p) for t in CLASSES for p in CLASSES])
    figure = confusion_matrix.draw_in_bins(
        tables("classification", "accuracy", confusion_matrices=whole), "zenith"
    )
    assert len(figure.axes) == bins + 1
    assert isinstance(figure, Figure)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (18.5, 18.6713, "18.50 to 18.67"),
        (3.0, 7.0, "3 to 7"),
        (0.2, 28.31, "0 to 28"),
        (-1.25, 0.5, "\N{MINUS SIGN}1.2 to 0.5"),
        (4.0, 4.0, "4"),
    ],
)
def test_ranges_have_the_decimals_that_they_need(low, high, text):
    assert names.span(low, high) == text


def test_what_lies_evenly_on_a_logarithmic_axis():
    assert suits_logarithm(np.geomspace(3, 100, 8))
    assert suits_logarithm([1, 4, 14, 56])
    assert not suits_logarithm(np.linspace(3, 100, 8))
    assert not suits_logarithm(np.geomspace(3, 20, 8))  # less than a decade
    assert not suits_logarithm([0, 1, 10, 100])
    assert not suits_logarithm([1, 100])


def test_the_learning_curve_of_one_of_several_targets(regression):
    table = regression.read("learning_curve")
    for target in ("xmax", "xmax_log"):
        for quantity in ("loss", "mae"):
            table[f"{target}_{quantity}"] = table["loss"]
            table[f"validation_{target}_{quantity}"] = table["validation_loss"]
    table = table.drop(columns=["mae", "validation_mae"])
    table.to_csv(regression.path("learning_curve"), index=False)
    figure = learning_curve.draw(regression)
    assert [axes.get_ylabel() for axes in figure.axes] == [
        *("loss of all targets", "loss of xmax", "MAE (normalised target)"),
        "learning rate",
    ]
