"""Attributes of HDF5 files that someone else wrote: any type, any length, any bytes."""

import h5py
import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.events import EventWriter, open_events
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions, read_predictions, write_predictions
from footprint.seeds import event_ids

BAD_BYTES = h5py.string_dtype("utf-8", 4)
NO_TEXT = [
    ("is int64 7, expected text", 7),
    ("is ndarray [1. 2.], expected text", [1.0, 2.0]),
    ("is Empty ", h5py.Empty("f")),
    ("is not text in UTF-8", np.array(b"\xff\xfeab", BAD_BYTES)),
    ("is not text in UTF-8", np.bytes_(b"TeV\xff")),
]


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "e.h5"
    with EventWriter(path, [ArraySpec("a", "m", "x")], sample="s", config="{}", seed=1) as writer:
        writer.append({"event_id": event_ids("s", 0, 3), "a": np.arange(3.0)})
    return path


def refusal(path, holder, name, value, read):
    with h5py.File(path, "r+") as file:
        target = file[holder]
        if value is None:
            del target.attrs[name]
        else:
            target.attrs[name] = value
    with pytest.raises(FileFormatError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 400
    return str(caught.value)


def specs(path):
    with open_events(path) as opened:
        return opened.specs


@pytest.mark.parametrize("name", ["units", "description"])
@pytest.mark.parametrize(("said", "value"), NO_TEXT)
def test_units_and_descriptions_are_text(events, name, said, value):
    assert said in refusal(events, "a", name, value, specs)


def test_units_stay_what_a_figure_can_hold(events):
    said = refusal(events, "a", "units", "m" * 20_000, specs)
    assert "attribute 'units' of /a in" in said
    assert said.endswith("has 20000 characters, expected 10000 at most: shorten it")


def test_text_of_other_programs_is_read(events):
    with h5py.File(events, "r+") as file:
        file["a"].attrs["units"] = np.bytes_("µm".encode())
        del file["a"].attrs["description"]
    assert specs(events)["a"] == ArraySpec("a", "µm", "")


@pytest.mark.parametrize("name", ["kind", "format_version", "sample"])
@pytest.mark.parametrize("value", [None, [1, 2], h5py.Empty("f"), np.bytes_(b"\xff"), "x" * 5000])
def test_what_a_file_is(events, name, value):
    if name == "sample" and isinstance(value, str):
        value = 3  # any text may name a sample
    refusal(events, "/", name, value, specs)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\udcff"])
def test_json_that_is_none(events, content):
    def read(path):
        with open_events(path) as opened:
            hdf5.read_json(opened.file, "config")

    value = content if content.isascii() else np.bytes_(content.encode(errors="surrogateescape"))
    with h5py.File(events, "r+") as file:
        file.attrs.create("config", value, dtype=h5py.string_dtype() if len(content) > 9 else None)
    with pytest.raises(FileFormatError, match="attribute 'config' of / in"):
        read(events)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("seed", "one", "is 'one', expected a whole number"),
        ("seed", None, "is 'None', expected a whole number"),
        ("method", None, "is missing, expected text"),
        ("task", [1], "expected text"),
    ],
)
def test_predictions_of_networks_trained_elsewhere(tmp_path, name, value, said):
    path = tmp_path / "p.h5"
    write_predictions(path, Predictions(
        method="m", seed=1, task="regression", target=ArraySpec("t", "m", ""), classes=(),
        event_id=event_ids("s", 0, 3), truth=np.arange(3.0), prediction=np.arange(3.0),
        spectators={}, spectator_specs={}, config="{}",
    ))  # fmt: skip
    read_predictions(path)
    assert said in refusal(path, "/", name, value, read_predictions)
