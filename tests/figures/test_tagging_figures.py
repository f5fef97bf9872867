"""Figures of taggers: what is drawn is what the tables say."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.testing import assert_allclose

from footprint.config.experiments import Experiment
from footprint.errors import FileFormatError
from footprint.evaluation.compare import compare
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.evaluation.tables import write_tables
from footprint.figures import (
    decorrelation,
    rejection,
    sculpting,
    significance_improvement,
    style,
    tagging_efficiency,
    tagging_roc,
)
from footprint.figures.draw import draw, make
from footprint.figures.methods import methods_of
from footprint.figures.tables import open_tables
from footprint.files.predictions import write_predictions
from tests.evaluation.taggers import tagger

pytestmark = pytest.mark.usefixtures("axes_say_their_units")

TAGGING = {"signal": "top", "against": ["jet_pt"], "sculpting": "soft_drop_mass"}
OF_TAGGERS = {"tagging_roc", "significance_improvement", "sculpting", "decorrelation"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables of a tagger with two seeds, and of it beside another and the published ones."""
    folder = tmp_path_factory.mktemp("taggers")

    def write(name, seed, power):
        path = folder / "predictions" / f"{name}-{seed}.h5"
        path.parent.mkdir(exist_ok=True)
        write_predictions(path, tagger(name, seed=seed, power=power))
        return path

    networks = {
        "pfn": [write("pfn", seed, 2.4) for seed in (1, 2)],
        "topodnn": [write("topodnn", 1, 1.8)],
    }
    simple = write("boosting", 0, 1.5)
    evaluation = {"bootstrap": 30, "bins": 3, "tagging": {**TAGGING, "scoreboard": True}}
    configs, metrics = {}, []
    for name, paths in networks.items():
        configs[name] = config = Experiment.model_validate(
            {
                "dataset": "jets",
                "task": "classification",
                "model": {"name": "dense"},
                "seeds": list(range(1, len(paths) + 1)),
                "evaluation": evaluation,
            }
        )
        found = evaluate(gather(name, config, paths, [simple]), config, [], None)
        write_tables(folder / name, found.tables, found.target, documents=found.documents)
        metrics.append(found.metrics)
    result = compare(configs, networks, {"jets": simple}, metrics, None)
    write_tables(folder / "comparison", result.tables, result.target)
    return folder


@pytest.fixture(autouse=True)
def _style():
    with style.paper():
        yield


def lines(axes):
    return {line.get_label(): line.get_data() for line in axes.lines}


def test_all_figures_are_drawn(folder, tmp_path):
    names = set(draw(folder / "pfn", tmp_path / "pfn"))
    assert OF_TAGGERS | {"tagging_efficiency_jet_pt"} <= names
    names = set(draw(folder / "comparison", tmp_path / "comparison"))
    assert names == OF_TAGGERS - {"sculpting"} | {"comparison", "rejection"}
    for path in [*tmp_path.glob("pfn/tagging*.png"), *tmp_path.glob("comparison/*.png")]:
        image = imread(path)
        assert 500 < image.shape[1] < 1200
        assert np.all(image[[0, -1]] == 1), f"{path.name} is cut off at an edge"


def test_the_curves_are_those_of_the_table_and_the_legend_gives_rejections(folder):
    tables = open_tables(folder / "pfn")
    figure = tagging_roc.draw(tables)
    upper, lower = figure.axes
    table = tables.read("tagging_roc")
    rows = table[(table["method"] == "boosting") & (table["background"] >= tagging_roc.FEWEST)]
    label = next(name for name in lines(upper) if name.startswith("boosting"))
    efficiency, values = lines(upper)[label]
    assert_allclose(efficiency, rows["signal_efficiency"])
    assert_allclose(values, rows["rejection"])
    assert upper.get_yscale() == "log"
    numbers = tables.read("comparison").set_index(["method", "metric"])["value"]
    shown = float(re.search(r"boosting  ([\d.]+) ±", label)[1])
    assert shown == pytest.approx(numbers["boosting", "rejection_top_at_30"], rel=0.06)
    assert upper.get_legend().get_title().get_text() == "rejection at 30 % top"
    assert lower.get_ylabel() == "ratio to\npfn"
    assert any(np.allclose(line.get_ydata(), 1) for line in lower.lines)


def test_no_curve_meets_the_legend(folder):
    for name in ("pfn", "comparison"):
        figure = tagging_roc.draw(open_tables(folder / name))
        figure.draw_without_rendering()
        axes = figure.axes[0]
        box = axes.get_legend().get_window_extent()
        for line in axes.lines:
            points = axes.transData.transform(line.get_xydata())
            points = points[np.isfinite(points).all(axis=1)]
            assert not any(box.contains(*point) for point in points), line.get_label()


def test_ensembles_have_their_network_s_colour_and_stay_out_of_comparisons(folder):
    tables = open_tables(folder / "pfn")
    methods = methods_of(tables)
    assert methods["pfn_ensemble"].colour == methods["pfn"].colour
    assert methods["pfn_ensemble"].dashes != methods["pfn"].dashes
    assert any("ensemble" in name for name in lines(tagging_roc.draw(tables).axes[0]))
    both = open_tables(folder / "comparison")
    names = lines(tagging_roc.draw(both).axes[0])
    assert not any("ensemble" in name for name in names)
    assert "published taggers" in names


