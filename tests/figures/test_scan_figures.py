"""Figures of a scan: what is drawn is what the table of its points says."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from footprint.errors import FileFormatError
from footprint.evaluation.tables import write_tables
from footprint.figures import style
from footprint.figures.scans.draw import draw_scan, make
from footprint.figures.scans.tables import open_scan
from footprint.scans.tables import FACTS

RATE, FILTERS = "training.optimizer.learning_rate", "model.filters"


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


@pytest.fixture
def folder(tmp_path):
    rows = [
        {"point": f"p{i}{j}", "status": "trained", RATE: rate, FILTERS: filters,
         "validation_loss": 0.3 + 0.1 * i + 0.01 * j, "epochs": 3, "seconds": 1.0, "reason": ""}
        for i, rate in enumerate([1e-4, 1e-3, 1e-2])
        for j, filters in enumerate(["[16, 32]", "[8]"])
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[0, "status"] = "chosen"
    table.loc[5, ["status", "validation_loss", "epochs", "reason"]] = ["failed", None, None, "nan"]
    facts = {"experiment": "e", "method": "grid", "parameters": [
        {"path": RATE, "numbers": True, "log": True},
        {"path": FILTERS, "numbers": False, "log": False},
    ]}  # fmt: skip
    write_tables(tmp_path / "tables", {"points.csv": table}, facts, FACTS)
    return tmp_path / "tables"


def test_each_parameter_has_a_panel_with_the_chosen_and_the_failed_points(folder):
    rate, filters = make(open_scan(folder))["scan"].axes
    points, chosen, failed, far = rate.lines
    assert len(far.get_xdata()) == 0
    np.testing.assert_allclose(points.get_xdata(), [1e-4, 1e-4, 1e-3, 1e-3, 1e-2])
    np.testing.assert_allclose(points.get_ydata(), [0.3, 0.31, 0.4, 0.41, 0.5])
    assert (*chosen.get_xdata(), *chosen.get_ydata()) == (1e-4, 0.3)
    assert list(failed.get_xdata()) == [1e-2]
    assert (rate.get_xscale(), rate.get_xlabel()) == ("log", "learning rate")
    assert list(filters.lines[0].get_xdata()) == [0, 1, 0, 1, 0]
    assert [text.get_text() for text in filters.get_xticklabels()] == ["[16, 32]", "[8]"]


def test_a_loss_far_above_all_others_does_not_squeeze_them(folder):
    text = (folder / "points.csv").read_text()
    (folder / "points.csv").write_text(text.replace(",0.5,", ",5e20,"))
    figures = make(open_scan(folder))
    points, _, _, far = figures["scan"].axes[0].lines
    assert max(points.get_ydata()) < 0.5
    assert list(far.get_xdata()) == [1e-2]
    assert figures["heat_map"].axes[0].images[0].get_clim() == (0.3, pytest.approx(0.41))


def test_the_heat_map_of_a_grid_has_a_cell_for_each_point(folder):
    axes = make(open_scan(folder))["heat_map"].axes[0]
    cells = axes.images[0].get_array()
    np.testing.assert_allclose(cells[0], [0.3, 0.4, 0.5])
    np.testing.assert_allclose(cells[1].filled(np.nan), [0.31, 0.41, np.nan])
    frames = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [frame.get_xy() for frame in frames] == [(-0.5, -0.5)]
    assert "failed" in [text.get_text() for text in axes.texts]


def test_points_drawn_at_random_have_no_heat_map(folder, tmp_path):
    (folder / FACTS).write_text((folder / FACTS).read_text().replace("grid", "random"))
    assert draw_scan(folder, tmp_path / "figures") == ["scan"]
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"scan.pdf", "scan.png"}


def test_wrong_tables_are_named(folder):
    (folder / FACTS).write_text('{"experiment": "e", "method": "grid", "parameters": [{}]}')
    with pytest.raises(FileFormatError, match="parameters need path, numbers and log"):
        open_scan(folder)
