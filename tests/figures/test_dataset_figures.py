"""Figures of a data set: which there are, and that they show what the tables hold."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import LogNorm

from footprint.errors import FileFormatError
from footprint.figures import style
from footprint.figures.datasets.draw import KINDS, draw_dataset, make
from footprint.figures.datasets.looks import is_steep, scale_of
from footprint.figures.datasets.tables import COLUMNS, open_dataset_tables
from tests.figures.units import labels_without_units

CLASSES = ["qcd", "top"]


def spectrum(name, mean, weighted):
    edges = np.linspace(0, 10, 21)
    density = np.exp(-0.5 * (edges[:-1] + 0.25 - mean) ** 2) / (2 * np.pi) ** 0.5
    return pd.DataFrame(
        {"target": "jet", "class": name, "spectator": "mass", "units": "GeV", "weighted": weighted,
         "low": edges[:-1], "high": edges[1:], "density": density, "error": 0.01}
    )  # fmt: skip


def pixels(name, value, **more):
    row, column = np.indices((4, 5))
    about = {
        "target": "jet",
        "input": "image",
        "channel": "image",
        "label": "image",
        "units": "GeV",
    }
    values = value * 10.0 ** -(row + column)
    return pd.DataFrame(
        {**about, "class": name, "row": row.ravel(), "column": column.ravel(), **more}
        | {("value" if more else "mean"): values.ravel()}
    )


@pytest.fixture
def folder(tmp_path):
    """Write the tables of a data set of two kinds of jets."""
    edges = np.linspace(500, 600, 6)
    closure = pd.concat(
        pd.DataFrame(
            {"target": "jet", "spectator": "jet_pt", "units": "GeV", "split": split, "class": name,
             "low": edges[:-1], "high": edges[1:], "goal": 0.2,
             "before": [0.4, 0.3, 0.15, 0.1, 0.05], "before_error": 0.01,
             "after": [0.22, 0.18, 0.2, 0.19, 0.21], "after_error": 0.02}
        )
        for split in ("train", "test") for name in CLASSES
    )  # fmt: skip
    tests = pd.DataFrame(
        [{"split": split, "class": name, "when": when, "chi2": 3.5, "ndf": 4}
         for split in ("train", "test") for name in CLASSES for when in ("before", "after")]
    )  # fmt: skip
    jets = pd.DataFrame(
        [{"target": "jet", "input": "parts", "class": name, "number": number,
          "deta": 0.1 * k, "dphi": -0.1, "share": 0.5}
         for name in CLASSES for number in range(3) for k in range(2)]
    )  # fmt: skip
    tables = {
        "classes": pd.DataFrame(
            [{"target": "jet", "split": split, "class": name, "events": 100, "effective_events": 80}
             for split in ("train", "validation", "test") for name in CLASSES]
        ),
        "spectra": pd.concat(
            spectrum(name, mean + w, w) for w in (0, 1) for name, mean in (("qcd", 3), ("top", 7))
        ),
        "closure": closure,
        "closure_tests": tests,
        "mean_images": pd.concat([pixels("qcd", 1.0), pixels("top", 0.5)]),
        "single_images": pd.concat(
            pixels(name, 1.0, number=number) for name in CLASSES for number in range(3)
        ),
        "single_jets": jets,
    }  # fmt: skip
    for name, table in tables.items():
        assert set(COLUMNS[name]) <= set(table)
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    facts = {"dataset": "jets", "classes": {"jet": CLASSES}, "weighted": True,
             "jet_images": {"image": 0.8}}  # fmt: skip
    (tmp_path / "dataset.json").write_text(json.dumps(facts))
    return tmp_path


@pytest.fixture
def figures(folder):
    with style.paper():
        yield make(open_dataset_tables(folder))


NAMES = ["classes", "spectrum_mass_by_jet", "flattening_jet_pt_by_jet", "mean_image_by_jet",
         "gallery_image_by_jet", "jets_parts_by_jet"]  # fmt: skip


def test_each_kind_is_drawn_under_its_name(figures):
    assert list(figures) == NAMES
    assert len(KINDS) == len(NAMES)


def test_files_are_written_and_those_of_earlier_tables_go(folder, tmp_path):
    output = tmp_path / "figures"
    output.mkdir()
    stale, own = output / "spectrum_gone_by_jet.png", output / "notes.png"
    for path in (stale, own):
        path.write_text("x")
    assert draw_dataset(folder, output) == NAMES
    assert not stale.exists()
    assert own.exists()
    for name in NAMES:
        for suffix in (".png", ".pdf"):
            assert (output / f"{name}{suffix}").stat().st_size > 1000


def test_axes_say_their_units(figures):
    assert list(labels_without_units(figures)) == []


def test_spectra_stand_before_and_after_with_units(figures):
    (axes,) = figures["spectrum_mass_by_jet"].axes
    assert axes.get_xlabel() == "mass [GeV]"
    assert axes.get_ylabel() == "probability density [1/GeV]"
    steps = [patch for patch in axes.patches if not patch.get_fill()]
    peaks = [patch.get_data().edges[np.argmax(patch.get_data().values)] for patch in steps]
    np.testing.assert_allclose(sorted(peaks), [3, 4, 7, 8], atol=0.51)
    (legend,) = figures["spectrum_mass_by_jet"].legends
    assert [text.get_text() for text in legend.get_texts()] == ["qcd", "top", "before weights"]


def floats(line):
    return np.asarray(line.get_ydata(), dtype=float)


def test_closure_shows_ratios_to_the_goal_and_chi2(figures):
    figure = figures["flattening_jet_pt_by_jet"]
    upper, lower = figure.axes
    assert lower.get_xlabel() == "jet pt [GeV]"
    ratios = [values for line in lower.lines if len(values := floats(line)) == 5]
    assert len(ratios) == 2
    for ratio in ratios:
        np.testing.assert_allclose(ratio, [1.1, 0.9, 1.0, 0.95, 1.05])
    densities = [values for line in upper.lines if len(values := floats(line)) == 5]
    np.testing.assert_allclose(densities[0], np.array([0.22, 0.18, 0.2, 0.19, 0.21]) / 20)
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == [
        "qcd: $\\chi^2$/ndf = 3.5/4", "top: $\\chi^2$/ndf = 3.5/4", "goal", "before weights",
    ]  # fmt: skip
    low, high = lower.get_ylim()
    assert low < 0.8
    assert high > 1.2


def test_mean_images_share_a_logarithmic_scale_with_eta_to_the_right(figures):
    first, second, bar = figures["mean_image_by_jet"].axes
    images = [axes.images[0] for axes in (first, second)]
    assert [axes.get_title() for axes in (first, second)] == ["qcd", "top"]
    assert isinstance(images[0].norm, LogNorm)
    assert images[0].norm is images[1].norm
    expected = 10.0 ** -np.add.outer(np.arange(4), np.arange(5))
    np.testing.assert_allclose(images[0].get_array(), expected.T)
    np.testing.assert_allclose(images[1].get_array(), 0.5 * expected.T)
    assert images[0].origin == "lower"
    assert images[0].get_extent() == [-0.8, 0.8, -0.8, 0.8]
    assert first.get_xlabel() == r"$\Delta\eta$"
    assert bar.get_ylabel() == "mean of image [GeV]"


def test_images_of_no_jets_have_rows_from_top_to_bottom(folder):
    facts = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps(facts | {"jet_images": {}}))
    with style.paper():
        axes = make(open_dataset_tables(folder))["mean_image_by_jet"].axes[0]
    np.testing.assert_allclose(axes.images[0].get_array()[0], 10.0 ** -np.arange(5))
    assert axes.images[0].origin == "upper"
    assert not axes.get_xlabel()


def test_a_gallery_has_a_row_for_each_class(figures):
    panels = [axes for axes in figures["gallery_image_by_jet"].axes if axes.images]
    assert len(panels) == 6
    jets = figures["jets_parts_by_jet"].axes
    assert len(jets) == 6
    for axes in jets:
        assert len(axes.collections[0].get_offsets()) == 2
    titles = [axes.get_title(loc="left") for axes in jets]
    assert [title for title in titles if title] == CLASSES


def test_scales_are_logarithmic_where_few_values_are_large():
    assert is_steep([1e-5, 1e-4, 1e-3, 1.0])
    assert not is_steep([0.4, 0.6, 1.0])
    assert not is_steep([np.nan, 0.0])
    assert isinstance(scale_of([0.0, 1e-5, 1e-4, 1.0]), LogNorm)
    assert not isinstance(scale_of([-1e-5, 1e-4, 1e-4, 1.0]), LogNorm)
    flat = scale_of([2.0, 2.0])
    assert (flat.vmin, flat.vmax) == (2, 3)
    assert scale_of([np.nan]).vmax == 1


def test_only_tables_that_are_there_are_drawn_but_classes_always(folder):
    for name in ("closure", "single_jets"):
        (folder / f"{name}.csv").unlink()
    with style.paper():
        assert "flattening_jet_pt_by_jet" not in make(open_dataset_tables(folder))
        (folder / "classes.csv").unlink()
        with pytest.raises(FileFormatError, match=r"file not found: .*classes\.csv"):
            make(open_dataset_tables(folder))


def test_a_folder_that_is_no_survey_is_refused(folder):
    path = folder / "dataset.json"
    path.write_text('{"dataset": "d"}')
    with pytest.raises(FileFormatError, match="expected JSON with keys dataset, classes, weighted"):
        open_dataset_tables(folder)
    path.write_text("{")
    with pytest.raises(FileFormatError, match="is not JSON"):
        open_dataset_tables(folder)
    path.unlink()
    with pytest.raises(FileFormatError, match="survey the data set again"):
        open_dataset_tables(folder)
