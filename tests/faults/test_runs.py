"""Faults of whole runs: what runs again after a change, clocks that differ, two at once."""

import copy
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import uproot
import yaml

from tests.faults.whole import everything_final_is_whole, unfinished
from tests.workflow.conftest import ROOT, Runner

OWN = """
import keras

def build(inputs, outputs):
    hidden = keras.layers.Dense({units})(next(iter(inputs.values())))
    answers = {{name: keras.layers.Dense(1, name=name)(hidden) for name in outputs}}
    return keras.Model(inputs, answers)
"""
EXPERIMENT = {"dataset": "pairs", "task": "regression", "model": {"name": "dense"}}
STUDY = {
    "study": "small",
    "samples": {
        "pairs": {
            "reader": "root",
            "files": ["a.root", "b.root"],
            "options": {"tree": "events", "branches": {"x": "x", "y": "y"}},
        }
    },
    "datasets": {
        "pairs": {
            "samples": ["pairs"],
            "inputs": {"x": ["x"]},
            "targets": {"y": {"array": "y", "baselines": {}}},
        }
    },
    "experiments": {
        "zoo": EXPERIMENT,
        "own": EXPERIMENT | {"model": {"file": "own.py"}},
    },
}
DATASET = "results/small/datasets/pairs.h5"
PART = "results/small/events/pairs/a.h5"


def write_root(path, seed):
    x, y = np.random.default_rng(seed).normal(size=(2, 200))
    with uproot.recreate(path) as file:
        file["events"] = {"x": x, "y": x + y}


def start(folder):
    for seed, name in enumerate(("a.root", "b.root")):
        write_root(folder / name, seed)
    (folder / "own.py").write_text(OWN.format(units=4))
    return Runner(folder, copy.deepcopy(STUDY))


@pytest.fixture(scope="module")
def pretended(tmp_path_factory):
    """A study whose files Snakemake takes for finished, though there is nothing in them."""
    runner = start(tmp_path_factory.mktemp("pretended"))
    table = runner("--summary").text.splitlines()
    names = [line.split("\t")[0] for line in table if line.startswith("results/")]
    for name in names:
        path = runner.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name) if path.suffix else path.mkdir()
    runner("--touch")
    return runner


@pytest.fixture
def done(pretended, tmp_path_factory):
    folder = tmp_path_factory.mktemp("done")
    shutil.copytree(pretended.folder, folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    return Runner(folder, copy.deepcopy(STUDY))


def test_a_changed_file_is_read_again_and_the_other_is_not(done):
    write_root(done.folder / "b.root", 7)
    jobs = done.jobs()
    assert (jobs["ingest"], jobs["build"], jobs["train"], jobs["predict"]) == (1, 1, 2, 2)


def test_a_changed_model_file_trains_that_experiment_alone(done):
    (done.folder / "own.py").write_text(OWN.format(units=5))
    jobs = done.jobs()
    assert (jobs["train"], jobs["predict"], jobs["evaluate"], jobs["draw"]) == (1, 1, 1, 1)
    assert not {"ingest", "build", "survey_dataset", "baselines"} & set(jobs)


def test_a_changed_key_trains_that_experiment_alone(done):
    done.study["experiments"]["zoo"]["training"] = {"epochs": 3}
    jobs = done.jobs()
    assert (jobs["train"], jobs["predict"], jobs["evaluate"], jobs["draw"]) == (1, 1, 1, 1)
    assert not {"ingest", "build", "survey_dataset", "baselines"} & set(jobs)


@pytest.fixture(scope="module")
def after_two_at_once(tmp_path_factory):
    """A data set made while a second Snakemake tried the same, and what the second said."""
    runner = start(tmp_path_factory.mktemp("two"))
    config = runner.folder / "study.yaml"
    config.write_text(yaml.safe_dump(STUDY))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile"),
               "--directory", str(runner.folder), "--configfile", str(config),
               "--cores", "2", DATASET]  # fmt: skip
    first = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)  # fmt: skip
    locks = runner.folder / ".snakemake" / "locks"
    while not (locks.is_dir() and len(list(locks.iterdir())) == 2) and first.poll() is None:
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGSTOP)
    try:
        runner.second = runner(DATASET, check=False)
    finally:
        os.killpg(first.pid, signal.SIGCONT)
        runner.first = first.wait(timeout=120)
    return runner


def test_the_second_of_two_says_so_and_harms_nothing(after_two_at_once):
    assert after_two_at_once.second.returncode != 0
    assert "Directory cannot be locked" in after_two_at_once.second.text
    assert "removed with the --unlock argument" in after_two_at_once.second.text
    assert after_two_at_once.first == 0
    assert everything_final_is_whole(after_two_at_once.results) == 3
    assert unfinished(after_two_at_once.results) == []


def dated(path, seconds):
    moment = time.time() + seconds
    os.utime(path, (moment, moment))


def test_clocks_that_differ(after_two_at_once):
    runner = after_two_at_once
    one, two = runner.folder / "a.root", runner.folder / "b.root"
    # Dates alone run nothing again: contents of files below 1 MB are compared.
    dated(one, 0)
    dated(runner.folder / DATASET, -7200)
    assert runner.jobs(DATASET) == {}
    # From a file of the future nothing is made.
    write_root(two, 7)
    dated(two, 3600)
    result = runner(DATASET, check=False)
    assert result.returncode != 0
    assert "StorageError: b.root is dated 20" in result.text
    assert "in the future by this computer's clock" in result.text
    assert "Set the clocks right, then touch the file" in result.text
    assert everything_final_is_whole(runner.results) == 3
    # Once the date is right, all that follows is made anew, and once.
    dated(two, 0)
    before = (runner.folder / DATASET).read_bytes()
    runner(DATASET)
    assert (runner.folder / DATASET).read_bytes() != before
    assert runner.jobs(DATASET) == {}
    # What is not noticed, as docs/faults.md says: other contents of an older date.
    write_root(two, 8)
    dated(two, -7200)
    assert runner.jobs(DATASET) == {}
    two.touch()
    assert runner.jobs(DATASET) == {"ingest": 1, "build": 1}


def test_what_a_failed_job_should_have_changed_is_not_taken_for_fresh(after_two_at_once):
    """The data set of before lies there, the part between is gone."""
    runner, two = after_two_at_once, after_two_at_once.folder / "b.root"
    part = runner.results / "events" / "pairs" / "b.h5"
    two.write_bytes(b"no ROOT file")
    assert runner(DATASET, check=False).returncode != 0
    assert not part.exists()
    write_root(two, 9)
    assert runner.jobs(DATASET) == {"ingest": 1, "build": 1}


def test_a_disk_that_fills_under_snakemake(disk):
    runner = start(disk.folder)
    disk.fill(60_000)
    result = runner(PART, check=False)
    assert result.returncode != 0
    assert "No space left on device" in result.text
    assert everything_final_is_whole(runner.results) <= 1
    assert unfinished(runner.results) == []
    disk.empty()
    runner(PART)
    assert everything_final_is_whole(runner.results) == 1


def test_a_folder_that_cannot_be_written_is_said_before_any_job(disk):
    runner = start(disk.folder)
    (disk.folder / "study.yaml").write_text(yaml.safe_dump(STUDY))
    disk.remount("ro")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile"),
               "--directory", str(disk.folder), "--configfile", str(disk.folder / "study.yaml"),
               "--cores", "1", PART]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    disk.remount("rw")
    assert result.returncode != 0
    assert f"StorageError: cannot use {disk.folder}: Read-only file system. Mount" in result.stderr
    assert "Traceback" not in result.stderr
    assert not runner.results.exists()
