"""Figures of uncertainties and corrections show what stands in the tables."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from footprint.figures import calibration, corrected_bias, pulls, style
from footprint.figures.draw import OF_TABLES
from footprint.figures.tables import COLUMNS

pytestmark = pytest.mark.usefixtures("axes_say_their_units")

METRICS = {"pull_mean": (0.02, 0.03, ""), "pull_width": (1.25, 0.02, "")}


def save(folder, name, rows):
    pd.DataFrame(rows, columns=list(COLUMNS[name])).to_csv(folder / f"{name}.csv", index=False)


@pytest.fixture
def uncertain(regression):
    """Add pulls that are too wide, and sigmas a fifth too small, to the tables of a regression."""
    edges = np.linspace(-5, 5, 21)
    density = np.exp(-0.5 * ((edges[1:] - 0.25) / 1.25) ** 2) / np.sqrt(2 * np.pi) / 1.25
    rows = zip(edges, edges[1:], density, strict=False)
    save(regression.folder, "pulls", [("xmax_cnn", *row, 0.01) for row in rows])
    sigma = np.linspace(10, 30, 6)
    rows = [("xmax_cnn", "", "g/cm2", s - 1, s + 1, s, 1.25 * s, 0.5, 150) for s in sigma]
    save(regression.folder, "sigma_calibration", rows)
    bins = [(700 + 20 * k, 720 + 20 * k, 710 + 20 * k) for k in range(5)]
    rows = [(1, "prediction", "g/cm2", *b, 99, 0, 8.0 - k, 1.0, 8.0 - k)
            for k, b in enumerate(bins)]  # fmt: skip
    save(regression.folder, "bias_correction", rows)
    rows = [(step, "prediction", "g/cm2", *b, value, 1.0)
            for step, value in (("before", 7.0), ("after", 0.5)) for b in bins]  # fmt: skip
    save(regression.folder, "corrected_bias", rows)
    table = pd.read_csv(regression.path("comparison"))
    for metric, (value, error, unit) in METRICS.items():
        table.loc[len(table)] = ("xmax_cnn", "network", metric, value, error, np.nan, unit)
    table.to_csv(regression.path("comparison"), index=False)
    return regression


@pytest.fixture
def calibrated(classification):
    """Add a calibration to the tables of a classification."""
    rows = [
        (step, metric, value, 0.01, *((0.02, 0.004) if metric == "calibration_error" else ("", "")))
        for step, worse in (("before", 3), ("after", 1))
        for metric, value in (("calibration_error", 0.03 * worse), ("log_loss", 0.5 * worse))
    ]
    save(classification.folder, "calibration", rows)
    rows = [
        (step, name, low, low + 0.1, low + 0.05, (low + 0.05) ** power, 0.05, 100)
        for step, power in (("before", 2), ("after", 1))
        for name in classification.target.classes
        for low in np.linspace(0, 0.9, 10)
    ]
    save(classification.folder, "calibrated_reliability", rows)
    return classification


def test_all_are_drawn_and_nothing_is_cut_off(uncertain, calibrated, tmp_path):
    drawn = {
        "pulls": (pulls.draw, uncertain),
        "sigma_calibration": (pulls.draw_calibration, uncertain),
        "bias_correction": (corrected_bias.draw, uncertain),
        "calibration": (calibration.draw, calibrated),
    }
    for name, (of_tables, tables) in drawn.items():
        assert OF_TABLES[name][1] is of_tables
        assert tables.has(OF_TABLES[name][0])
        with style.paper():
            style.save(of_tables(tables), tmp_path, name)
        image = imread(tmp_path / f"{name}.png")[..., :3]
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert (border == 1).all(), name


def test_pulls_stand_on_a_unit_gaussian(uncertain):
    figure = pulls.draw(uncertain)
    (axes,) = figure.axes
    x, gauss = axes.lines[0].get_data()
    assert np.trapezoid(gauss, x) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(gauss * x**2, x) == pytest.approx(1, abs=1e-3)
    (legend,) = figure.legends
    assert "mean 0.020 ± 0.030, width 1.250 ± 0.020" in legend.get_texts()[1].get_text()


def test_the_ratio_of_errors_and_sigmas_is_shown(uncertain):
    upper, lower = pulls.draw_calibration(uncertain).axes
    assert "rms error of" in upper.get_ylabel()
    assert "g/cm" in lower.get_xlabel()
    drawn = np.concatenate([c.lines[0].get_ydata() for c in lower.containers])
    assert drawn == pytest.approx(1.25)


def test_the_bias_is_shown_before_and_after(uncertain):
    figure = corrected_bias.draw(uncertain)
    found = {c.get_label(): c.lines[0].get_ydata() for c in figure.axes[0].containers}
    assert found["test, before"] == pytest.approx(7.0)
    assert found["test, after"] == pytest.approx(0.5)


def test_a_calibration_has_a_panel_a_class_and_says_what_it_did(calibrated):
    figure = calibration.draw(calibrated)
    assert len(figure.axes) == len(calibrated.target.classes)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert re.search(r"before: .*0\.09.*chance: 0\.02.*1\.5", texts[0])
    assert re.search(r"after: .*0\.03.*chance: 0\.02.*0\.5", texts[1])
    for axes in figure.axes:
        before, after = (c.lines[0] for c in axes.containers)
        assert before.get_ydata() == pytest.approx(before.get_xdata() ** 2)
        assert after.get_ydata() == pytest.approx(after.get_xdata())
