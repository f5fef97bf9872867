"""No axis of a quantity with a unit is without it."""

import pytest
from matplotlib.figure import Figure

from footprint.figures import style
from footprint.figures.draw import make
from tests.figures.units import figures_without_labels, labels_without_units


@pytest.mark.parametrize("tables", ["classification", "regression"])
def test_axes_of_experiments_say_their_units(tables, request):
    with style.paper():
        figures = make(request.getfixturevalue(tables))
    assert list(labels_without_units(figures)) == []
    assert figures_without_labels(figures) == []


def test_a_forgotten_unit_is_found():
    figure = Figure()
    figure.subplots().set(xlabel="true energy", ylabel="probability density [1/EeV]")
    assert list(labels_without_units({"one": figure})) == ["one: true energy"]
    bare = Figure()
    bare.subplots()
    assert figures_without_labels({"one": figure, "two": bare}) == ["two"]
