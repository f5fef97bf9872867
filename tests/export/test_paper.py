"""The folder for a paper: sizes and letters of figures as journals want them."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from footprint.errors import DataError
from footprint.evaluation.summary import summarise
from footprint.export.paper import Drawn, write_paper
from footprint.figures import style
from tests.figures.conftest import write_classification
from tests.report.made_up import metrics

POINTS_A_CM = 72 / 2.54


def width_cm(path):
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", path.read_bytes())
    return float(box[1]) / POINTS_A_CM


@pytest.mark.parametrize(
    ("inch", "cm"), [(2.6, 8.6), (style.COLUMN_INCH, 8.6), (4.4, 8.6), (style.PAGE_INCH, 17.8)]
)
def test_figures_are_as_wide_as_a_column_or_a_page(inch, cm, tmp_path):
    with style.paper():
        figure = Figure(figsize=(inch, 2.5))
        axes = figure.subplots()
        axes.plot(np.arange(3))
        axes.text(1, 1, "small", fontsize=5)
        axes.tick_params(labelsize=6)
        axes.set(xlabel="time [s]", ylabel="signal [VEM]")
        style.save(figure, tmp_path, "one", style.JOURNAL)
    assert width_cm(tmp_path / "one.pdf") == pytest.approx(cm, abs=0.01)
    assert not (tmp_path / "one.png").exists()
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert min(text.get_fontsize() for text in shown) >= 7


def test_the_look_of_the_report_leaves_sizes_alone(tmp_path):
    with style.paper():
        figure = Figure(figsize=(4.4, 2.5))
        figure.subplots().text(0.5, 0.5, "small", fontsize=5)
        style.save(figure, tmp_path, "one")
    assert width_cm(tmp_path / "one.pdf") == pytest.approx(4.4 * 2.54, abs=0.01)
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text()) == 5


def test_figures_tables_and_numbers_are_written(tmp_path):
    tables = tmp_path / "made_up"
    tables.mkdir()
    write_classification(tables)
    found = [metrics("mass_cnn", "cnn", 0.79, spread=None)]
    names = {"experiment": "mass_cnn", "target": "mass"}
    write_paper(tmp_path, [Drawn("figure", tables, names)], summarise(found), found)
    figures = tmp_path / "figures" / "mass_cnn" / "mass"
    for path in figures.iterdir():
        assert path.suffix == ".pdf"
        assert min(abs(width_cm(path) - cm) for cm in (8.6, 17.8)) < 0.01
    assert (figures / "roc.pdf").is_file()
    assert (tmp_path / "tables" / "massShowers.tex").read_text().startswith("% needs")
    assert r"\massCnnAccuracy" in (tmp_path / "numbers.tex").read_text()


def test_unknown_kinds_and_names_that_meet_are_refused(tmp_path):
    found = [metrics("mass_cnn", "cnn", 0.79, spread=None)]
    with pytest.raises(DataError, match=r"unknown kind 'figures'; .*'figure'"):
        write_paper(tmp_path, [Drawn("figures", tmp_path, {})], summarise(found), found)
    again = found[0].model_copy(update={"dataset": "Showers", "experiment": "other"})
    with pytest.raises(DataError, match=r"two tables would be massShowers\.tex"):
        write_paper(tmp_path, [], summarise([found[0], again]), found)
