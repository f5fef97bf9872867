import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.certainty import without_certainty
from tests.workflow.planning import Result, plan
from tests.workflow.warm import warm

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("FOOTPRINT_DATA", ROOT / ".." / "shared" / "data")).resolve()


class Runner:
    """Snakemake in a folder of its own, with the repository's rules, scripts and library.

    Its jobs are forked from a process that has imported all they need (`warm`), unless ``cold``
    says that each starts an interpreter, as it does for users.
    """

    def __init__(self, folder, study, *, cold=False):
        self.folder, self.study, self.cold = folder, study, cold
        self.results = folder / "results" / study["study"]

    def __call__(self, *arguments, check=True, env=None, timeout=600):
        config = self.folder / "study.yaml"
        config.write_text(yaml.safe_dump(self.study))
        options = ["--snakefile", str(ROOT / "workflow" / "Snakefile"),
                   "--directory", str(self.folder), "--configfile", str(config),
                   "--cores", "2", *arguments]  # fmt: skip
        if "-n" in arguments and env is None:
            result = plan(options, self.folder)
        else:
            command = [sys.executable, "-m", "snakemake", *options]
            done = subprocess.run(
                command, check=False, capture_output=True, text=True, timeout=timeout,
                env=os.environ | ({} if self.cold else warm()) | (env or {}), cwd=self.folder,
            )  # fmt: skip
            result = Result(done.returncode, done.stdout + done.stderr)
        if check:
            assert result.returncode == 0, result.text
            ran = not {"-n", "--touch"}.intersection(arguments)
            assert not ran or without_certainty(self.results) == []
        return result

    def jobs(self, *arguments):
        """Rules that a dry run would execute, with their counts."""
        text = self("-n", *arguments).text
        if "Nothing to be done" in text:
            return {}
        table = text.split("Job stats:")[1].split("total")[0]
        rows = [line.split() for line in table.splitlines()]
        return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}

    def metrics(self, experiment, target):
        return json.loads((self.results / "metrics" / experiment / f"{target}.json").read_text())


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny study, run once from nothing to its report; look, do not touch."""
    from tests.conftest import TINY

    runner = Runner(tmp_path_factory.mktemp("finished"), json.loads(json.dumps(TINY)))
    runner.output = runner().text
    return runner


@pytest.fixture
def runner(tmp_path, tiny):
    return Runner(tmp_path, tiny)


@pytest.fixture
def copy_of_finished(finished, tmp_path_factory):
    """A copy of the finished study to change and run again.

    It lies beside the original, so that paths to the repository stay the same.
    """
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(finished.folder, folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    return Runner(folder, json.loads(json.dumps(finished.study)))
