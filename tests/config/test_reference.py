"""The documents in the repository are those of the models."""

import json
import re

import jsonschema
import pytest
import yaml

from footprint.config import load_study, parse_study, reference
from tests.conftest import ROOT

STUDIES = sorted((ROOT / "config").glob("*.yaml"))


def test_schema_is_up_to_date():
    assert (ROOT / "config" / "schema.json").read_text() == reference.schema(), "run: make schema"


def test_readme_documents_every_key_as_it_is():
    text = (ROOT / "config" / "README.md").read_text()
    assert text == reference.readme(text), "run: make schema"


def test_every_key_has_a_meaning():
    for line in reference.tables().splitlines():
        if re.match(r"\| `", line) and not re.match(r"\| `(name|method)`", line):
            assert re.search(r"\| [^|]{8,} \|$", line), line


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_shipped_studies_fit_schema_and_models(path):
    data = yaml.safe_load(path.read_text())
    jsonschema.validate(data, json.loads(reference.schema()))
    study = load_study(path)
    again = parse_study(json.loads(study.model_dump_json()))
    assert again == study


def test_readme_examples_are_right(tiny):
    text = (ROOT / "config" / "README.md").read_text()
    block = re.search(r"model:\n  layers:.*?(?=\nmodel:)", text, re.DOTALL).group()
    tiny["experiments"]["xmax_cnn"]["model"] = yaml.safe_load(block)["model"]
    assert len(parse_study(tiny).experiments["xmax_cnn"].model.layers) == 4
