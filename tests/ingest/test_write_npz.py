"""From an npz archive to an event file, by the library, the script and the workflow."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from footprint.config.npz import NpzFiles
from footprint.files.events import open_events
from footprint.ingest.sources import Source, sources
from footprint.ingest.write import ingest
from tests.ingest import public_sets as sets
from tests.workflow.conftest import Runner

ROOT = Path(__file__).parents[2]


def ingested(path, output, **options):
    config = NpzFiles(reader="npz", files=[str(path)], options=options)
    ingest(Source(str(path), path.name, "part"), "showers", config, 1, output)
    with open_events(output) as events:
        return events.read(["event_id", *config.arrays], slice(None))


def test_event_file(tmp_path, caplog):
    sets.generator(tmp_path / "g.npz")
    with caplog.at_level(logging.INFO):
        ingested(tmp_path / "g.npz", tmp_path / "g.h5", convention="observatory_npz")
    with open_events(tmp_path / "g.h5") as events:
        assert len(events) == 150
        assert set(events.constants) == {"station_x", "station_y", "station_z"}
        assert events.specs["arrival_time"].units == "ns"
        assert events.specs["station_x"].units == "m"
        assert events.specs["energy"].units == "EeV"
        assert all(spec.description for spec in events.specs.values())
        assert events.file["traces"].dtype == np.float32
        assert events.file["outside_range"].dtype == np.uint8
    assert "150 entries read, 150 events written" in caplog.text


def test_numbers_of_events_depend_neither_on_blocks_nor_on_the_splits_read(tmp_path):
    sets.pd4ml(tmp_path / "c.npz", train=200, test=150)
    options = {"convention": "pd4ml_airshower"}
    whole = ingested(tmp_path / "c.npz", tmp_path / "whole.h5", **options)
    small = ingested(tmp_path / "c.npz", tmp_path / "small.h5", **options, memory_MB=1)
    test = ingested(tmp_path / "c.npz", tmp_path / "test.h5", **options, read_splits=["test"])
    for name, values in whole.items():
        np.testing.assert_array_equal(small[name], values)
        np.testing.assert_array_equal(test[name], values[200:])
    assert len(set(whole["event_id"])) == 350


def test_parts_are_named_without_the_ending(tmp_path):
    for name in ("showers-A1-0.npz", "showers-A56-0.npz"):
        (tmp_path / name).touch()
    found = [source.part for source in sources("s", [str(tmp_path / "*.npz")])]
    assert found == ["showers-A1-0", "showers-A56-0"]


def test_root_files_reader_is_not_imported():
    code = (
        "import sys; from footprint.config.npz import NpzFiles;"
        "from footprint.ingest.write import reader_of;"
        "reader_of(NpzFiles(reader='npz', files=['a'], options={'convention': 'airshowers_book'}));"
        "print([name for name in ('uproot', 'awkward') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


class TestScript:
    def call(self, file, output, **options):
        config = {"reader": "npz", "files": [str(file)], "options": options}
        command = [sys.executable, str(ROOT / "scripts" / "ingest.py"), "--sample-name", "s"]
        command += ["--sample", json.dumps(config), "--file", str(file), "--key", file.name]
        command += ["--seed", "1", "--output", str(output)]
        environment = {**os.environ, "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    def test_writes(self, tmp_path):
        sets.book(tmp_path / "b.npz", "offset")
        answer = self.call(
            tmp_path / "b.npz", tmp_path / "b.h5", convention="airshowers_book", test_events=9
        )
        assert answer.returncode == 0, answer.stderr
        assert "about the plane of the true axis" in answer.stderr
        with open_events(tmp_path / "b.h5") as events:
            assert events.read(["published_test"], slice(None))["published_test"].sum() == 9

    def test_an_object_array_is_one_message_and_leaves_no_file(self, tmp_path):
        np.savez(tmp_path / "b.npz", v=np.array([{}, []], dtype=object))
        answer = self.call(tmp_path / "b.npz", tmp_path / "b.h5", arrays={"v": {"member": "v"}})
        assert answer.returncode == 1
        assert "FileFormatError: member 'v' of" in answer.stderr
        assert "Traceback" not in answer.stderr
        assert not (tmp_path / "b.h5").exists()


def test_a_rule_reads_each_archive_into_a_part(tiny, tmp_path):
    for name in ("showers-A1-0", "showers-A1-1"):
        sets.generator(tmp_path / f"{name}.npz", count=20)
    options = {"convention": "observatory_npz", "keep": ["signal", "arrival_time", "xmax"]}
    sample = {"reader": "npz", "files": ["showers-*.npz"], "options": options}
    dataset = {
        "samples": ["public"],
        "inputs": {"footprint": [{"array": "signal", "mask": True}]},
        "targets": {"xmax": {"array": "xmax"}},
    }
    tiny["samples"], tiny["datasets"] = {"public": sample}, {"showers": dataset}
    experiment = tiny["experiments"]["xmax_cnn"]
    experiment["evaluation"] = {"bins": 3}
    tiny["experiments"] = {"xmax_cnn": experiment}
    del tiny["variations"]  # what is read cannot be varied
    runner = Runner(tmp_path, tiny)
    parts = [f"results/tiny/events/public/showers-A1-{i}.h5" for i in range(2)]
    runner(*parts)
    ids = []
    for part in parts:
        with open_events(tmp_path / part) as events:
            ids += list(events.read(["event_id"], slice(None))["event_id"])
    assert len(set(ids)) == 40
