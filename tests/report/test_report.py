"""The report of made-up results: whole, self-contained, safe, with captions and errors."""

import base64
import hashlib
import html
import io
import json
import re
import runpy
from html.parser import HTMLParser
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from footprint.config import parse_study
from footprint.config.study import Study
from footprint.config.trainings import Loss
from footprint.errors import FileFormatError
from footprint.evaluation.rounding import NOTHING
from footprint.report import model_cards
from footprint.report.captions import Captions
from footprint.report.dataset_cards import dataset_card
from footprint.report.model_cards import model_card, stop_reason
from footprint.report.pictures import Folder, pictures_of
from footprint.report.provenance import as_yaml, provenance, read_study
from footprint.report.write import scan_table, typeset
from tests.conftest import ROOT
from tests.report.made_up import NASTY, PIXEL, make_results, write_record

TEMPLATES = ROOT / "workflow" / "report"
main = runpy.run_path(str(ROOT / "scripts" / "report.py"))["main"]
VOID = {"meta", "img", "br", "hr", "path", "rect"}


class Page(HTMLParser):
    """Collects what tests ask about, and that every element that is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.tags, self.tables, self.text = [], [], [], [], text
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "table":
            self.tables.append((found.get("class", ""), []))
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in {"td", "th"}:
            self.tables[-1][1][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"td", "th"}:
            self.tables[-1][1][-1][-1] += data


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    arguments = make_results(tmp_path_factory.mktemp("results"))
    main(templates=TEMPLATES, **arguments)
    return Page(arguments["html"].read_text())


def test_the_page_needs_nothing_else(page):
    names = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(names)
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            if name in attributes:
                assert attributes[name].startswith(("#", "data:image/png;base64,")), attributes
    assert "@import" not in page.text
    assert "url(" not in page.text.replace("url(#tip)", "")


def test_every_link_leads_to_one_place(page):
    assert len(page.ids) == len(set(page.ids))
    targets = {a["href"][1:] for tag, a in page.tags if tag == "a"}
    assert {"summary", "experiments", "datasets", "workflow", "provenance"} <= targets
    assert targets <= set(page.ids)


def test_the_summary_comes_first_and_every_figure_has_a_caption(page):
    order = [page.text.index(f'<section id="{name}">') for name in ("summary", "experiments")]
    assert order == sorted(order)
    assert order[0] < page.text.index("<img")
    figures = re.findall(r"<figure.*?</figure>", page.text, re.DOTALL)
    pictures = [figure for figure in figures if "<img" in figure]
    assert len(pictures) == 4
    for number, figure in enumerate(pictures, 1):
        assert f"Figure {number}." in figure
        assert "Drawn from" in figure
        assert re.search(r'alt="[^"]{10,}"', figure)
        source = re.search(r"base64,([^\"]+)", figure).group(1)
        assert base64.b64decode(source) == PIXEL
    assert "tables/mass_cnn/mass/roc.csv" in page.text


def test_no_number_of_the_summary_is_without_its_error(page):
    tables = [rows for kind, rows in page.tables if kind == "results"]
    assert tables
    for head, *rows in tables:
        assert len(rows) >= 3
        for row in rows:
            assert len(row) == len(head)
            for cell in row[1:]:
                assert "±" in cell, (row, head)


def test_the_best_network_is_named_with_its_error_and_how_it_was_chosen(page):
    (rows,) = [rows for kind, rows in page.tables if "best-of-all" in kind]
    assert rows[1][:5] == ["mass (showers)", "mass_cnn", "validation loss", "accuracy",
                           "0.790 ± 0.012 (± 0.004)"]  # fmt: skip
    assert rows[1][5] == "linear: 0.667 ± 0.015"


def test_names_from_the_configuration_are_text(page):
    assert NASTY in html.unescape(page.text)
    assert "<script" not in page.text
    assert "<img src=x" not in page.text


def test_cards_tell_how_data_and_networks_came_about(page):
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.text))
    text = " ".join(text.split())
    for words in (
        "filled_pixels >= 3", "Cut flow", "87.5 ± 1.2 %", "log10(1 + x)",
        "80% train, 10% validation", "100 % (exact)",
        "muons - front",
        "adam (learning rate 0.002)", "16 x 16 x 8", "all 15 epochs done", "7,001", "1,234",
        "CPU:0", "network mass_cnn abc123", "Made by other commits", "study: simulation",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(
    ("losses", "model", "expected"),
    [
        ({"mass": "crossentropy"}, "cnn", "categorical cross-entropy"),
        ({"energy": "mse"}, "cnn", "mean squared error"),
        ({"energy": "gaussian"}, "cnn", "gaussian (each value with its uncertainty)"),
        (
            {"energy": "huber", "mass": "crossentropy"},
            "cnn",
            "energy: Huber (quadratic up to 1, then linear), mass: categorical cross-entropy",
        ),
        ({}, "flow", "negative logarithm of the density"),
        ({}, "wgan", "Wasserstein GAN (distance seen by the critic)"),
        (None, "cnn", NOTHING),
    ],
)
def test_the_card_names_the_loss_of_each_target(tmp_path, losses, model, expected):
    path = write_record(tmp_path, "cnn", 1)
    record = json.loads(path.read_text())
    record["experiment"]["model"]["name"] = model
    del record["losses"]  # as in a record of an older version
    path.write_text(json.dumps(record | ({} if losses is None else {"losses": losses})))
    assert model_card([path]).facts["loss"] == expected


def test_every_loss_has_a_name_in_the_report():
    assert set(get_args(Loss)) == set(model_cards._LOSSES)
    assert {"flow", "gan", "wgan"} == set(model_cards._OF_DISTRIBUTIONS)


def test_the_card_names_the_backends_of_all_trainings(tmp_path):
    paths = [write_record(tmp_path, "cnn", seed) for seed in (1, 2, 3)]
    record = json.loads(paths[1].read_text())
    paths[1].write_text(json.dumps(record | {"backend": "jax"}))
    assert model_card(paths).facts["backend"] == "tensorflow (Keras 3), jax (Keras 3)"


def test_files_that_went_in_have_their_checksums(tmp_path):
    arguments = make_results(tmp_path)
    found = provenance(read_study(arguments["study"])[0], json.loads(arguments["inputs"])).inputs
    digest = hashlib.sha256(arguments["study"].read_bytes()).hexdigest()
    size = f"{arguments['study'].stat().st_size:,}"
    assert found.rows == (
        ("read", "https://a/s.json", size, digest),
        ("read", "https://a/b.root", "", "not taken: read over the network"),
        ("read", "gone.root", "", "not taken: no longer there"),
    )


def test_the_same_results_give_the_same_bytes(tmp_path):
    arguments = make_results(tmp_path)
    main(templates=TEMPLATES, **arguments)
    first = arguments["html"].read_bytes()
    main(templates=TEMPLATES, **arguments)
    assert arguments["html"].read_bytes() == first
    assert len(first) < 300_000


def test_captions_bring_in_neither_html_nor_files_nor_links(tmp_path):
    (tmp_path / "k.rst").write_text("**About {{ snakemake.wildcards.name }}** and more.")
    captions = Captions(tmp_path, {})
    for name in (
        "<script>alert(1)</script>",
        "`x <javascript:alert(1)>`_",
        ".. raw:: html\n\n   <script>alert(1)</script>\n",
        "x\n\n.. include:: /etc/passwd\n",
    ):
        found = captions.caption("k", name=name).html
        assert "<script" not in found
        assert "href" not in found
        assert "root:" not in found
    with pytest.raises(FileFormatError, match=r"k\.rst: UndefinedError: .*name.*mend the template"):
        captions.caption("k")
    with pytest.raises(FileFormatError, match=r"other\.rst: TemplateNotFound"):
        captions.caption("other")


def test_a_folder_without_figures_or_with_other_files_is_refused(tmp_path):
    captions = Captions(TEMPLATES, {"study": "s"})
    folder = Folder("figure", tmp_path, {})
    with pytest.raises(FileFormatError, match=r"holds no figure .* draw again"):
        pictures_of(folder, captions)
    (tmp_path / "roc.png").write_bytes(b"GIF89a")
    with pytest.raises(FileFormatError, match=r"roc\.png is no PNG image \(6 bytes\): draw again"):
        pictures_of(folder, captions)


def test_large_figures_become_smaller_and_look_the_same(tmp_path):
    across, down = np.meshgrid(np.arange(600), np.arange(500))
    noise = np.random.default_rng(1).integers(0, 9, (500, 600))
    values = np.stack([across % 256, down % 256, 16 * noise], axis=-1).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "roc.png")
    content = (tmp_path / "roc.png").read_bytes()
    assert len(content) > 150_000
    (tmp_path / "k.rst").write_text("**Large.**")
    (picture,) = pictures_of(Folder("k", tmp_path, {}), Captions(tmp_path, {}))
    smaller = base64.b64decode(picture.source.partition(",")[2])
    assert len(smaller) < 0.6 * len(content)
    with Image.open(io.BytesIO(smaller)) as image:
        assert image.size == (picture.width, picture.height) == (600, 500)
        apart = np.asarray(image.convert("RGB")).astype(int) - values
    assert np.abs(apart).mean() < 16


def test_a_study_that_is_none_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match="the study's configuration is not there"):
        read_study(tmp_path / "study.json")
    (tmp_path / "study.json").write_text("{}")
    with pytest.raises(FileFormatError, match="is not the configuration of a study"):
        read_study(tmp_path / "study.json")


def test_records_and_tables_that_are_not_there_are_named(tmp_path):
    with pytest.raises(
        FileFormatError, match=r"record of a training not found: .*1/training\.json"
    ):
        model_card([tmp_path / "cnn" / "1" / "training.json"])
    path = write_record(tmp_path, "cnn", 1)
    path.write_text("{")
    with pytest.raises(FileFormatError, match=r"is not the record of a training: .*Train again"):
        model_card([path])
    path.write_text("{}")
    with pytest.raises(FileFormatError, match=r"KeyError\('experiment'\)\. Train again"):
        model_card([path])
    facts = dict.fromkeys(("dataset", "selection", "split", "digest", "commit"), "")
    (tmp_path / "dataset.json").write_text(json.dumps({**facts, "samples": []}))
    with pytest.raises(FileFormatError, match=r"classes\.csv, expected a table of a data set"):
        dataset_card(tmp_path, tmp_path)
    with pytest.raises(FileFormatError, match=r"points\.csv, expected the points of a scan"):
        scan_table(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("heading", "typeset_one"),
    [("RMSE [g/cm2]", "RMSE [g/cm²]"), ("flux [m-2]", "flux [m⁻²]"), ("h2o", "h2o"),
     ("rejection at 30 % top2", "rejection at 30 % top2"),
     ("4.994 \N{MULTIPLICATION SIGN} 10^-5", "4.994 \N{MULTIPLICATION SIGN} 10⁻⁵")],
)  # fmt: skip
def test_powers_of_units_are_raised(heading, typeset_one):
    assert typeset(heading) == typeset_one


def test_why_a_training_ended():
    stopping = {"epochs": 100, "early_stopping": {"patience": 7}}
    record = {"epochs": 31, "experiment": {"training": stopping}}
    assert stop_reason(record) == "no lower validation loss for 7 epochs"
    assert stop_reason({**record, "epochs": 100}) == "all 100 epochs done"


def test_the_table_of_a_scan_has_the_best_first_and_failures_last(tmp_path):
    pd.DataFrame(
        {
            "point": ["a", "b", "c"],
            "status": ["trained", "failed", "chosen"],
            "model.units": ["[8]", "[9]", "[8, 8]"],
            "validation_loss": [0.51234567, None, 0.4],
            "seconds": [1.25, None, 2.0],
            "reason": ["", "loss became nan", ""],
        }
    ).to_csv(tmp_path / "points.csv", index=False)
    table = scan_table(tmp_path, tmp_path)
    assert [row[0] for row in table.rows] == ["c", "a", "b"]
    assert table.rows[1][3] == "0.51235"
    assert table.rows[2][-1] == "loss became nan"
    assert "nan" not in [cell for row in table.rows for cell in row]
    assert table.headings[-2] == "seconds [s]"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_yaml_of_the_report_is_the_study(path):
    study = parse_study(yaml.safe_load(path.read_text()), path.name)
    again = Study.model_validate(yaml.safe_load(as_yaml(study)))
    assert again == study
