"""Answers stand beside the entries they belong to, in ROOT and HDF5."""

import json
import os
import resource
from pathlib import Path
from types import SimpleNamespace

import awkward as ak
import h5py
import numpy as np
import pytest
import uproot
from pydantic import TypeAdapter

from footprint.application import friend
from footprint.application.apply import apply
from footprint.application.network import open_network
from footprint.application.reading import new_file
from footprint.config.datasets import Dataset
from footprint.config.samples import Files
from footprint.errors import ConfigError, DataError, FileFormatError, StorageError
from footprint.files.events import open_events
from tests.application.made_up import domain, network
from tests.conftest import ROOT
from tests.ingest import nanoaod_files

DATA = Path(os.environ.get("FOOTPRINT_DATA", ROOT / ".." / "shared" / "data")).resolve()
PFNANO = DATA / "root" / "pfnano.root"
BOTH = {"x": ((), "GeV"), "y": ((), "")}


def sample(reader, **options):
    given = {"reader": reader, "files": ["f"], "options": options}
    return TypeAdapter(Files).validate_python(given)


def run(folder, path, made, config=None, name="new", suffix="root", selection=True):
    opened = open_network(made)
    opened = opened if selection else opened.without_selection()
    file = new_file(str(path), path.name, opened.said, config)
    output = folder / f"said.{suffix}"
    apply(output, name, opened, file)
    return output


@pytest.fixture
def flat(tmp_path, rng):
    """A tree with branches that the network does not know, and one with text."""
    path = tmp_path / "flat.root"
    columns = {"X": rng.uniform(0, 100, 1000), "Y": rng.normal(50, 10, 1000).astype("f4"),
               "event": np.arange(1000)}  # fmt: skip
    with uproot.recreate(path) as file:
        file["events"] = columns
    return path, columns


def root_sample(**more):
    return sample("root", **{"tree": "events", "branches": {"x": "X", "y": "Y * 2", "truth": "T"},
                             "units": {"x": "GeV", "truth": "GeV"}, "memory_MB": 0.001,
                             **more})  # fmt: skip


def test_a_friend_tree_has_the_entries_of_the_file(tmp_path, flat, monkeypatch):
    monkeypatch.setattr(friend, "WAITING", 300)
    path, _ = flat
    dataset = Dataset.model_validate(
        {"samples": ["s"], "inputs": {"i": ["x", "y"]}, "selection": "x > 20"}
    )
    made = network(tmp_path / "n.onnx", BOTH, dataset=dataset)
    # The file has no branch T: truth is not needed any more.
    output = run(tmp_path, path, made, root_sample(cut="event % 3 != 0"))
    with uproot.open(output) as file, uproot.open(path) as beside:
        tree, events = file["new"], beside["events"].arrays()
        found = tree.arrays()
        assert tree.num_entries == beside["events"].num_entries
        assert json.loads(tree.title)["experiment"] == "e"
        said = json.loads(str(file["footprint"]))
        assert said["branches"]["new_sum"]["units"] == "GeV"
        assert said["network_sha256"] == open_network(made).sha256
    answered = (events["event"] % 3 != 0) & (events["X"] > 20)
    assert ak.all(found["new_selected"] == answered)
    expected = np.where(answered, events["X"] + 2 * events["Y"], np.nan)
    np.testing.assert_allclose(found["new_sum"], expected, rtol=1e-6)
    outside = answered & ((2 * events["Y"] > 100) | (events["Y"] < 0))
    assert ak.all(found["new_outside_domain"] == outside)
    assert ak.any(outside)
    assert not ak.any(found["new_outside_x"])


def test_the_largest_training_event_is_inside(tmp_path):
    """Trees hold 0.1 in double precision, event files and so the domain in single."""
    path = tmp_path / "flat.root"
    with uproot.recreate(path) as file:
        file["events"] = {"X": np.array([0.1, 0.3, 0.7, 0.7000001]), "Y": np.zeros(4)}
    low, high = (float(np.float32(value)) for value in (0.1, 0.7))
    assert high < 0.7
    made = network(tmp_path / "n.onnx", BOTH, domains={"x": domain(low, high)})
    with uproot.open(run(tmp_path, path, made, root_sample())) as file:
        assert file["new"]["new_outside_x"].array().to_list() == [False, False, False, True]


