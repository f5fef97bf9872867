"""Figures of what a network had learnt after some epochs show what stands in the tables."""

import numpy as np
import pandas as pd
import pytest

from footprint.figures.snapshots import draw_boundary, draw_fit
from footprint.figures.style import paper
from footprint.figures.tables import open_tables
from tests.figures.conftest import write_target

EPOCHS = {1: 0, 10: 0, 8: 1}
"""Epochs of the states, and whether it is the trained network."""
SIDE = np.linspace(-1, 1, 9)


pytestmark = pytest.mark.usefixtures("axes_say_their_units")


def write(folder, name, table):
    pd.DataFrame(table).to_csv(folder / f"{name}.csv", index=False)


def states(over):
    """Repeat a table over the grid for two trainings and all states."""
    parts = [
        pd.DataFrame({"seed": seed, "epoch": epoch, "trained": trained, **over(seed, epoch)})
        for seed in (3, 1)
        for epoch, trained in EPOCHS.items()
    ]
    return pd.concat(parts)


def write_common(folder, metric, unit, axes):
    rows = [
        {"seed": seed, "epoch": epoch, "trained": trained, "metric": metric,
         "value": 1 / (epoch + seed), "error": 0.01, "unit": unit, "events": 40}
        for seed in (3, 1) for epoch, trained in EPOCHS.items()
    ]  # fmt: skip
    write(folder, "snapshot_quality", rows)
    labels = [("energy", "GeV"), ("depth", "")][:axes]
    names = ["first", "second"]
    write(
        folder,
        "snapshot_axes",
        [{"axis": n, "label": m, "units": u} for n, (m, u) in zip(names, labels, strict=False)],
    )


def place(axes):
    if axes == 1:
        return {"first": SIDE}
    first, second = np.meshgrid(SIDE, SIDE, indexing="ij")
    return {"first": first.ravel(), "second": second.ravel()}


def fit_tables(folder, axes):
    write_target(folder, name="y", units="cm", task="regression", classes=[], experiment="m")
    write_common(folder, "rmse", "cm", axes)
    grid = place(axes)
    write(
        folder,
        "function_fit",
        states(lambda seed, epoch: {**grid, "prediction": seed * grid["first"] * epoch}),
    )
    write(folder, "function_fit_points", {**grid, "value": 24 * grid["first"]})
    return open_tables(folder)


def boundary_tables(folder, axes, classes=("zero", "one")):
    write_target(folder, name="out", classes=list(classes), experiment="m")
    write_common(folder, "accuracy", "", axes)
    grid, shown = place(axes), classes[1:] if len(classes) == 2 else classes

    def over(name, epoch):
        probability = 0.5 + 0.5 * grid["first"] * (epoch > 1)
        return {"class": name, **grid, "probability": probability}

    parts = [states(lambda _, epoch, name=name: over(name, epoch)) for name in shown]
    write(folder, "decision_boundary", pd.concat(parts))
    sides = np.where(grid["first"] > 0, classes[1], classes[0])
    write(folder, "decision_boundary_points", {**grid, "truth": sides})
    return open_tables(folder)


def drawn(draw, tables):
    with paper():
        figure = draw(tables)
        figure.canvas.draw()
    return figure


def test_a_fit_has_a_line_for_each_state_of_the_first_training(tmp_path):
    figure = drawn(draw_fit, fit_tables(tmp_path, 1))
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("energy [GeV]", "y [cm]")
    lines = [line for line in axes.get_lines() if line.get_linestyle() != "None"]
    for line, epoch in zip(lines, EPOCHS, strict=True):
        assert line.get_ydata() == pytest.approx(3 * SIDE * epoch)
    assert [str(line.get_color()) == "black" for line in lines] == [False, False, True]
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words[0].startswith("1 epoch: RMSE 0.250 ± 0.010 cm")
    assert words[1].startswith("10 epochs: RMSE 0.077")
    assert words[2].startswith("epoch kept, 8: RMSE 0.091")
    assert words[3] == "validation events"


def test_a_fit_of_two_inputs_has_a_map_for_each_state(tmp_path):
    figure = drawn(draw_fit, fit_tables(tmp_path, 2))
    *maps, bar = figure.axes
    assert len(maps) == 3
    assert bar.get_ylabel() == "y [cm]"
    mesh = maps[1].collections[0]
    values = np.asarray(mesh.get_array()).reshape(9, 9)
    assert values[4] == pytest.approx(30 * SIDE)  # the first input from left to right
    assert maps[0].get_ylabel() == "depth"


def test_a_boundary_is_where_the_probability_is_one_half(tmp_path):
    figure = drawn(draw_boundary, boundary_tables(tmp_path, 2))
    *maps, bar = figure.axes
    assert bar.get_ylabel() == "probability of one"
    assert [axes.get_title().split("\n")[0] for axes in maps] == [
        "1 epoch", "10 epochs", "epoch kept, 8",
    ]  # fmt: skip
    assert len(maps[0].collections) == 1  # one half everywhere: no boundary
    contour = maps[1].collections[1].get_paths()[0].vertices
    assert contour[:, 0] == pytest.approx(0, abs=1e-9)
    zero, one = maps[1].get_lines()
    assert max(zero.get_xdata()) <= 0 < min(one.get_xdata())
    (legend,) = figure.legends
    named = dict(zip((text.get_text() for text in legend.get_texts()), legend.legend_handles,
                     strict=True))  # fmt: skip
    assert named["zero"].get_color() == zero.get_color()
    assert named["one"].get_color() == one.get_color()


@pytest.mark.parametrize(("axes", "panels"), [(1, 3), (2, 9)])
def test_of_several_classes_each_has_its_panels(tmp_path, axes, panels):
    tables = boundary_tables(tmp_path, axes, ("a", "b", "c"))
    figure = drawn(draw_boundary, tables)
    found = [panel for panel in figure.axes if "probability of the" not in panel.get_ylabel()]
    assert len(found) == panels
    if axes == 1:
        assert found[0].get_ylabel() == "probability of a"
    else:
        words = [text.get_text() for text in figure.legends[0].get_texts()]
        assert words == ["all others", "events of the class"]