def test_many_networks_look_different(folder, tmp_path):
    rows = [f"net_{k},network,accuracy,0.9,0.01,0.01," for k in range(12)]
    header = "method,kind,metric,value,error,spread,unit\n"
    tables = open_tables(folder / "pfn")
    (tmp_path / "comparison.csv").write_text(header + "\n".join(rows) + "\n")
    (tmp_path / "target.json").write_text((tables.folder / "target.json").read_text())
    methods = methods_of(open_tables(tmp_path))
    assert len({(method.colour, method.dashes) for method in methods.values()}) == 12


def test_the_improvement_is_drawn_where_it_is_known_and_its_maximum_marked(folder):
    tables = open_tables(folder / "pfn")
    figure = significance_improvement.draw(tables)
    table = tables.read("tagging_roc")
    rows = table[(table["method"] == "boosting") & (table["background"] >= 25)]
    data = lines(figure.axes[0])
    label = next(name for name in data if name.startswith("boosting"))
    assert_allclose(data[label][1], rows["improvement"])
    found = float(re.search(r"boosting  ([\d.]+) ±", label)[1])
    assert found == pytest.approx(rows["improvement"].max(), rel=0.03)


def test_efficiencies_stand_by_working_point(folder):
    tables = open_tables(folder / "pfn")
    figure = tagging_efficiency.draw(tables, "jet_pt")
    titles = [axes.get_title(loc="left") for axes in figure.axes[:3]]
    assert titles == ["mistag rate 0.1", "mistag rate 0.01", "mistag rate 0.001"]
    assert figure.axes[3].get_yscale() == "log"
    assert figure.axes[3].get_xlabel() == "jet pt [GeV]"


def test_spectra_and_divergences(folder):
    tables = open_tables(folder / "pfn")
    figure = sculpting.draw(tables)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [f"signal efficiency {n} %" for n in (30, 50, 80)]
    assert figure.axes[0].get_ylabel() == "background, probability density [1/GeV]"
    jsd = tables.read("sculpting").set_index(["method", "signal_efficiency"])["jsd"]
    text = figure.axes[2].get_legend().get_texts()[0].get_text()
    assert float(text.split(" ")[0]) == pytest.approx(jsd["pfn", 0.8], rel=0.06)


def test_decorrelation_is_the_inverse_of_the_divergence(folder):
    tables = open_tables(folder / "pfn")
    axes = decorrelation.draw(tables).axes[0]
    table = tables.read("sculpting")
    rows = table[(table["method"] == "pfn") & (table["passing"] >= decorrelation.FEWEST)]
    drawn = next(c for c in axes.containers if c.get_label() == "pfn").lines[0]
    x, y = np.asarray(drawn.get_data(), dtype=float)
    assert_allclose(x, rows["rejection"])
    assert_allclose(y, 1 / rows["jsd"])
    assert axes.get_ylabel() == "1 / JSD of soft drop mass [1/bit]"


def test_rejections_of_all_taggers_with_the_published_ones(folder):
    figure = rejection.draw(open_tables(folder / "comparison"))
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[:4] == ["pfn", "topodnn", "pfn ensemble", "boosting"]
    assert "ParticleNet (published)" in names
    written = {text.get_text() for text in figure.axes[0].texts}
    assert "1290 ± 100" in written


@pytest.mark.parametrize(("events", "perfect"), [(2000, True), (60, False), (12, True)])
def test_perfect_taggers_and_few_events_can_be_drawn(events, perfect, tmp_path):
    p = tagger("pfn", events=events)
    if perfect:
        p = replace(p, prediction=np.eye(2, dtype=np.float32)[p.truth])
    write_predictions(tmp_path / "pfn.h5", p)
    tagging = {"bootstrap": 20, "tagging": TAGGING}
    base = {"dataset": "jets", "task": "classification", "model": {"name": "dense"}}
    config = Experiment.model_validate({**base, "evaluation": tagging})
    methods = gather("pfn", config, [tmp_path / "pfn.h5"], [])
    found = evaluate(methods, config, [], None)
    write_tables(tmp_path / "tables", found.tables, found.target, documents=found.documents)
    both = compare({"pfn": config}, {"pfn": [tmp_path / "pfn.h5"]}, {}, [found.metrics], None)
    write_tables(tmp_path / "comparison", both.tables, both.target)
    figures = make(open_tables(tmp_path / "tables")) | make(open_tables(tmp_path / "comparison"))
    assert OF_TAGGERS | {"rejection"} <= set(figures)
    for figure in figures.values():
        figure.draw_without_rendering()


def test_a_comparison_without_what_is_tagged(folder, tmp_path):
    for path in (folder / "comparison").iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    target = tmp_path / "target.json"
    target.write_text(target.read_text().replace('"tagged": "top"', '"tagged": "w"'))
    with pytest.raises(FileFormatError, match=r"comparison\.csv: no metric 'rejection_w_at_"):
        rejection.draw(open_tables(Path(tmp_path)))