def test_the_selection_may_be_left_out(tmp_path, flat):
    """What it alone needs is not asked for: here truth, of which the file has none."""
    path, _ = flat
    config = {"samples": ["s"], "inputs": {"i": ["x", "y"]}, "selection": "(x > 20) & (double > 1)",
              "derived": {"double": {"method": "formula", "formula": "2 * truth"}}}  # fmt: skip
    made = network(tmp_path / "n.onnx", BOTH, dataset=Dataset.model_validate(config))
    output = run(tmp_path, path, made, root_sample(), selection=False)
    with uproot.open(output) as file:
        assert file["new"]["new_selected"].array().to_list() == [True] * 1000
    with pytest.raises(ConfigError, match="has no branch 'T'"):
        run(tmp_path, path, made, root_sample())


def test_options_that_name_no_array_for_an_input(tmp_path, flat):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH)
    config = root_sample(branches={"x": "X", "yy": "Y"}, units={"x": "GeV"})
    with pytest.raises(ConfigError, match=r"name no array 'y', which the network needs; .*known"):
        run(tmp_path, path, made, config)


def test_hdf5_says_the_same_as_root(tmp_path, flat):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH, targets=("sum", "twice"))
    tree = run(tmp_path, path, made, root_sample())
    other = run(tmp_path, path, made, root_sample(), suffix="h5")
    with uproot.open(tree) as file, h5py.File(other) as answers:
        found = file["new"].arrays(library="np")
        assert set(answers) == set(found)
        for name, values in found.items():
            np.testing.assert_array_equal(answers[name][:], values)
        assert answers["new_twice"].attrs["units"] == "GeV"
        assert answers.attrs["kind"] == "applied"


def test_derived_arrays_are_computed_on_the_way(tmp_path, flat):
    path, columns = flat
    dataset = Dataset.model_validate(
        {"samples": ["s"], "inputs": {"i": ["ratio"]},
         "derived": {"ratio": {"method": "formula", "formula": "y / (x + 1)"}}}
    )  # fmt: skip
    made = network(tmp_path / "n.onnx", {"ratio": ((), "")}, dataset=dataset)
    output = run(tmp_path, path, made, root_sample())
    with uproot.open(output) as file:
        found = file["new"]["new_sum"].array()
    np.testing.assert_allclose(found, 2 * columns["Y"] / (columns["X"] + 1), rtol=1e-5)


def test_probabilities_have_a_branch_each(tmp_path, flat):
    path, columns = flat
    made = network(tmp_path / "n.onnx", BOTH, targets=("kind",), classes=("a", "b"))
    with uproot.open(run(tmp_path, path, made, root_sample())) as file:
        found = file["new"].arrays()
    np.testing.assert_allclose(found["new_kind_a"], columns["X"] + 2 * columns["Y"], rtol=1e-6)
    assert ak.all(found["new_kind_b"] == 0)


JETS = {"jet_pt": ((), "GeV"), "constituent_energy": ((4,), "GeV")}


def test_jets_stay_with_their_event(tmp_path, monkeypatch):
    """Events of 2, 0, 1 and 2 jets, again and again: cut by pT, read and written in pieces."""
    monkeypatch.setattr(friend, "WAITING", 7)
    path = nanoaod_files.write(tmp_path / "nano.root", nanoaod_files.EVENTS * 50)
    config = sample("nanoaod", most_constituents=4, cut="jet_pt > 55", jet_momentum="corrected",
                    labels={"heavy": "FatJet_mass > 6"}, event_cut="event % 5 != 2",
                    candidate_branches={"d0": "not_in_new_files"}, memory_MB=0.001)  # fmt: skip
    made = network(tmp_path / "n.onnx", JETS)
    with uproot.open(run(tmp_path, path, made, config, name="top")) as file, uproot.open(
        path
    ) as beside:  # fmt: skip
        found, events = file["top"].arrays(), beside["Events"].arrays()
    assert ak.all(found["ntop"] == events["nFatJet"])
    assert ak.all(ak.num(found["top_sum"]) == events["nFatJet"])
    # Of the labels nothing is asked: they are for training.
    answered = (events["FatJet_pt"] > 55) & ((events["event"] % 5) != 2)
    assert ak.all(found["top_selected"] == answered)
    assert ak.all(np.isnan(found["top_sum"]) == ~answered)
    # The third event's jet has no constituents: its sum is its pT.
    alone = found["top_sum"][2::4][answered[2::4]]
    assert len(ak.flatten(alone)) == 40
    assert ak.all(ak.flatten(alone) == 60)


