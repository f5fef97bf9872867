"""Figures of posteriors and densities: what they show is what stands in the tables."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from footprint.errors import DataError, FileFormatError
from footprint.figures import coverage, log_density
from footprint.figures.draw import draw, make
from footprint.figures.tables import COLUMNS

OWN = {"coverage", "pit", "posteriors", "coverage_xmax"}
EVENTS = 900.0


@pytest.fixture
def posterior(regression):
    """Add the tables of a posterior that is a little too narrow to those of a regression."""
    folder = regression.folder
    nominal = np.arange(5, 100, 5.0)
    rows = []
    for kind, missing in (("central", 0.1), ("joint", 0.2)):
        observed = nominal * (1 - missing * (1 - nominal / 100))
        error = np.sqrt(nominal * (100 - nominal) / EVENTS)
        columns = zip(nominal, observed, error, strict=True)
        rows += [("xmax_cnn", kind, *row, EVENTS) for row in columns]
    save(folder, "coverage", rows)
    edges = np.linspace(0, 1, 11)
    density = np.array([1.4, 1.1, 0.9, 0.9, 0.8, 0.8, 0.9, 0.9, 1.1, 1.2])
    columns = zip(edges, edges[1:], density, strict=False)
    save(folder, "pit", [("xmax_cnn", *row, 0.08, EVENTS) for row in columns])
    bins = [("xmax_cnn", "xmax", "g/cm2", 600 + 50 * k, 650 + 50 * k, 625 + 50 * k, 100)
            for k in range(4)]  # fmt: skip
    save(
        folder, "coverage_in_bins", [(*b, 66.0 + k, 2.0, 20.0 + k, 0.5) for k, b in enumerate(bins)]
    )
    shown = []
    for event, middle in enumerate((700.0, 800.0)):
        x = middle + np.arange(-40, 40, 10.0)
        height = np.exp(-0.5 * ((x + 5 - middle) / 15) ** 2) / 38
        shown += [(event, middle + 3, a, a + 10, h) for a, h in zip(x, height, strict=True)]
    save(folder, "posteriors", shown)
    table = pd.read_csv(regression.path("comparison"))
    own = {"coverage_68": (66.1, 1.5, "%"), "joint_coverage_68": (64, 2, "%")}
    own |= {"pit_distance": (0.04, 0.01, "")}
    for metric, (value, error, unit) in own.items():
        row = ("xmax_cnn", "network", metric, value, error, np.nan, unit)
        table.loc[len(table)] = row
    table.to_csv(regression.path("comparison"), index=False)
    return regression


def save(folder, name, rows):
    pd.DataFrame(rows, columns=list(COLUMNS[name])).to_csv(folder / f"{name}.csv", index=False)


@pytest.fixture
def density(regression):
    """Add the tables of a learnt and a true density."""
    rng = np.random.default_rng(3)
    true = -2 - rng.exponential(size=300)
    learnt = true - 0.1 + rng.normal(0, 0.2, 300)
    save(regression.folder, "log_density_points", list(zip(true, learnt, strict=True)))
    rows = [("flow", low, low + 1, low + 0.6, low + 0.5, 0.03, 0.1, 0.03) for low in (-5, -4, -3)]
    save(regression.folder, "log_density", rows)
    return regression


def test_all_are_drawn_and_nothing_is_cut_off(posterior, tmp_path):
    assert set(draw(posterior.folder, tmp_path)) >= OWN
    for name in OWN:
        image = imread(tmp_path / f"{name}.png")
        assert np.mean(image[..., :3].min(axis=2) < 0.9) > 0.02, f"{name} is nearly blank"
        assert np.all(image[[0, -1]] == 1), f"{name} is cut off at an edge"
        assert np.all(image[:, [0, -1]] == 1), f"{name} is cut off at a side"


def test_without_their_tables_they_are_not_drawn(regression):
    assert not (OWN | {"log_density"}) & set(make(regression))


def test_coverage_shows_the_table_beside_the_diagonal(posterior):
    table = posterior.read("coverage")
    upper, lower = coverage.draw(posterior).axes
    diagonal, *curves = [line for line in upper.lines if len(line.get_xdata())]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [0, 100]
    for curve, kind in zip(curves, ("central", "joint"), strict=True):
        rows = table[table["interval"] == kind]
        np.testing.assert_allclose(curve.get_xdata(), rows["nominal"])
        np.testing.assert_allclose(curve.get_ydata(), rows["observed"])
    labels = [text.get_text() for text in upper.get_legend().get_texts()]
    assert labels == ["xmax cnn: 66.1 ± 1.5 %", "xmax cnn, joint: 64.0 ± 2.0 %"]
    differences = [line for line in lower.lines if len(line.get_xdata()) > 2]
    rows = table[table["interval"] == "central"]
    np.testing.assert_allclose(differences[0].get_ydata(), rows["observed"] - rows["nominal"])
    # The grey area is the binomial sd: 100 sqrt(1/4 / 900) in the middle.
    grey = lower.collections[-1].get_paths()[0].vertices
    assert grey[:, 1].max() == pytest.approx(100 * 0.5 / 30)


def test_the_pit_shows_where_a_uniform_one_would_lie(posterior):
    axes = coverage.draw_pit(posterior).axes[0]
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    # A share of 1/10 of 900 events, ten times as large as a density: sd = sqrt(9 / 900).
    assert (band.y0, band.y1) == pytest.approx((0.9, 1.1))


def test_coverage_in_bins_has_its_line_in_view(posterior):
    upper, lower = coverage.draw_in_bins(posterior, "xmax").axes
    low, high = upper.get_ylim()
    assert 0 < low < 64
    assert 71 < high <= 100
    assert any(np.allclose(line.get_ydata(), 68.27) for line in upper.lines)
    assert lower.get_ylim()[0] == 0
    assert lower.get_ylim()[1] > 23


def test_the_log_density_shows_points_bins_and_the_diagonal(density):
    upper, lower = log_density.draw(density).axes
    points = np.asarray(upper.collections[0].get_offsets())
    table = density.read("log_density_points")[["true", "learnt"]].to_numpy(float)
    np.testing.assert_allclose(points, table)
    assert list(upper.lines[0].get_xdata()) == list(upper.lines[0].get_ydata())
    means = lower.lines[1].get_ydata(orig=False)
    np.testing.assert_allclose(means, [0.1] * 3)
    assert "log_density" in make(density)


@pytest.mark.parametrize("name", ["coverage", "pit", "coverage_in_bins", "posteriors"])
def test_a_table_that_lacks_a_column(name, posterior):
    table = pd.read_csv(posterior.path(name))
    last = COLUMNS[name][-1]
    table.drop(columns=last).to_csv(posterior.path(name), index=False)
    with pytest.raises(FileFormatError, match=re.escape(f"{name}.csv lacks columns {last}: expec")):
        make(posterior)
    table.head(0).to_csv(posterior.path(name), index=False)
    with pytest.raises(DataError, match=re.escape(f"{name}.csv has no rows, expected columns")):
        make(posterior)
