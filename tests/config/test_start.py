"""What happens between the command and the first job: which files, whose faults, which paths."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.workflow.conftest import Runner

SNAKEMAKE = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow" / "Snakefile")]


@pytest.fixture
def runner(tmp_path, tiny):
    return Runner(tmp_path, tiny)


def test_faults_of_the_command_line_are_not_blamed_on_the_file_alone(runner):
    result = runner("-n", "--config", "seed=x", check=False)
    assert result.returncode != 0
    assert "study.yaml and --config:" in result.text
    assert "seed: Input should be a valid integer" in result.text
    assert 'found "x"' in result.text


def test_a_file_alone_is_blamed_alone(runner):
    runner.study["seed"] = "x"
    result = runner("-n", check=False)
    assert "1 fault(s) in " in result.text
    assert "study.yaml:" in result.text
    assert "--config" not in result.text


def test_a_key_that_stands_twice_stops_before_any_job(runner):
    runner("-n")
    config = runner.folder / "twice.yaml"
    config.write_text((runner.folder / "study.yaml").read_text() + "seed: 5\n")
    command = [*SNAKEMAKE, "--configfile", str(config), "-n"]
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=runner.folder)
    assert result.returncode != 0
    assert "key 'seed' stands there twice" in result.stderr


def test_the_default_study_is_found_from_any_folder(tmp_path):
    result = subprocess.run(
        [*SNAKEMAKE, "-n"], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert "results/showers/report.html" in result.stdout + result.stderr


def test_jobs_keep_the_users_python_path(runner, tmp_path):
    own, seen = tmp_path / "own", tmp_path / "seen.txt"
    own.mkdir()
    (own / "sitecustomize.py").write_text(
        f"import sys\nwith open({str(seen)!r}, 'a') as file:\n"
        f"    print(sys.orig_argv, sys.path, file=file)\n"
    )
    runner.cold = True
    runner("results/tiny/events/showers/00000000-00000249.h5", env={"PYTHONPATH": str(own)})
    jobs = [line for line in seen.read_text().splitlines() if "simulate.py" in line.split("]")[0]]
    assert jobs
    for line in jobs:
        assert line.index(str(ROOT / "src") + "'") < line.index(str(own) + "'")


def test_braces_in_a_files_name_are_refused(runner):
    path = runner.folder / "a{b}c.root"
    path.touch()
    runner.study["samples"]["read"] = {
        "reader": "root",
        "files": [str(path)],
        "options": {"tree": "events", "branches": {"muons": "muons"}},
    }
    result = runner("-n", check=False)
    assert result.returncode != 0
    assert (
        f"ConfigError: samples.read.files: '{path}' has braces, which Snakemake takes for wildcards"
    ) in result.text


def test_braces_in_the_name_of_a_model_file_are_refused(runner):
    (runner.folder / "{own}.py").touch()
    runner.study["experiments"]["xmax_cnn"]["model"] = {"file": "{own}.py"}
    result = runner("-n", check=False)
    assert result.returncode != 0
    assert "ConfigError: experiments.xmax_cnn.model.file: '{own}.py' has braces" in result.text