def test_where_jets_end_is_summed_once_not_at_each_writing(tmp_path, monkeypatch):
    summed = []

    def cumsum(values):
        summed.append(len(values))
        return np.cumsum(values)

    monkeypatch.setattr(friend, "np", SimpleNamespace(**vars(np) | {"cumsum": cumsum}))
    monkeypatch.setattr(friend, "WAITING", 7)
    path = nanoaod_files.write(tmp_path / "nano.root", nanoaod_files.EVENTS * 50)
    made = network(tmp_path / "n.onnx", JETS)
    run(tmp_path, path, made, sample("nanoaod", most_constituents=4, memory_MB=0.001), name="top")
    assert summed == [4 * 50]


@pytest.mark.skipif(not PFNANO.exists(), reason=f"real file missing: {PFNANO} (FOOTPRINT_DATA)")
def test_jets_of_a_real_file(tmp_path):
    made = network(tmp_path / "n.onnx", {"jet_pt": ((), "GeV")})
    output = run(tmp_path, PFNANO, made, sample("nanoaod", jet_momentum="corrected"), name="top")
    with uproot.open(output) as file, uproot.open(PFNANO) as beside:
        found = file["top"]["top_sum"].array()
        expected = beside["Events"]["FatJet_pt"].array()
    assert ak.num(found).to_list() == ak.num(expected).to_list()
    np.testing.assert_allclose(ak.flatten(found), ak.flatten(expected), rtol=1e-6)


def test_jets_are_not_written_as_hdf5(tmp_path):
    path = nanoaod_files.write(tmp_path / "nano.root")
    made = network(tmp_path / "n.onnx", JETS)
    with pytest.raises(ConfigError, match=r"a varying number of rows an event: write .root"):
        run(tmp_path, path, made, sample("nanoaod", most_constituents=4), suffix="h5")


def test_rows_that_are_missing_leave_no_file(tmp_path, flat):
    path, _ = flat
    made = open_network(network(tmp_path / "n.onnx", BOTH))
    file = new_file(str(path), path.name, made.said, root_sample())
    longer = type(file)(file.path, file.key, file.specs, file.blocks, np.full(400, 3))
    with pytest.raises(DataError, match=r"333 of 400 events could be filled .* 1 are left over"):
        apply(tmp_path / "said.root", "new", made, longer)
    assert [found.name for found in tmp_path.glob("*said*")] == []


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("suffix", ["root", "h5"])
def test_what_does_not_fit_on_the_disk_leaves_no_file(tmp_path, flat, suffix, share):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH)
    whole = run(tmp_path, path, made, root_sample(), suffix=suffix)
    size = whole.stat().st_size
    whole.unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(share * size), limits[1]))
    try:
        with pytest.raises(StorageError, match=rf"cannot write .*said.{suffix}: File too large"):
            run(tmp_path, path, made, root_sample(), suffix=suffix)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [found.name for found in tmp_path.glob("*said*")] == []


def test_an_empty_file_gives_an_empty_tree(tmp_path):
    path = tmp_path / "empty.root"
    with uproot.recreate(path) as file:
        file.mktree("events", {"X": "f8", "Y": "f4"})
    made = network(tmp_path / "n.onnx", BOTH)
    for suffix in ("root", "h5"):
        run(tmp_path, path, made, root_sample(), suffix=suffix)
    with uproot.open(tmp_path / "said.root") as file, h5py.File(tmp_path / "said.h5") as answers:
        assert file["new"].num_entries == len(answers["new_sum"]) == 0


