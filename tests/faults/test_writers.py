"""Writers that are killed, that overlap, and whose disk fails for a moment."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack

import numpy as np
import pytest

from footprint.dataset.scratch import Scratch
from footprint.errors import FileFormatError, StorageError
from footprint.files import atomic, hdf5
from footprint.files.events import EventWriter, open_events
from footprint.files.predictions import read_predictions
from tests.conftest import ROOT
from tests.faults.whole import dataset, events, unfinished
from tests.files.test_writing import SPECS, block

START = """
import os, signal, sys
from pathlib import Path
import numpy as np
from footprint.files import events, hdf5, predictions
path = Path(sys.argv[1])
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED = {
    "events": START + """
from tests.files.test_writing import SPECS, block
events.WAITING = 0  # all that is appended goes to the file
with events.EventWriter(path, SPECS, sample="s", config="{}", seed=1) as writer:
    for number in range(4):
        writer.append(block(number * 128, 128))
    die()
""",
    "dataset": START + """
from footprint.config.datasets import Dataset
from footprint.dataset import write
from footprint.dataset.build import build_dataset
events_path = path.with_name("events.h5")
specs = [hdf5.ArraySpec(name, "", name) for name in "ab"]
with events.EventWriter(events_path, specs, sample="s", config="{}", seed=1) as writer:
    values = np.random.default_rng(1).normal(size=(2, 900))
    ids = np.arange(900, dtype=np.uint64)
    writer.append({"event_id": ids, "a": values[0], "b": values[1]})
config = Dataset.model_validate(
    {"samples": ["s"], "inputs": {"a": ["a"]}, "targets": {"b": {"array": "b"}}}
)
create, made = write._create, []
def counted(group, source, name, *rest):
    made.append(name)
    die() if len(made) == int(sys.argv[2]) else create(group, source, name, *rest)
write._create = counted
build_dataset(path, "d", config, {"s": [events_path]})
""",
    "predictions": START + """
from tests.files.test_predictions import predictions as some
put, made = predictions._put, []
def counted(*arguments):
    made.append(arguments[1])
    die() if len(made) == int(sys.argv[2]) else put(*arguments)
predictions._put = counted
predictions.write_predictions(path, some())
""",
}  # fmt: skip
READERS = {"events": events, "dataset": dataset, "predictions": read_predictions}


