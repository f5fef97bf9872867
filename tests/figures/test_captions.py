"""Captions of the report, rendered as Snakemake does."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

from footprint.figures.datasets.draw import KINDS as OF_DATASETS
from footprint.figures.draw import BINNED, KINDS, OF_TABLES
from footprint.figures.inside.draw import KINDS as OF_NETWORKS
from footprint.figures.samples.draw import KINDS as OF_SAMPLES
from footprint.survey import EVENTS as SURVEYED
from footprint.survey.datasets import EVENTS as IN_SPLIT

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "workflow" / "report"
TABLES = {name: name for task, kinds in KINDS.items() if task != "comparison" for name in kinds}
TABLES |= {name: table for name, (table, _) in OF_TABLES.items() if name != "learning_curves"}
TABLES |= {"opening_angle": "distances"}
TABLES |= {"distance": "distances", "resolution_xmax": "resolution"}
TABLES |= {f"{kind.name}_muons": kind.table for kind in BINNED if kind.table != "containment"}


@pytest.fixture(scope="module")
def config():
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def render(template: str, config: dict, **wildcards: str) -> str:
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)  # noqa: S701
    snakemake = SimpleNamespace(config=config, wildcards=SimpleNamespace(**wildcards))
    text = environment.from_string((FOLDER / template).read_text()).render(snakemake=snakemake)
    page = publish_parts(text, writer="html")["body"]
    assert "system-message" not in page, page
    return " ".join(page.split())


def test_each_figure_has_a_caption_that_names_its_table(config):
    seen = set()
    for name, table in TABLES.items():
        page = render("figure.rst", config, experiment="mass_cnn", target="mass", name=name)
        assert f">tables/mass_cnn/mass/{table}.csv<" in page
        assert f">figures/mass_cnn/mass/{name}.pdf<" in page
        assert "errors" in page.lower()
        seen.add(page.split("Drawn from")[0])
    assert len(seen) == len(TABLES)


@pytest.mark.parametrize("name", ["comparison", "learning_curves"])
def test_networks_side_by_side_have_captions(name, config):
    page = render("comparison.rst", config, dataset="jets", target="kind", name=name)
    assert f">tables/comparisons/jets/kind/{name}.csv<" in page
    assert ("of the test split" in page) == (name == "comparison")


def test_the_caption_of_an_ensemble_names_its_members(config):
    ensembles = {"fusion": {"members": ["mass_cnn", "mass_dense"], "mean": "geometric"}}
    given = config | {"ensembles": ensembles}
    page = render("figure.rst", given, experiment="fusion", target="mass", name="roc")
    assert "geometric mean of what the trainings of" in " ".join(page.split())
    assert page.count("mass_dense") == 1
    assert "seeds" not in page


@pytest.mark.parametrize(
    "name", ["rejection", "tagging_roc", "significance_improvement", "decorrelation"]
)
def test_each_figure_of_a_comparison_has_a_caption_that_names_its_table(name, config):
    table = {"rejection": "comparison"} | {name: table for name, (table, _) in OF_TABLES.items()}
    page = render("comparison.rst", config, dataset="jets", target="kind", name=name)
    assert f">tables/comparisons/jets/kind/{table[name]}.csv<" in page
    assert f">figures/comparisons/jets/kind/{name}.pdf<" in page
    assert "of the test split" in page


def test_figures_of_recorded_events_have_captions_that_name_their_tables(config):
    config["experiments"]["mass_cnn"]["evaluation"] = {"data": {"sample": "measured"}}
    seen = set()
    for name in ("agreement", "score_iron", "input_muons_mean", "spectator_zenith"):
        page = render("data.rst", config, experiment="mass_cnn", target="mass", name=name)
        table = "data_tests" if name == "agreement" else "data_histograms"
        assert f">data/tables/mass_cnn/mass/{table}.csv<" in page
        assert f">data/figures/mass_cnn/mass/{name}.pdf<" in page
        assert ">measured<" in page
        assert ("true classes" in page) == (name != "agreement")
        what = name.partition("_")[2].replace("_", " ")
        assert not what or f"(line): {what}." in page
        seen.add(page.split("Drawn from")[0])
    assert len(seen) == 4


def test_captions_say_what_is_tagged(config):
    config["experiments"]["mass_cnn"]["evaluation"] = {"tagging": "iron"}
    page = render("figure.rst", config, experiment="mass_cnn", target="mass", name="tagging_roc")
    assert "efficiency of the signal</strong> iron" in page
    assert "all other classes" in page
    tagging = {"signal": "iron", "background": "proton"}
    config["experiments"]["mass_cnn"]["evaluation"] = {"tagging": tagging}
    page = render("figure.rst", config, experiment="mass_cnn", target="mass", name="tagging_roc")
    assert "background being proton" in page


def test_each_figure_of_a_sample_has_a_caption_that_names_its_table(config):
    array = {"generator": "observatory", "options": {"hadronic_model": "EPOS-LHC"}}
    config = {**config, "samples": {"array": array}}
    seen = set()
    for name, (table, _) in OF_SAMPLES.items():
        page = render("sample.rst", config, sample="array", name=name)
        assert f">tables/samples/array/{table}.csv<" in page
        assert f">figures/samples/array/{name}.pdf<" in page
        seen.add(page.split("Drawn from")[0])
    assert len(seen) == len(OF_SAMPLES)
    assert f"{SURVEYED:,} at most" in page
    assert "xmax_model.csv" in render("sample.rst", config, sample="array", name="xmax_moments")
    assert "of my own" in render("sample.rst", config, sample="array", name="of_my_own")


def test_each_figure_of_a_data_set_has_a_caption_that_names_its_table(config):
    flatten = {"flatten": {"array": "jet_pt", "target": "jet", "method": "resample"}}
    config = {**config, "datasets": {"jets": {"weights": flatten}}}
    seen = set()
    for kind, (table, _) in OF_DATASETS.items():
        name = kind if kind == "classes" else f"{kind}jet_pt_by_jet"
        page = render("dataset.rst", config, dataset="jets", name=name)
        assert f">tables/datasets/jets/{table}.csv<" in page
        assert f">figures/datasets/jets/{name}.pdf<" in page
        assert ("by class of" in page) == (kind != "classes")
        seen.add(page.split("Drawn from")[0])
    assert len(seen) == len(OF_DATASETS)
    page = render("dataset.rst", config, dataset="jets", name="flattening_jet_pt_by_jet")
    assert "a constant density" in page
    assert "its events repeated" in page
    assert f"{IN_SPLIT:,} at most" in page
    flatten["flatten"]["to"] = "top"
    page = render("dataset.rst", config, dataset="jets", name="flattening_jet_pt_by_jet")
    assert "the spectrum of <tt" in page
    page = render("dataset.rst", {**config, "datasets": {}}, dataset="d", name="spectrum_energy")
    assert "Distribution of energy,</strong> of unit area." in page
    assert "by class" not in page


def test_each_figure_of_the_inside_of_a_network_has_a_caption_that_names_its_file(config):
    seen = set()
    for name in (*OF_NETWORKS, "largest_deviations"):
        page = render("inside.rst", config, experiment="mass_cnn", target="mass", name=name)
        assert ">tables/inside/mass_cnn/mass.h5<" in page
        assert f">figures/inside/mass_cnn/mass/{name}.pdf<" in page
        assert "errors" in page
        assert "seed 1." in page
        seen.add(page.split("Drawn from")[0])
    assert len(seen) == len(OF_NETWORKS) + 1
    render_of = {"experiment": "xmax_cnn", "target": "xmax", "name": "occlusion"}
    assert "The answer is the predicted value." in render("inside.rst", config, **render_of)
    assert "nothing was measured" in render("inside.rst", config, **render_of)
    config["experiments"]["xmax_cnn"]["evaluation"] = {"inside": {"baseline": "mean"}}
    assert "the mean training event" in render("inside.rst", config, **render_of)


def test_captions_say_how_errors_were_made(config):
    page = render("figure.rst", config, experiment="mass_cnn", target="mass", name="comparison")
    assert "bootstrap over the events of the test split" in page
    assert "seeds 1, 2" in page
    config["experiments"]["mass_cnn"]["evaluation"] = {"bootstrap": 321}
    page = render("figure.rst", config, experiment="mass_cnn", target="mass", name="roc")
    assert "(321 samples)" in page
    page = render("figure.rst", config, experiment="mass_dense", target="mass", name="comparison")
    assert "seeds" not in page.split("several.")[1]


def test_resolution_in_bins_of_the_target_is_in_bins_of_the_truth(config):
    for name, words in (
        ("xmax", "the truth"),
        ("muons_at_ground", "muons at ground"),
        ("mass", "mass"),
        ("truth", "truth"),
    ):
        page = render(
            "figure.rst", config, experiment="xmax_cnn", target="xmax", name=f"resolution_{name}"
        )
        assert f"of all methods in bins of {words}." in page


@pytest.mark.parametrize(
    ("kind", "variable", "words"),
    [
        (
            "direction",
            "zenith",
            "Angular resolution of all methods in bins of the true zenith",
        ),
        ("direction", "lg_energy", "in bins of lg energy:"),
        ("position", "zenith", "Resolution of the position of all methods in bins of zenith:"),
    ],
)
def test_resolution_of_a_direction_is_an_angle_and_of_a_position_a_distance(
    kind, variable, words, config
):
    config["datasets"]["showers"]["targets"]["axis"] = {"array": "axis", "kind": kind}
    page = render(
        "figure.rst", config, experiment="xmax_cnn", target="axis", name=f"resolution_{variable}"
    )
    assert words in page
    assert f"{'opening angle' if kind == 'direction' else 'distance'} of prediction and" in page
    assert ">tables/xmax_cnn/axis/containment.csv<" in page


def test_an_unknown_figure_has_a_caption_too(config):
    page = render("figure.rst", config, experiment="mass_cnn", target="mass", name="of_my_own")
    assert "<strong>of my own</strong>" in page
    page = render("figure.rst", config, experiment="mine", target="e", name="resolution_zenith")
    assert "in bins of zenith" in page


@pytest.mark.parametrize("name", ["workflow.rst", "summary.rst"])
def test_the_pages_around_the_figures(name, config):
    page = render(name, config)
    assert "showers" in page
    if name == "workflow.rst":
        for experiment in config["experiments"]:
            assert experiment in page


def test_the_page_says_what_each_experiment_learns():
    path = ROOT / "config" / "generative.yaml"
    text = re.sub("<[^>]*>", "", render("workflow.rst", yaml.safe_load(path.read_text())))
    for words in (
        "posterior: density of energy, xmax, ln_mass on measurements",
        "numbers: energy, xmax, ln_mass on measurements",
        "footprint_wgan: generation of footprint on footprints",
    ):
        assert words in text


def test_a_data_set_without_targets_is_said_to_have_none(config):
    for dataset in config["datasets"].values():
        dataset["targets"] = {}
    page = render("workflow.rst", config)
    assert "no targets" in page
    assert "System Message" not in page


@pytest.mark.parametrize(
    ("name", "table", "words"),
    [
        ("degradation_dead", "degradation", "other values of <tt"),
        ("shifts", "shifts", "is a parameter set"),
        ("shifted_roc_cnn_top", "shifted_roc", "ROC curve of a network"),
    ],
)
def test_captions_of_variations_name_their_table(name, table, words, config):
    config["variations"] = {"curves": {"dead": {"option": "dead_fraction", "values": [0.1]}}}
    page = render("variation.rst", config, dataset="showers", target="mass", name=name)
    assert f">variations/tables/showers/mass/{table}.csv<" in page
    assert f">variations/figures/showers/mass/{name}.pdf<" in page
    assert words in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scan", "against each parameter"),
        ("heat_map", "over both parameters"),
        (None, "All points of the scan"),
    ],
)
def test_captions_of_a_scan_say_how_it_was_made(name, words, config):
    config["experiments"]["mass_cnn"]["scan"] = {"method": "optuna", "parameters": {}}
    page = render("scan.rst", config, experiment="mass_cnn", **({"name": name} if name else {}))
    assert words in page
    assert "TPE sampler" in page
    assert "trained with seed 1, the chosen one then also with the others (2)." in page
    assert ">tables/scans/mass_cnn/points.csv<" in page
    assert (f">figures/scans/mass_cnn/{name}.pdf<" in page) == (name is not None)
