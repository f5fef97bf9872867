"""Figures of parameter sets, from tables as the evaluation writes them."""

import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.evaluation.at_points import AtPoint
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.classification import EFFICIENCIES
from footprint.evaluation.shifts import Shift
from footprint.evaluation.tables import write_tables
from footprint.evaluation.variations import facts_of, tables_of
from footprint.figures import shifted_roc, shifts, style
from footprint.figures.draw import make
from footprint.figures.tables import open_tables
from tests.figures.test_figure_contents import texts

SETS = [
    Shift("alpha_s", "up", "alpha_s_up", r"$\alpha_\mathrm{s}$"),
    Shift("alpha_s", "down", "alpha_s_down", r"$\alpha_\mathrm{s}$"),
    Shift("no_mpi", "", "no_mpi"),
]
CHANGE = {"nominal": 0.0, "alpha_s_up": -0.2, "alpha_s_down": 0.1, "no_mpi": 0.05}
KINDS = {"net": "network", "cut": "baseline", "constant": "baseline", "truth": "oracle"}
STRENGTH = {"net": 1.0, "cut": 0.5, "constant": 0.0, "truth": 100.0}


pytestmark = pytest.mark.usefixtures("axes_say_their_units")


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


def sampled(value, error=0.01):
    value = np.asarray(value, dtype=float)
    signs = np.tile([-1.0, 1.0], 20).reshape(-1, *([1] * value.ndim))
    return Sampled(value, value + error * signs * np.maximum(np.abs(value), 0.1))


def at(kind, change, classes, mistag):
    """Rates that change by a relative amount, of a method of some kind."""
    if not classes:
        numbers = {"bias": sampled(100 * change), "half_width_68": sampled(30 * (1 + change))}
        return AtPoint(kind, 100, "g/cm2", (), numbers, {})
    numbers = {"accuracy": sampled(0.8 + 0.1 * change), "auc_macro": sampled(0.9 + 0.1 * change)}
    for name in classes:
        numbers |= {
            f"rejection_{name}_at_30": sampled(200 * (1 + change)),
            f"efficiency_{name}_at_nominal_30": sampled(0.3 + 0.1 * change),
            f"mistag_{name}_at_nominal_30": sampled(mistag * (1 - change)),
        }
    rate = EFFICIENCIES**3 / (1 + change)
    return AtPoint(kind, 100, "", classes, numbers, {name: sampled(rate) for name in classes})


@pytest.fixture
def tables(tmp_path):
    """Write the tables of a target, with or without classes."""

    def write(classes=(), mistag=0.005):
        methods = {
            name: {
                point: at(kind, STRENGTH[name] * change, classes, mistag)
                for point, change in CHANGE.items()
            }
            for name, kind in KINDS.items()
        }
        facts = facts_of("target", None, {}, methods)
        write_tables(tmp_path, tables_of([], SETS, methods), facts)
        return open_tables(tmp_path)

    return write


def points(axes, label):
    container = next(c for c in axes.containers if c.get_label() == label)
    line = container.lines[0]
    places = zip(line.get_ydata(), line.get_xdata(), strict=True)
    return {round(float(y)): round(float(x), 6) for y, x in places}


def test_each_set_has_a_row_and_their_sum_the_last(tables):
    figure = shifts.draw(tables())
    bias, width = figure.axes
    rows = [label.get_text() for label in bias.get_yticklabels()]
    assert rows == [r"$\alpha_\mathrm{s}$", "no mpi", shifts.ALL_SETS]
    assert points(bias, "net") == {0: -20.0, 1: 5.0}  # up, and the set of one point
    assert points(bias, "_down")[0] == 10.0
    assert points(width, "net") == {0: -6.0, 1: 1.5}
    assert bias.get_xlabel() == "change of\nbias [g/cm$^{2}$]"
    bars = [line for line in bias.lines if line.get_linewidth() == 3]
    net = next(bar for bar in bars if round(bar.get_ydata()[0]) == 2)
    assert list(net.get_xdata()) == pytest.approx([-20.0, np.hypot(10, 5)])


def test_what_never_changes_and_what_hides_the_others_is_not_in_the_way(tables):
    figure = shifts.draw(tables())
    said = texts(figure.legends[0])
    assert "cut" in said
    assert "constant" not in said
    low, high = figure.axes[0].get_xlim()
    assert low > -200
    assert low < -20
    assert high > 10


def test_two_classes_are_judged_at_the_nominal_cut(tables):
    figure = shifts.draw(tables(("top", "qcd")))
    rejection, efficiency, mistag = figure.axes
    assert points(rejection, "net") == {0: -20.0, 1: 5.0}  # per cent
    assert points(efficiency, "net") == {0: -0.02, 1: 0.005}
    assert points(mistag, "net") == {0: 20.0, 1: -5.0}
    assert mistag.get_xlabel() == (
        "relative change of\nmistag rate as top,\nnominal cut of 30 % [%]"
    )


def test_a_rate_of_nothing_at_all_has_no_relative_change(tables):
    figure = shifts.draw(tables(("top", "qcd"), mistag=0.0))
    assert not [line for line in figure.axes[2].lines if line.get_linewidth() == 3
                and np.isfinite(line.get_xdata()).any()]  # fmt: skip


def test_roc_curves_stand_over_the_nominal_one(tables):
    found = tables(("top", "qcd"))
    assert list(shifted_roc.names(found)) == [("net", "top")]
    figure = shifted_roc.draw(found, "net", "top")
    main, ratio = figure.axes
    lines = {line.get_label(): line for line in main.lines}
    up, down = r"$\alpha_\mathrm{s}$ up", r"$\alpha_\mathrm{s}$ down"
    assert set(lines) == {up, down, "no mpi", "nominal"}
    middle = list(EFFICIENCIES).index(0.5)
    assert lines["nominal"].get_ydata()[middle] == pytest.approx(8.0)
    assert lines[up].get_ydata()[middle] == pytest.approx(6.4)
    assert (lines[up].get_linestyle(), lines[down].get_linestyle()) == ("-", "--")
    assert lines[up].get_color() == lines[down].get_color() != lines["no mpi"].get_color()
    over = {line.get_label(): line.get_ydata() for line in ratio.lines}
    assert over["no mpi"][middle] == pytest.approx(1.05)
    total = ratio.collections[0].get_paths()[0].vertices
    inside = total[np.isclose(total[:, 0], 0.5)][:, 1]
    # Rates, not rejections, are added: 1/1.1 and 1/1.05 below one, and 1/0.8 above.
    below = np.hypot(1 - 1 / 1.1, 1 - 1 / 1.05)
    assert inside.min() == pytest.approx(0.8, abs=1e-6)
    assert inside.max() == pytest.approx(1 / (1 - below), abs=1e-6)


def test_all_figures_of_a_target_with_four_classes(tables):
    found = tables(("proton", "helium", "nitrogen", "iron"))
    assert set(make(found)) == {
        "shifts", *(f"shifted_roc_net_{name}" for name in ("proton", "helium", "nitrogen", "iron"))
    }  # fmt: skip
    labels = [axes.get_xlabel() for axes in shifts.draw(found).axes]
    assert labels == ["change of\naccuracy", "change of\nAUC (macro)"]


def test_a_curve_that_is_not_there_is_named(tables):
    with pytest.raises(FileFormatError, match="no curve of 'net' and class 'tau'; did you mean"):
        shifted_roc.draw(tables(("top", "qcd")), "net", "tau")
