"""Figures of generated events: what they show is what the tables say."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from footprint.config.experiments import Experiment
from footprint.evaluation.generation import evaluate_samples
from footprint.evaluation.tables import write_tables
from footprint.figures import style
from footprint.figures.draw import draw, make
from footprint.figures.generated import observables, pictures
from footprint.figures.tables import open_tables
from footprint.files.samples import write_samples
from tests.evaluation.samples_of import blobs, normal, samples_of

CONFIG = {"dataset": "showers", "task": "generation", "variables": "footprint", "inputs": []}
CONFIG |= {"model": {"name": "wgan"}, "evaluation": {"bootstrap": 20}}
UNITS = {"signal": "VEM", "time": "ns", "xmax": "g/cm2"}


def history(folder):
    rows = [
        (epoch, -3.0 / epoch, 5.0 / epoch, 1e-3, 7.0 / epoch, 1 + 1 / epoch, 3.0 / epoch, 0.5)
        for epoch in range(1, 9)
    ]
    names = ["epoch", "loss", "validation_loss", "learning_rate", "critic_loss", "gradient_norm"]
    names += ["critic_distance", "validation_variance_ratio"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "history.csv", index=False)
    return folder / "history.csv"


def two_sample(folder):
    """The ROC of a shift by one, as the evaluation writes it."""
    efficiency = np.linspace(0.01, 1, 100)
    rate = efficiency**2
    table = {"method": "wgan", "signal_efficiency": efficiency, "false_positive_rate": rate}
    table |= {"low": 0.9 * rate, "high": np.minimum(1.1 * rate, 1)}
    pd.DataFrame(table).to_csv(folder / "two_sample_roc.csv", index=False)
    comparison = pd.read_csv(folder / "comparison.csv")
    row = {"method": "wgan", "kind": "network", "metric": "two_sample_auc"}
    row |= {"value": 2 / 3, "error": 0.01, "spread": np.nan, "unit": ""}
    pd.concat([comparison, pd.DataFrame([row])]).to_csv(folder / "comparison.csv", index=False)


@pytest.fixture(scope="module")
def footprints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    conditions = {"xmax": normal(5, 120, 750, 30).astype(np.float32)}
    epochs = {name: np.stack([array[:8], array[8:16]]) for name, array in blobs(4, 16, 2.5).items()}
    samples = samples_of(
        *(blobs(1, 120), blobs(2, 120, 1.3), blobs(3, 120), UNITS),
        conditions=conditions,
        snapshot_epoch=(3, 20),
        snapshots=epochs,
    )
    write_samples(folder / "1.h5", samples)
    config = Experiment.model_validate(CONFIG)
    found = evaluate_samples([folder / "1.h5"], "wgan", config, histories=[history(folder)])
    write_tables(folder / "tables", found.tables, found.target)
    two_sample(folder / "tables")
    return open_tables(folder / "tables")


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


NAMES = [
    *("comparison", "observable_distances", "observables_signal", "observables_time"),
    *("lateral_distribution_signal", "real_and_generated_signal", "real_and_generated_time"),
    *("generated_by_epoch_signal", "generated_by_epoch_time"),
    *("learning_curve", "two_sample_roc", "correlations"),
]


def test_every_figure_is_drawn_and_names_its_axes(footprints, tmp_path):
    assert sorted(draw(footprints.folder, tmp_path)) == sorted(NAMES)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}.{suffix}" for name in NAMES for suffix in ("pdf", "png")
    }
    for name, figure in make(footprints).items():
        if not name.startswith(("real_and", "generated_by", "correlations")):
            assert any(axes.get_xlabel() for axes in figure.axes), name
        assert not figure.axes[0].get_title().startswith("nan"), name


def test_a_picture_is_an_event_and_stands_above_the_generated_one(footprints):
    figure = pictures.draw(footprints, "signal")
    panels = [axes for axes in figure.axes if axes.images]
    assert len(panels) == 10
    table = footprints.read("pictures")
    shown = table[(table["variable"] == "signal") & (table["event"] == 3)]
    for place, sample in ((3, "real"), (8, "wgan")):
        rows = shown[shown["sample"] == sample].sort_values(["row", "column"])
        expected = rows["value"].to_numpy().reshape(9, 9)
        assert_allclose(np.ma.filled(panels[place].images[0].get_array(), np.nan), expected)
    assert panels[3].images[0].norm is panels[8].images[0].norm
    assert panels[0].get_title().startswith("xmax 7")
    assert panels[0].get_title().endswith("g/cm$^{2}$")
    bar = next(axes for axes in figure.axes if axes.get_label() == "<colorbar>")
    assert bar.get_ylabel() == "signal [VEM]"


def test_what_was_made_after_some_epochs_stands_below_real_events(footprints):
    figure = pictures.draw_by_epoch(footprints, "signal")
    panels = [axes for axes in figure.axes if axes.images]
    assert [axes.get_ylabel() for axes in panels[::5]] == ["real", "epoch 3", "epoch 20"]
    made = blobs(4, 16, 2.5)["signal"]
    for line, first in ((1, 0), (2, 8)):
        shown = panels[5 * line + 2].images[0].get_array()
        assert_allclose(np.ma.filled(shown, np.nan), made[first + 2], rtol=1e-4)
    real = blobs(1, 120)["signal"][2]
    assert_allclose(np.ma.filled(panels[2].images[0].get_array(), np.nan), real)


def test_observables_have_units_and_ratios(footprints):
    figure = observables.draw(footprints, "signal")
    labels = [axes.get_xlabel() for axes in figure.axes if axes.get_xlabel()]
    assert "total signal [VEM]" in labels
    assert "pixels hit, signal" in labels
    upper, lower = figure.axes[0], figure.axes[3]
    assert upper.get_ylabel() == "density [1/VEM]"
    table = footprints.read("observables")
    rows = table[(table["observable"] == "total_signal") & (table["sample"] == "real")]
    heights = upper.containers[0].lines[0].get_ydata()
    assert_allclose(heights, rows["density"][rows["density"] > 0])
    low, high = lower.get_ylim()
    assert low + high == pytest.approx(2)


def test_learning_curves_with_a_critic_show_what_it_does(footprints):
    figure = make(footprints)["learning_curve"]
    labels = [axes.get_ylabel().replace("\n", " ") for axes in figure.axes]
    assert labels == [
        *("generator loss", "critic loss", "critic: real minus generated"),
        *("gradient norm of the critic", "distance (validation)", "variance ratio (validation)"),
    ]
    marks = [line for line in figure.axes[4].lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == [8]


def test_the_two_sample_curve_lies_above_the_diagonal_of_chance(footprints):
    figure = make(footprints)["two_sample_roc"]
    chance, line = figure.axes[0].lines
    assert_allclose(chance.get_xdata(), chance.get_ydata())
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert np.trapezoid(y, x) == pytest.approx(2 / 3, abs=0.01)
    assert line.get_label() == "wgan: AUC 0.667 ± 0.010"


def test_vectors_have_observables_and_no_pictures(tmp_path):
    arrays = [{"mass": normal(k, 80), "width": normal(k + 9, 80)} for k in (1, 2, 3)]
    write_samples(tmp_path / "1.h5", samples_of(*arrays, {"mass": "GeV"}))
    found = evaluate_samples([tmp_path / "1.h5"], "wgan", Experiment.model_validate(CONFIG))
    write_tables(tmp_path / "t", found.tables, found.target)
    figures = make(open_tables(tmp_path / "t"))
    assert sorted(figures) == [
        *("comparison", "correlations", "observable_distances"),
        "observables_footprint",
    ]
    panels = figures["observables_footprint"].axes
    assert [axes.get_xlabel() for axes in panels] == ["", "", "mass [GeV]", "width"]
    assert panels[0].get_ylabel() == "density [1/GeV]"
    names = [text.get_text() for text in figures["observables_footprint"].legends[0].get_texts()]
    assert names == ["real", "wgan", "training events", "normal"]


def test_a_sample_that_is_no_method_is_refused(footprints, tmp_path):
    for path in footprints.folder.iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    text = (tmp_path / "lateral.csv").read_text().replace("wgan", "wgam")
    (tmp_path / "lateral.csv").write_text(text)
    assert json.loads((tmp_path / "target.json").read_text())["task"] == "generation"
    with pytest.raises(Exception, match=r"lateral.csv: sample 'wgam' is none; did you mean 'wgan'"):
        make(open_tables(tmp_path))