def run(kind, path, moment):
    """Run a writer in a process of its own, which kills itself at the given array."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-c", KILLED[kind], str(path), str(moment)]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("kind", "moment"), [("events", 0), ("dataset", 2), ("dataset", 5), ("predictions", 3)]
)
def test_a_writer_killed_in_the_middle_leaves_nothing_that_is_taken_for_whole(
    tmp_path, kind, moment
):
    path = tmp_path / "there" / "x.h5"
    result = run(kind, path, moment)
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert not path.exists()
    (left,) = [file for file in path.parent.iterdir() if file.suffix == ".h5" and file in
               unfinished(path.parent)]  # fmt: skip
    assert left.stat().st_size > 0
    copy = tmp_path / "copy.h5"
    copy.write_bytes(left.read_bytes())
    with pytest.raises(FileFormatError, match=r"copy\.h5"):
        READERS[kind](copy)
    if kind != "events":
        assert run(kind, path, 99).returncode == 0
        READERS[kind](path)
        assert unfinished(path.parent) == []


def writer(path):
    return EventWriter(path, SPECS, sample="s", config="{}", seed=1)


def rows_of(path):
    with open_events(path) as found:
        return {name: found.file[name][:] for name in ("event_id", "image", "value")}


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_a_job_that_outlived_its_workflow_and_the_next_one_do_not_mix(
    tmp_path, monkeypatch, first_to_end
):
    """After a kill -9 of Snakemake alone its jobs run on, and the next run starts them again."""
    monkeypatch.setattr("footprint.files.events.WAITING", 0)
    path = tmp_path / "e.h5"
    with writer(path) as alone:
        for number in range(6):
            alone.append(block(number * 128, 128))
    expected, content = rows_of(path), path.read_bytes()
    path.unlink()
    stacks = [ExitStack(), ExitStack()]
    both = [stack.enter_context(writer(path)) for stack in stacks]
    for number in range(6):
        for one in both:
            one.append(block(number * 128, 128))
    for end in (first_to_end, 1 - first_to_end):
        stacks[end].close()
        for name, values in expected.items():
            np.testing.assert_array_equal(rows_of(path)[name], values)
        assert path.read_bytes() == content
    assert unfinished(tmp_path) == []


def test_two_builds_of_one_data_set_share_no_scratch_space(tmp_path):
    output = tmp_path / "d.scratch"
    keys = np.arange(9, dtype=np.uint64) << np.uint64(60)
    with ExitStack() as stack:
        both = [
            stack.enter_context(Scratch.folders(atomic.temporary(output), ("train",), 4))[0]
            for _ in range(2)
        ]
        for _ in range(3):
            for rows in both:
                rows.add(keys, {"x": np.arange(9.0)})
        for rows in both:
            assert sum(len(part) for part in rows.column("x")) == rows.rows == 27
    assert list(tmp_path.iterdir()) == []


def test_remains_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    path = tmp_path / "e.h5"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine = atomic.temporary(path)
    dead = tmp_path / re.sub(r"-\d+-", f"-{ended.pid}-", mine.name)
    elsewhere = tmp_path / re.sub(r"partial-[0-9a-f]+", "partial-00000000", dead.name)
    scratch = dead.with_suffix(".scratch")
    scratch.mkdir()
    other = tmp_path / dead.name.replace(".e.", ".f.")
    for name in (mine, dead, elsewhere, scratch / "0.raw", other):
        name.write_text("x")
    atomic.write_text(path, "whole\n")
    assert set(tmp_path.iterdir()) == {path, mine, elsewhere, other}
    assert socket.gethostname() not in mine.name  # names of machines may be long


SOFT, HARD = resource.getrlimit(resource.RLIMIT_FSIZE)


def limited(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, HARD))


def test_a_disk_that_is_full_for_a_moment_only_leaves_no_zeros(tmp_path, monkeypatch):
    """HDF5 writes late and forgets what was refused: the file would open, with zeros inside."""
    monkeypatch.setattr("footprint.files.hdf5.Sink.check", lambda _: None)
    path = tmp_path / "e.h5"
    values = np.random.default_rng(1).random((4000, 10), dtype=np.float32)

    def write():
        with hdf5.created(path) as file:
            hdf5.stamp(file, "events", sample="s")
            limited(60_000)  # fewer than there are to come
            file.create_dataset("x", data=values, chunks=(100, 10), fletcher32=True)
            limited(SOFT)
            file["event_id"] = np.arange(4000)

    try:
        write()
        with pytest.raises((FileFormatError, AssertionError)), open_events(path) as found:
            np.testing.assert_array_equal(found.file["x"][:], values)
        path.unlink(missing_ok=True)
        monkeypatch.undo()
        with pytest.raises(StorageError, match=r"cannot write .*e\.h5: File too large\. Raise the"):
            write()
    finally:
        limited(SOFT)
    assert list(tmp_path.iterdir()) == []


def test_events_stop_being_simulated_as_soon_as_the_disk_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr("footprint.files.events.WAITING", 0)
    appended = []

    def write():
        with writer(tmp_path / "e.h5") as file:
            limited(100_000)
            for number in range(100):
                rows = block(number * 128, 128)
                rows["image"] = np.random.default_rng(number).random((128, 40), dtype=np.float32)
                file.append(rows)
                appended.append(number)

    try:
        with pytest.raises(StorageError, match="File too large"):
            write()
    finally:
        limited(SOFT)
    assert 2 < len(appended) < 10
    assert list(tmp_path.iterdir()) == []


def test_other_errors_than_those_of_the_disk_are_left_as_they_are(tmp_path):
    with pytest.raises(ZeroDivisionError), hdf5.created(tmp_path / "e.h5") as file:
        file["x"] = 1 / 0
    with (
        pytest.raises(OSError, match=r"\[Errno 99\]"),
        atomic.atomic(tmp_path / "e.h5"),
    ):
        raise OSError(99, "of the network")
    assert list(tmp_path.iterdir()) == []
