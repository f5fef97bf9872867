import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import yaml

from tests.cluster.slurm import Slurm
from tests.conftest import QUEUES, TINY
from tests.workflow.conftest import ROOT

PLUGINS = ROOT / "build" / "cluster"
PROFILES = ROOT / "workflow" / "profiles"


def small_study(parts):
    """Some parts, one data set, one network: what a cluster has to do, and no more."""
    study = json.loads(json.dumps(TINY))
    showers = study["samples"]["showers"]
    showers["events_per_job"] = showers["events"] // parts
    del study["variations"], study["experiments"]["mass_layers"]
    del study["datasets"]["showers"]["targets"]["mass"]
    study["experiments"]["xmax_cnn"] |= {"seeds": [1], "training": {"epochs": 40}}
    return study


class OnCluster:
    """Snakemake in a folder of its own, with a profile of the repository."""

    def __init__(self, folder, profile, environment, parts=4):
        self.folder, self.profile = folder, profile
        self.environment = os.environ | environment
        paths = [str(PLUGINS), os.environ.get("PYTHONPATH", "")]
        self.environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        # Without it the HTCondor plugin, which every Snakemake imports, complains.
        self.environment.setdefault("CONDOR_CONFIG", os.devnull)
        self.results = folder / "results" / "tiny"
        (folder / "study.yaml").write_text(yaml.safe_dump(small_study(parts)))

    def command(self, *arguments, program=("-m", "snakemake")):
        return [sys.executable, *program, "--snakefile", str(ROOT / "workflow" / "Snakefile"),
                "--configfile", "study.yaml", "--workflow-profile", str(PROFILES / self.profile),
                *arguments]  # fmt: skip

    def launch(self, command):
        self.output = self.folder / "snakemake.out"
        with self.output.open("w") as output:
            return subprocess.Popen(command, cwd=self.folder, env=self.environment,
                                    stdout=output, stderr=subprocess.STDOUT)  # fmt: skip

    def start(self, *arguments, program=("-m", "snakemake")):
        return self.launch(self.command(*arguments, program=program))

    def __call__(self, *arguments, program=("-m", "snakemake"), timeout=600):
        process = self.start(*arguments, program=program)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return code, self.output.read_text()


@pytest.fixture(scope="session")
def plugins():
    """The executor plugins, which lie beside the other packages: each Snakemake imports all."""
    if not (PLUGINS / "snakemake_executor_plugin_slurm").is_dir():
        pytest.skip(f"no executor plugins under {PLUGINS}: make test-cluster installs them")
    return PLUGINS


@pytest.fixture(scope="session")
def slurm(plugins):  # noqa: ARG001
    reason = Slurm.missing()
    if reason:
        pytest.skip(f"no SLURM: {reason}")
    # Not pytest's folder: munge wants a socket that every user may reach, by a short path.
    folder = Path(tempfile.mkdtemp(prefix="footprint-slurm-"))
    folder.chmod(0o755)
    cluster = Slurm(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def keep_queue(name, jobs, columns):
    """Write what a cluster tells of its jobs, one line a job, to be shown at the end."""
    rows = [columns, *([job.get(column, "") for column in columns] for job in jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    QUEUES[name].parent.mkdir(exist_ok=True)
    QUEUES[name].write_text("\n".join(lines))


def until(condition, process, timeout):
    """Wait for a condition, not longer than a process lives."""
    end = time.monotonic() + timeout
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
