"""Contents of figures: what is drawn is what the tables say, and the axes say what it is."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from footprint.figures import (
    against,
    comparison,
    confusion_matrix,
    learning_curve,
    reliability,
    residuals,
    resolution,
    roc,
    scores,
    style,
    truth_vs_prediction,
)
from footprint.figures.draw import make
from footprint.figures.methods import methods_of
from footprint.figures.tables import open_tables

UNIT = "[g/cm$^{2}$]"


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


def points(axes):
    """Errorbar series by label: x, y, and half the length of the upright bars."""
    series = {}
    for container in axes.containers:
        x, y = np.array(container.lines[0].get_data(), dtype=float)
        bars = container.lines[2][-1].get_segments()
        series[container.get_label()] = (x, y, np.array([np.ptp(bar[:, 1]) / 2 for bar in bars]))
    return series


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def test_every_figure_names_its_axes_and_none_is_empty(classification, regression):
    for tables in (classification, regression):
        for name, figure in make(tables).items():
            for axes in figure.axes:
                artists = [*axes.lines, *axes.patches, *axes.images, *axes.collections]
                artists += axes.containers
                assert artists or axes.get_label() == "<colorbar>", name
            labels = [axes.get_xlabel() for axes in figure.axes]
            assert any(labels), name
            assert any(axes.get_ylabel() for axes in figure.axes) or name == "comparison"


def test_axes_of_a_regression_hold_its_unit(regression):
    expected = {
        "comparison": {f"RMSE {UNIT}, lower is better"},
        "truth_vs_prediction": {
            rf"true $X_\mathrm{{max}}$ {UNIT}",
            rf"predicted $X_\mathrm{{max}}$ {UNIT}",
        },
        "residuals": {
            "predicted \N{MINUS SIGN} true " + rf"$X_\mathrm{{max}}$ {UNIT}",
            "probability density [1/(g/cm$^{2}$)]",
        },
        "resolution_xmax": {
            rf"true $X_\mathrm{{max}}$ {UNIT}",
            f"68 % half-width {UNIT}",
            rf"bias of $X_\mathrm{{max}}$ {UNIT}",
        },
        "resolution_muons_at_ground": {"muons at ground"},
    }
    figures = make(regression)
    for name, labels in expected.items():
        found = {label for a in figures[name].axes for label in (a.get_xlabel(), a.get_ylabel())}
        assert labels <= found, name


def test_roc_shows_the_reciprocal_rates_and_the_areas_of_the_table(classification):
    table, areas = classification.read("roc"), classification.read("auc")
    areas.loc[areas["class"] == "iron", ["auc", "error"]] = (0.1234, 0.0021)
    areas.to_csv(classification.path("auc"), index=False)
    figure = roc.draw(classification)
    assert len(figure.axes) == 4
    iron = figure.axes[3]
    assert iron.get_legend().get_title().get_text() == "iron against the rest: AUC"
    assert texts(iron.get_legend())[0] == "mass cnn  0.1234 ± 0.0021"
    rows = table[(table["method"] == "mass_cnn") & (table["class"] == "iron")]
    efficiency, rejection = iron.lines[0].get_data()
    assert_allclose(efficiency, rows["signal_efficiency"])
    rate = rows["false_positive_rate"].to_numpy()
    assert_allclose(rejection[rate > 0], 1 / rate[rate > 0])
    assert np.all(np.isinf(rejection[rate == 0]))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_panels_follow_the_classes_in_the_table(classification, count):
    for name in ("roc", "scores"):
        table = classification.read(name)
        table = table[table["class"].isin(classification.target.classes[:count])]
        table.to_csv(classification.path(name), index=False)
    assert len(roc.draw(classification).axes) == count
    assert len(scores.draw(classification).axes) == count


def test_confusion_matrix_shows_fractions_with_errors(classification):
    table = classification.read("confusion_matrix")
    chosen = (table["truth"] == "proton") & (table["predicted"] == "iron")
    table.loc[chosen, ["fraction", "error"]] = (0.77, 0.012)
    table.to_csv(classification.path("confusion_matrix"), index=False)
    axes = confusion_matrix.draw(classification).axes[0]
    image = np.asarray(axes.images[0].get_array())
    assert_allclose(image.ravel(), table["fraction"])
    written = {tuple(text.get_position()): text.get_text() for text in axes.texts}
    assert written[3, 0] == "0.770\n±0.012"
    assert axes.get_yticklabels()[0].get_text() == "proton"


def test_scores_show_the_densities_of_the_true_classes(classification):
    table = classification.read("scores")
    figure = scores.draw(classification)
    steps = [patch for patch in figure.axes[1].patches if patch.get_label() == "nitrogen"]
    rows = table[(table["class"] == "helium") & (table["truth"] == "nitrogen")]
    assert_allclose(steps[0].get_data().values, rows["density"])
    assert texts(figure.legends[0]) == ["proton", "helium", "nitrogen", "iron"]


def test_reliability_shows_the_points_of_the_table_and_the_diagonal(classification):
    table = classification.read("reliability")
    upper, lower = reliability.draw(classification).axes
    rows = table[table["class"] == "helium"]
    x, y, error = points(upper)["helium"]
    assert_allclose([x, y, error], rows[["predicted", "observed", "error"]].to_numpy().T)
    assert_allclose(upper.lines[0].get_data(), [[0, 1], [0, 1]])
    segments = np.array(lower.collections[1].get_segments())
    assert_allclose(segments[:, 0, 1], rows["events"])
    assert_allclose(segments[:, :, 0], rows[["low", "high"]])


def test_learning_curve_shows_each_seed_and_its_epoch_of_lowest_validation_loss(classification):
    table = classification.read("learning_curve")
    table.loc[(table["seed"] == 2) & (table["epoch"] == 5), "validation_loss"] = 0.01
    table.to_csv(classification.path("learning_curve"), index=False)
    figure = learning_curve.draw(classification)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["loss", "accuracy", "learning rate"]
    rows = table[table["seed"] == 2]
    training, validation, chosen = figure.axes[1].lines[3:]
    assert_allclose(training.get_data(), rows[["epoch", "accuracy"]].to_numpy().T)
    assert_allclose(validation.get_data(), rows[["epoch", "validation_accuracy"]].to_numpy().T)
    kept = rows[rows["epoch"] == 5].iloc[0]
    assert_allclose(chosen.get_data(), [[5], [kept["validation_accuracy"]]])
    assert texts(figure.axes[0].get_legend()) == ["seed 1", "seed 2"]


def test_learning_curve_says_that_a_loss_has_penalties(classification):
    table = classification.read("learning_curve").assign(weight_penalty=0.05)
    table.to_csv(classification.path("learning_curve"), index=False)
    figure = learning_curve.draw(classification)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["loss\nwith penalty on weights", "accuracy", "learning rate"]
    rows = table[table["seed"] == 1]
    assert_allclose(figure.axes[0].lines[3].get_data(), [rows["epoch"], [0.05] * len(rows)])
    assert "penalty on weights" in texts(figure.legends[0])


def test_learning_curve_leaves_out_a_learning_rate_that_never_changed(regression):
    table = regression.read("learning_curve").assign(learning_rate=1e-3)
    table.to_csv(regression.path("learning_curve"), index=False)
    labels = [axes.get_ylabel() for axes in learning_curve.draw(regression).axes]
    assert labels == ["loss (normalised target)", "MAE (normalised target)"]


def test_truth_vs_prediction_shows_the_counts_whatever_the_order_of_rows(regression):
    table = regression.read("truth_vs_prediction")
    filled = table[table["count"] > 0].sample(frac=1, random_state=1)
    figure = truth_vs_prediction.draw(regression)
    filled.to_csv(regression.path("truth_vs_prediction"), index=False)
    again = truth_vs_prediction.draw(regression)
    for drawn in (figure, again):
        counts = np.ma.filled(np.ma.masked_invalid(drawn.axes[0].collections[0].get_array()), 0)
        assert counts.sum() == table["count"].sum()
        assert counts.max() == table["count"].max()


def test_residuals_take_bias_and_sd_from_the_comparison(regression):
    table = regression.read("comparison")
    chosen = table["method"] == "xmax_cnn"
    table.loc[chosen & (table["metric"] == "sd"), ["value", "error"]] = (123.4, 5.6)
    table.loc[chosen & (table["metric"] == "bias"), ["value", "error"]] = (-7.8, 0.9)
    table.to_csv(regression.path("comparison"), index=False)
    figure = residuals.draw(regression)
    assert texts(figure.legends[0])[0] == "xmax cnn: bias \N{MINUS SIGN}7.8 ± 0.9, sd 123 ± 6"
    assert "in g/cm$^{2}$" in figure.legends[0].get_title().get_text()
    rows = regression.read("residuals")
    steps = [p for p in figure.axes[0].patches if p.get_label().startswith("boosting")]
    assert_allclose(steps[0].get_data().values, rows.loc[rows["method"] == "boosting", "density"])


def test_resolution_shows_half_widths_and_biases_with_their_errors(regression):
    table = regression.read("resolution")
    upper, lower = resolution.draw(regression, "xmax").axes
    rows = table[(table["variable"] == "xmax") & (table["method"] == "linear")]
    for axes, quantity in ((upper, "half_width_68"), (lower, "bias")):
        drawn = points(axes)["linear"]
        columns = ["centre", quantity, f"{quantity}_error"]
        assert_allclose(drawn, rows[columns].to_numpy().T)
    assert against.variables(regression, "resolution") == ["xmax", "muons_at_ground"]


def test_comparison_shows_values_errors_and_spreads_networks_first(classification):
    table = classification.read("comparison")
    rows = table[table["metric"] == "accuracy"].set_index("method")
    figure = comparison.draw(classification)
    axes = figure.axes[0]
    assert axes.get_yticklabels()[0].get_text() == "mass cnn"
    for container, method in zip(axes.containers, rows.index, strict=False):
        line, _, (bar,) = container.lines
        assert_allclose(float(line.get_xdata()[0]), rows.loc[method, "value"])
        assert_allclose(np.ptp(bar.get_segments()[0][:, 0]) / 2, rows.loc[method, "error"])
    ends = axes.lines[0].get_xdata()
    assert_allclose(np.ptp(ends) / 2, rows.loc["mass_cnn", "spread"])
    assert texts(figure.legends[0]) == ["value and bootstrap error", "spread over seeds"]


def test_methods_keep_order_and_look_whatever_the_order_of_rows(regression):
    before = methods_of(regression)
    table = regression.read("comparison")
    pd.concat([table[table["kind"] == kind] for kind in ("oracle", "baseline", "network")]).to_csv(
        regression.path("comparison"), index=False
    )
    assert list(methods_of(regression).values()) == list(before.values())
    assert [method.kind for method in before.values()][:2] == ["network", "baseline"]
    oracle = list(before.values())[-1]
    assert oracle.kind == "oracle"
    assert oracle.dashes != "-"
    red, green, blue = (to_hex(oracle.colour)[i : i + 2] for i in (1, 3, 5))
    assert red == green == blue


@pytest.mark.parametrize("label", [None, "", "x_max"])
def test_a_target_without_label_is_called_by_its_name(label, regression):
    path = regression.folder / "target.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"label": label, "name": "x_max"}))
    axes = truth_vs_prediction.draw(open_tables(regression.folder)).axes[0]
    assert axes.get_xlabel() == f"true x max {UNIT}"
