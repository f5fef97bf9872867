"""The learning curves of several networks in one figure, and the looks of ensembles."""

import numpy as np
import pandas as pd
import pytest

from footprint.figures import learning_curves, style
from footprint.figures.draw import make
from footprint.figures.methods import methods_of
from footprint.figures.tables import open_tables
from tests.figures.conftest import write_target


@pytest.fixture
def tables(tmp_path):
    """Two networks, one with two seeds, the mean of these and the mean of both networks."""
    rows = []
    for method, seed, best in (("conv", 1, 3), ("conv", 2, 5), ("dense", 1, 4)):
        for epoch in range(1, 7):
            loss = 0.5 + 0.1 * abs(epoch - best)
            rows.append((method, seed, epoch, loss, loss + 0.01 * seed, int(epoch == best)))
    columns = ["method", "seed", "epoch", "loss", "validation_loss", "kept"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "learning_curves.csv", index=False)
    kinds = {
        "conv": "network", "dense": "network", "conv_ensemble": "ensemble", "both": "ensemble",
    }  # fmt: skip
    found = [(name, kind, "accuracy", 0.8, 0.01, np.nan, "") for name, kind in kinds.items()]
    columns = ["method", "kind", "metric", "value", "error", "spread", "unit"]
    pd.DataFrame(found, columns=columns).to_csv(tmp_path / "comparison.csv", index=False)
    write_target(tmp_path, task="comparison", learnt="classification", experiment="")
    return open_tables(tmp_path)


def test_a_line_for_each_training_in_its_network_s_colour(tables):
    with style.paper():
        axes = learning_curves.draw(tables).axes[0]
    methods = methods_of(tables)
    lines = [line for line in axes.lines if len(line.get_xdata()) == 6]
    assert [line.get_color() for line in lines] == [
        methods["conv"].colour, methods["conv"].colour, methods["dense"].colour,
    ]  # fmt: skip
    np.testing.assert_allclose(lines[1].get_ydata(), [0.92, 0.82, 0.72, 0.62, 0.52, 0.62])
    kept = [tuple(map(float, line.get_xydata()[0])) for line in axes.lines if line not in lines]
    np.testing.assert_allclose(kept, [(3, 0.51), (5, 0.52), (4, 0.51)])


def test_an_ensemble_of_networks_is_drawn_like_a_network_but_black(tables):
    methods = methods_of(tables)
    assert list(methods) == ["conv", "dense", "conv_ensemble", "both"]
    assert methods["conv_ensemble"].of == "conv"
    assert methods["conv_ensemble"].colour == methods["conv"].colour
    assert (methods["both"].of, methods["both"].colour) == ("", "#000000")
    assert methods["both"].in_front
    assert not methods["conv_ensemble"].in_front


def test_where_nothing_is_tagged_the_main_number_and_the_curves_are_drawn(tables):
    with style.paper():
        figures = make(tables)
    assert list(figures) == ["comparison", "learning_curves"]
    names = [text.get_text() for text in figures["comparison"].axes[0].get_yticklabels()]
    assert names == ["conv", "dense", "conv ensemble", "both"]
