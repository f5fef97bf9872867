"""Files that are no exported network are refused."""

import numpy as np
import pytest
from onnx import helper, load, save

from footprint.application.network import open_network
from footprint.errors import FileFormatError
from footprint.export.description import Description
from tests.application.made_up import network

NEEDED = [name for name, key in Description.model_fields.items() if key.is_required()]


def test_answers_in_batches_are_those_of_all(tmp_path, monkeypatch, rng):
    path = network(tmp_path / "n.onnx", {"x": ((3,), "GeV")}, targets=("sum", "twice"))
    monkeypatch.setattr("footprint.application.network.BATCH", 7)
    x = rng.normal(size=(23, 3))
    found = open_network(path).answers({"x": x})
    np.testing.assert_allclose(found["sum"], x.sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found["twice"], 2 * x.sum(axis=1), rtol=1e-5)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileFormatError, match=r"network not found: .*made by snakemake export"):
        open_network(tmp_path / "n.onnx")


def test_a_file_that_is_not_onnx(tmp_path):
    path = tmp_path / "n.onnx"
    path.write_text("no network")
    with pytest.raises(FileFormatError, match=r"cannot read .*n.onnx as ONNX"):
        open_network(path)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"author": "x"}, r"no metadata 'footprint', found \['author'\]: it was not exported"),
        ({"footprint": "{}"}, rf"of another version of Footprint \({len(NEEDED)} differences\)"),
    ],
)
def test_a_network_from_elsewhere(tmp_path, metadata, message):
    path = network(tmp_path / "n.onnx", {"x": ((), "")})
    model = load(path)
    del model.metadata_props[:]
    helper.set_model_props(model, metadata)
    save(model, path)
    with pytest.raises(FileFormatError, match=message):
        open_network(path)
