"""Curves of degradation: where settings stand, and which methods are seen."""

import json

import pandas as pd
import pytest

from footprint.figures import degradation, style
from footprint.figures.methods import methods_of
from footprint.figures.tables import open_tables
from tests.figures.test_figure_contents import texts

pytestmark = pytest.mark.usefixtures("axes_say_their_units")

KINDS = {"cnn": "network", "fit": "baseline", "constant": "baseline"}
VALUES = {"cnn": 10.0, "fit": 20.0, "constant": 900.0}


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


@pytest.fixture
def tables(tmp_path):
    """Write the curve of a position with some settings, the first being the nominal one."""

    def write(*settings, methods=("cnn",)):
        rows = [
            {"method": method, "kind": KINDS[method], "curve": "c", "point": f"c_{n}",
             "setting": setting, "label": "saturated above", "setting_units": "VEM",
             "nominal": int(n == 0), "metric": "distance_68", "unit": "m", "events": 100,
             "value": VALUES[method] + n, "error": 1.0, "change": n, "change_error": 0.5}
            for method in methods for n, setting in enumerate(settings)
        ]  # fmt: skip
        table = pd.DataFrame(rows)
        table.to_csv(tmp_path / "degradation.csv", index=False)
        comparison = table[table["nominal"] == 1].assign(spread=None)
        comparison.to_csv(tmp_path / "comparison.csv", index=False)
        target = {"name": "core", "units": "m", "label": "core", "task": "variations"}
        target |= {"classes": [], "experiment": ""}
        (tmp_path / "target.json").write_text(json.dumps(target))
        return open_tables(tmp_path)

    return write


def curve(axes, label):
    """x and y of a method's points."""
    container = next(c for c in axes.containers if c.get_label() == label)
    line = container.lines[0]
    return list(line.get_xdata()), list(line.get_ydata())


def test_numbers_lie_where_they_lie(tables):
    (axes,) = degradation.draw(tables("1", "0.7", "1.3"), "c").axes
    assert curve(axes, "cnn") == ([0.7, 1.0, 1.3], [11.0, 10.0, 12.0])
    assert axes.get_xlabel() == "saturated above [VEM]"
    upright = [line.get_xdata()[0] for line in axes.lines if list(line.get_ydata()) == [0, 1]]
    assert upright == [1.0]  # the study's own value


def test_numbers_beside_none_stand_in_their_order(tables):
    (axes,) = degradation.draw(tables("none", "100000", "1000", "20000"), "c").axes
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["1000", "20000", "100000", "none"]
    assert curve(axes, "cnn") == ([0, 1, 2, 3], [12.0, 13.0, 11.0, 10.0])


def test_names_keep_their_order(tables):
    (axes,) = degradation.draw(tables("QGSJet", "EPOS"), "c").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["QGSJet", "EPOS"]


def test_baselines_are_there_and_a_far_worse_one_hides_none(tables):
    figure = degradation.draw(tables("1", "2", methods=KINDS), "c")
    assert {"cnn", "fit", "constant"} <= set(texts(figure.legends[0]))
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"


def test_no_two_of_several_networks_look_alike(tables, monkeypatch):
    names = [f"network_{n}" for n in range(8)]
    for name in names:
        monkeypatch.setitem(KINDS, name, "network")
        monkeypatch.setitem(VALUES, name, 10.0)
    found = methods_of(tables("1", "2", methods=names))
    assert len({(method.colour, method.marker) for method in found.values()}) == len(names)
    assert len({method.colour for method in list(found.values())[:5]}) == 5
