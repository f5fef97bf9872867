import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from footprint.config import load_study
from footprint.config.samples import RootFiles
from footprint.errors import ConfigError
from footprint.files.events import open_events
from footprint.ingest.sources import Source
from footprint.ingest.write import ingest

ROOT = Path(__file__).parents[2]


def sample(path, **options):
    options = {"tree": "events", "branches": {"mass": "M", "pt": "hypot(px1, py1)"}, **options}
    return RootFiles(reader="root", files=[str(path)], options=options)


def ingested(path, output, *, key="z.root", **options):
    ingest(Source(str(path), key, "z"), "dimuons", sample(path, **options), 1, output)
    with open_events(output) as events:
        return events.read(["event_id", "mass"], slice(None))


def test_event_file(zmumu, tmp_path):
    output = tmp_path / "events.h5"
    options = {"units": {"mass": "GeV"}, "descriptions": {"pt": "of the first muon"}}
    ingested(zmumu, output, **options)
    with open_events(output) as events:
        assert len(events) == 2304
        assert events.sample == "dimuons"
        assert json.loads(events.file.attrs["config"])["options"]["tree"] == "events"
        specs = events.specs
        assert (specs["mass"].units, specs["mass"].description) == ("GeV", "branch M")
        assert (specs["pt"].units, specs["pt"].description) == ("", "of the first muon")
        assert events.file["mass"].dtype == np.float32


def test_event_id_is_the_same_under_any_cut(zmumu, tmp_path):
    whole = ingested(zmumu, tmp_path / "whole.h5")
    some = ingested(zmumu, tmp_path / "some.h5", cut="M > 90", memory_MB=0.01)
    expected = whole["mass"] > 90
    assert 0 < expected.sum() < len(expected)
    np.testing.assert_array_equal(some["event_id"], whole["event_id"][expected])
    np.testing.assert_array_equal(some["mass"], whole["mass"][expected])


def test_event_id_depends_on_the_key_alone(zmumu, tmp_path):
    moved = tmp_path / "moved.root"
    moved.symlink_to(zmumu)
    here = ingested(zmumu, tmp_path / "here.h5")["event_id"]
    there = ingested(moved, tmp_path / "there.h5")["event_id"]
    other = ingested(zmumu, tmp_path / "other.h5", key="other.root")["event_id"]
    np.testing.assert_array_equal(here, there)
    assert not set(here) & set(other)
    assert len(set(here)) == len(here)


def test_same_bytes_however_the_blocks_are_cut(zmumu, tmp_path):
    whole = ingested(zmumu, tmp_path / "whole.h5", cut="M > 90")
    small = ingested(zmumu, tmp_path / "small.h5", cut="M > 90", memory_MB=0.003)
    for name, values in whole.items():
        np.testing.assert_array_equal(small[name], values)


def test_empty_selection_gives_a_file_without_events(zmumu, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        events = ingested(zmumu, tmp_path / "none.h5", cut="M < 0")
    assert events["mass"].shape == (0,)
    assert "no entry passes the cut (M < 0)" in caplog.text
    assert "2,304 entries read, 0 events written" in caplog.text


def test_an_error_leaves_no_file(zmumu, tmp_path):
    with pytest.raises(ConfigError):
        ingested(zmumu, tmp_path / "out" / "bad.h5", cut="nothing > 0")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["event_id", "sample"])
def test_reserved_names(name):
    with pytest.raises(ValueError, match=f"'{name}' is what Footprint itself calls"):
        sample("x.root", branches={name: "M"})


class TestStudy:
    """The shipped study config/root.yaml on the real file."""

    @pytest.fixture
    def events(self, zmumu, tmp_path):
        config = load_study(ROOT / "config" / "root.yaml").samples["dimuons"]
        output = tmp_path / "dimuons.h5"
        ingest(Source(str(zmumu), zmumu.name, "z"), "dimuons", config, 1, output)
        with open_events(output) as events:
            return events.read(list(events.specs), slice(None))

    def test_each_event_stands_there_once(self, zmumu, events):
        import uproot

        with uproot.open(zmumu) as root:
            numbers = root["events"]["Event"].array(library="np")
        rows = (events["event_id"] & np.uint64(2**32 - 1)).astype(int)
        assert len(rows) == len(set(numbers[rows])) == 499

    def test_analytic_baseline_is_exact(self, events):
        e, x, y, z = (
            events[f"{name}1"].astype(float) + events[f"{name}2"]
            for name in ("E", "px", "py", "pz")
        )
        mass = np.sqrt(e**2 - x**2 - y**2 - z**2)
        np.testing.assert_allclose(mass, events["M"], atol=1e-3)  # GeV, in float32

    def test_coordinates_hold_the_mass(self, events):
        """m^2 = 2 pt1 pt2 (cosh(delta eta) - cos(delta phi)) for massless muons."""
        angle = np.cosh(events["delta_eta"]) - events["cos_delta_phi"]
        mass = np.sqrt(2 * events["pt1"] * events["pt2"] * angle)
        np.testing.assert_allclose(mass, events["M"], rtol=1e-3)


class TestScript:
    def call(self, file, output, tree="events"):
        script = ROOT / "scripts" / "ingest.py"
        config = sample(file, tree=tree).model_dump_json()
        command = [sys.executable, str(script), "--sample-name", "dimuons", "--sample", config]
        command += ["--file", str(file), "--key", "z.root", "--seed", "1", "--output", str(output)]
        environment = {**os.environ, "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    def test_writes(self, zmumu, tmp_path):
        answer = self.call(zmumu, tmp_path / "z.h5")
        assert answer.returncode == 0, answer.stderr
        assert "2,304 entries read, 2,304 events written" in answer.stderr
        with open_events(tmp_path / "z.h5") as events:
            assert len(events) == 2304

    def test_says_what_is_wrong_in_one_message(self, zmumu, tmp_path):
        answer = self.call(zmumu, tmp_path / "z.h5", tree="Events2")
        assert answer.returncode == 1
        assert "ConfigError: " in answer.stderr
        assert "Traceback" not in answer.stderr
        assert not (tmp_path / "z.h5").exists()