def test_event_files_and_ones_own_hdf5(tmp_path, write_events, rng):
    x, y = rng.uniform(0, 90, (2, 300))
    part = write_events({"x": x, "y": y, "more": y}, units={"x": "GeV"})
    made = network(tmp_path / "n.onnx", BOTH)
    first = run(tmp_path, part, made, suffix="h5")
    with h5py.File(first) as answers:
        np.testing.assert_allclose(answers["new_sum"][:], x + y, rtol=1e-5)
    own = tmp_path / "own.h5"
    with h5py.File(own, "w") as file, open_events(part) as events:
        arrays = events.read(["x", "y"], slice(None))
        file["x"], file["y"] = arrays["x"], arrays["y"]
        file["x"].attrs["units"] = "GeV"
    with uproot.open(run(tmp_path, own, made)) as file:
        np.testing.assert_allclose(file["new"]["new_sum"].array(), x + y, rtol=1e-5)


def test_a_missing_branch_is_named_with_the_nearest(tmp_path, flat):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH)
    config = root_sample(branches={"x": "XX", "y": "Y"}, units={"x": "GeV"})
    with pytest.raises(ConfigError, match=r"has no branch 'XX'; did you mean 'X'\? known: X, Y"):
        run(tmp_path, path, made, config)
    assert not (tmp_path / "said.root").exists()


def test_a_missing_array_is_named_with_the_nearest(tmp_path, write_events):
    part = write_events({"x": np.ones(3), "why": np.ones(3)}, units={"x": "GeV"})
    made = network(tmp_path / "n.onnx", BOTH)
    message = r"has no array 'y', which the network needs; .*known: event_id, why, x"
    with pytest.raises(FileFormatError, match=message):
        run(tmp_path, part, made)


@pytest.mark.parametrize(("unit", "found"), [("MeV", "'MeV'"), ("", "'none'")])
def test_other_units_are_refused(tmp_path, write_events, unit, found):
    part = write_events({"x": np.ones(3), "y": np.ones(3)}, units={"x": unit})
    made = network(tmp_path / "n.onnx", BOTH)
    with pytest.raises(FileFormatError, match=rf"'x' has unit {found}, expected 'GeV'"):
        run(tmp_path, part, made)


def test_other_units_of_a_tree_are_refused(tmp_path, flat):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH)
    with pytest.raises(FileFormatError, match=r"'x' has unit 'MeV', expected 'GeV'"):
        run(tmp_path, path, made, root_sample(units={"x": "MeV"}))


def test_other_sizes_are_refused(tmp_path, write_events):
    part = write_events({"signal": np.ones((3, 14, 14))})
    made = network(tmp_path / "n.onnx", {"signal": ((9, 9), "")})
    message = r"'signal' has shape \(14, 14\) an event, expected \(9, 9\)"
    with pytest.raises(FileFormatError, match=message):
        run(tmp_path, part, made, suffix="h5")
    assert not (tmp_path / "said.h5").exists()


def test_files_of_another_kind_are_refused(tmp_path):
    made = network(tmp_path / "n.onnx", BOTH)
    path = tmp_path / "other.h5"
    path.write_text("text")
    with pytest.raises(FileFormatError, match=r"cannot read .* as HDF5"):
        run(tmp_path, path, made)
    with h5py.File(path, "w") as file:
        file.attrs["kind"] = "dataset"
    with pytest.raises(FileFormatError, match="holds kind='dataset', expected events"):
        run(tmp_path, path, made)
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = np.ones(3), np.ones(4)
        file["x"].attrs["units"] = "GeV"
    with pytest.raises(FileFormatError, match=r"differ in length.*'x': 3, 'y': 4"):
        run(tmp_path, path, made)
    with pytest.raises(FileFormatError, match="file not found"):
        run(tmp_path, tmp_path / "nowhere.h5", made)


@pytest.mark.parametrize("values", [np.float32(3), np.array([b"a", b"b"])], ids=["one", "text"])
def test_arrays_that_are_no_numbers_of_events_are_refused(tmp_path, values):
    made = network(tmp_path / "n.onnx", {"x": ((), "")})
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file["x"] = values
    words = r"array 'x' of .*own.h5 is .* of shape .*, expected numbers with events along"
    with pytest.raises(FileFormatError, match=words):
        run(tmp_path, tmp_path / "own.h5", made)


def test_only_root_and_hdf5_are_written(tmp_path, flat):
    path, _ = flat
    made = network(tmp_path / "n.onnx", BOTH)
    with pytest.raises(ConfigError, match=r"said.csv: expected a name that ends in .root or .h5"):
        run(tmp_path, path, made, root_sample(), suffix="csv")
