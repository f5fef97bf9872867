"""A small study through a real HTCondor of one node, and a training killed on it."""

import os
import shlex
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from tests.cluster.conftest import PLUGINS, OnCluster, keep_queue, until
from tests.cluster.htcondor import USER, HTCondor
from tests.cluster.processes import environment_of, processes

MODEL = "results/tiny/models/xmax_cnn/1/model.keras"
DEBIAN = os.environ.get("FOOTPRINT_HTCONDOR", "/srv/footprint-htcondor")
HERE = ("--group-components", "parts=2", "--latency-wait", "5",
        "--seconds-between-status-checks", "1")  # fmt: skip
COLUMNS = ("ClusterId", "JobBatchName", "ExitCode", "RemoteWallClockTime", "RequestCpus",
           "RequestMemory", "RequestGPUs", "AllowedExecuteDuration")  # fmt: skip


@pytest.fixture(scope="module")
def htcondor(plugins):  # noqa: ARG001
    reason = HTCondor.missing(DEBIAN)
    if reason:
        pytest.skip(f"no HTCondor: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="footprint-htcondor-"))
    folder.chmod(0o755)
    cluster = HTCondor(DEBIAN, folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def killed(htcondor):
    """The study up to its network, whose first training was killed with -9 after some epochs."""
    folder = htcondor.folder / "study"
    folder.mkdir()
    environment = {"CONDOR_CONFIG": "/etc/condor/condor_config"}
    study = OnCluster(folder, "htcondor", environment, parts=2)
    htcondor("chown", "-R", USER, str(folder))
    line = f"cd {folder} && PYTHONPATH={PLUGINS} exec {shlex.join(study.command(*HERE, MODEL))}"
    process = study.launch(htcondor.inside("su", USER, "-c", line))
    checkpoint = study.results / "models" / "xmax_cnn" / "1" / "checkpoint.h5"
    try:
        study.killed = []
        if until(checkpoint.exists, process, 400):
            study.killed = processes(
                "scripts/train.py",
                lambda names: names.get("_CONDOR_SCRATCH_DIR", "").startswith(str(htcondor.folder)),
            )
            for pid in study.killed:
                study.seen = environment_of(pid)
                os.kill(pid, signal.SIGKILL)
        study.code = process.wait(400)
    finally:
        process.terminate()
        process.wait(60)
    study.text = study.output.read_text()
    study.jobs = htcondor.jobs(COLUMNS)
    keep_queue("HTCondor", study.jobs, COLUMNS)
    assert study.code == 0, study.text
    return study


def test_every_job_ran_in_htcondor(killed):
    rules = [job["JobBatchName"].rsplit("-")[0] for job in killed.jobs]
    assert rules == ["parts_simulate", "build", "train", "train"]
    assert [job["ExitCode"] for job in killed.jobs] == ["0", "0", "1", "0"]
    assert (killed.folder / MODEL).is_file()


def test_parts_share_a_submission(killed):
    """Two parts one after another: the memory of one, the time of both."""
    logs = list((killed.results / "logs" / "simulate" / "showers").glob("*.log"))
    assert len(logs) == 2
    parts = killed.jobs[0]
    assert (parts["RequestCpus"], parts["RequestMemory"]) == ("1", "1000")
    assert parts["AllowedExecuteDuration"] == str(2 * 60 * 60)


def test_needs_of_rules_reach_the_queue(killed):
    build = killed.jobs[1]
    assert (build["RequestCpus"], build["RequestMemory"]) == ("1", "2000")
    assert (build["RequestGPUs"], build["AllowedExecuteDuration"]) == ("0", str(120 * 60))


def test_training_asks_for_a_gpu_and_gets_it(killed):
    assert [job["RequestGPUs"] for job in killed.jobs[2:]] == ["1", "1"]
    assert killed.seen["_CONDOR_AssignedGPUs"] in {"FAKE0", "FAKE1"}
    assert killed.seen["CUDA_VISIBLE_DEVICES"] == killed.seen["_CONDOR_AssignedGPUs"][-1]


def test_a_killed_training_is_tried_again_with_more_and_goes_on(killed):
    assert len(killed.killed) == 1
    first, second = killed.jobs[2:]
    assert (first["RequestMemory"], second["RequestMemory"]) == ("4000", "8000")
    assert first["AllowedExecuteDuration"] == str(480 * 60)
    assert second["AllowedExecuteDuration"] == str(2 * 480 * 60)
    assert "Trying to restart job" in killed.text
    log = killed.results / "logs" / "train" / "xmax_cnn-1.log"
    assert "going on after epoch" in log.read_text()
