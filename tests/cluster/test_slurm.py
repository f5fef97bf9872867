"""A small study through a real SLURM of one node with two GPUs, and a training killed on it."""

import os
import signal
from pathlib import Path

import pytest

from footprint.files.datasets import open_dataset
from tests.cluster.conftest import OnCluster, keep_queue, until
from tests.cluster.processes import environment_of, processes
from tests.workflow.weights import weights_of

MODEL = "results/tiny/models/xmax_cnn/1/model.keras"
IMPATIENT = (str(Path(__file__).parent / "impatient.py"),)
# Two parts a job, so that four parts are two; SLURM here keeps no accounts.
HERE = ("--group-components", "parts=2", "--latency-wait", "5", "--slurm-status-command", "squeue",
        "--slurm-init-seconds-before-status-checks", "1")  # fmt: skip
COLUMNS = ("JobId", "Comment", "JobState", "ExitCode", "RunTime", "NodeList", "TRES", "TresPerJob")


def of_rule(jobs, name):
    return [job for job in jobs if job["Comment"].startswith(f"rule_{name}")]


@pytest.fixture(scope="module")
def killed(slurm, tmp_path_factory):
    """The study up to its network, whose first training was killed with -9 after some epochs."""
    study = OnCluster(tmp_path_factory.mktemp("slurm"), "slurm", slurm.environment)
    process = study.start(*HERE, MODEL, program=IMPATIENT)
    checkpoint = study.results / "models" / "xmax_cnn" / "1" / "checkpoint.h5"
    try:
        study.killed = []
        if until(checkpoint.exists, process, 400):
            study.running = slurm.jobs()[-1]
            study.killed = processes(
                "scripts/train.py",
                lambda names: (
                    names.get("SLURM_JOB_ID") == study.running["JobId"]
                    and names.get("SLURM_CLUSTER_NAME") == slurm.name
                ),
            )
            for pid in study.killed:
                study.seen = environment_of(pid)
                os.kill(pid, signal.SIGKILL)
        study.code = process.wait(400)
    finally:
        process.terminate()
        process.wait(60)
    study.text = study.output.read_text()
    study.jobs = slurm.jobs()
    keep_queue("SLURM", study.jobs, COLUMNS)
    assert study.code == 0, study.text + slurm.logs()
    return study


def test_every_job_ran_in_slurm(killed, slurm):
    assert [job["Comment"] for job in killed.jobs] == [
        "rule_parts_simulate",
        "rule_parts_simulate",
        "rule_build_wildcards_showers",
        "rule_train_wildcards_xmax_cnn_1",
        "rule_train_wildcards_xmax_cnn_1",
    ]
    assert {job["NodeList"] for job in killed.jobs} == {slurm.host}
    assert [job["JobState"] for job in killed.jobs] == ["COMPLETED"] * 3 + ["FAILED", "COMPLETED"]
    assert (killed.folder / MODEL).is_file()
    with open_dataset(killed.results / "datasets" / "showers.h5"):
        pass


def test_parts_share_a_submission(killed):
    """Two parts side by side: the cores and memory of both, the time of one."""
    logs = list((killed.results / "logs" / "simulate" / "showers").glob("*.log"))
    assert len(logs) == 4
    for job in of_rule(killed.jobs, "parts_simulate"):
        assert job["TRES"] == "cpu=2,mem=2000M,node=1,billing=2"
        assert job["TimeLimit"] == "01:00:00"


def test_needs_of_rules_reach_the_queue(killed):
    (build,) = of_rule(killed.jobs, "build")
    assert build["TRES"] == "cpu=1,mem=2000M,node=1,billing=1"
    assert build["TimeLimit"] == "02:00:00"
    assert "TresPerJob" not in build


def test_training_asks_for_a_gpu_and_gets_it(killed):
    for job in of_rule(killed.jobs, "train"):
        assert job["TresPerJob"] == "gres:gpu:1"
    assert killed.running["JobState"] == "RUNNING"
    assert killed.seen["CUDA_VISIBLE_DEVICES"] in {"0", "1"}
    assert killed.seen["SLURM_JOB_ID"] == killed.running["JobId"]


def test_a_killed_training_is_tried_again_with_more_and_goes_on(killed):
    assert len(killed.killed) == 1
    first, second = of_rule(killed.jobs, "train")
    assert first["TRES"] == "cpu=1,mem=4000M,node=1,billing=1"
    assert second["TRES"] == "cpu=1,mem=8000M,node=1,billing=1"
    assert (first["TimeLimit"], second["TimeLimit"]) == ("08:00:00", "16:00:00")
    assert "Trying to restart job" in killed.text
    log = killed.results / "logs" / "train" / "xmax_cnn-1.log"
    assert "going on after epoch" in log.read_text()


@pytest.mark.slow
def test_a_laptop_trains_the_same_weights_without_a_kill(killed, tmp_path_factory):
    laptop = OnCluster(tmp_path_factory.mktemp("laptop"), "default", {})
    code, text = laptop("--cores", "2", MODEL)
    assert code == 0, text
    assert weights_of(laptop.folder / MODEL) == weights_of(killed.folder / MODEL)


@pytest.mark.slow
def test_the_same_command_goes_on_to_the_report(killed, slurm):
    before = len(killed.jobs)
    code, text = killed(*HERE, program=IMPATIENT, timeout=1200)
    assert code == 0, text + slurm.logs()
    assert (killed.results / "report.html").stat().st_size > 200_000
    jobs = slurm.jobs()[before:]
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    # Seven rules in four submissions; the report is made where Snakemake runs.
    assert sorted(job["Comment"] for job in jobs) == [
        "rule_baselines_wildcards_showers_xmax",
        "rule_dataset_draw_dataset_survey_dataset",
        "rule_judging_draw_evaluate",
        "rule_predict_wildcards_xmax_cnn",
    ]
    (predict,) = of_rule(jobs, "predict")
    assert predict["TresPerJob"] == "gres:gpu:1"
