"""Killed at any moment and run again, the study ends as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from footprint.errors import FileFormatError
from footprint.files.events import open_events
from tests.conftest import TINY
from tests.faults.whole import everything_final_is_whole, unfinished
from tests.workflow.conftest import ROOT, Runner
from tests.workflow.weights import weights_of


def start(folder, study):
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile"),
               "--directory", str(folder), "--configfile", str(folder / "study.yaml"),
               "--cores", "2", "results/tiny/models/xmax_cnn/1/model.keras"]  # fmt: skip
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)  # fmt: skip


def kill_when(process, condition, timeout=120):
    """Kill -9 Snakemake and all its jobs as soon as a condition holds."""
    end = time.monotonic() + timeout
    while not condition() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    killed = process.poll() is None
    if killed:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return killed


def test_killed_again_and_again(tmp_path_factory):
    study = yaml.safe_load(yaml.safe_dump(TINY))
    study["experiments"]["xmax_cnn"]["training"]["epochs"] = 12
    whole = Runner(tmp_path_factory.mktemp("whole"), study)
    whole("results/tiny/models/xmax_cnn/1/model.keras")
    folder = tmp_path_factory.mktemp("kill")
    results = folder / "results" / "tiny"
    model = results / "models" / "xmax_cnn" / "1"
    moments = [
        lambda: any((results / "events").rglob("*.h5")),  # half-written parts too
        lambda: any((results / "events").rglob("[!.]*.h5")),
        lambda: any((results / "datasets").glob("*")),  # scratch space too
        (model / "checkpoint.h5").exists,
    ]
    kills = 0
    for moment in moments:
        kills += kill_when(start(folder, study), moment)
        everything_final_is_whole(results, whole.results)
        if moment is not moments[-1]:
            shutil.rmtree(folder / ".snakemake" / "locks")  # as --unlock does, which takes longer
    assert kills >= 3
    again = Runner(folder, study)
    again("--unlock")
    resumed = (model / "checkpoint.h5").exists()
    again("results/tiny/models/xmax_cnn/1/model.keras")
    assert resumed
    log = (results / "logs" / "train" / "xmax_cnn-1.log").read_text()
    assert "going on after epoch" in log
    one, two = (
        (base / "results/tiny/datasets/showers.h5").read_bytes() for base in (whole.folder, folder)
    )
    assert one == two
    weights = [
        weights_of(base / "results/tiny/models/xmax_cnn/1/model.keras")
        for base in (whole.folder, folder)
    ]
    assert weights[0] == weights[1]
    assert unfinished(results) == []
    shutil.rmtree(folder)


def test_a_half_written_partial_is_no_event_file(write_events, tmp_path):
    import numpy as np

    path = write_events({"x": np.zeros(50)})
    partial = tmp_path / ".e.partial.h5"
    partial.write_bytes(path.read_bytes()[:700])
    with pytest.raises(FileFormatError, match="cannot read"), open_events(partial):
        pass  # pragma: no cover
