"""A study of many parts and trainings is planned on a laptop, and quickly."""

import json
import subprocess
import sys

import yaml

from tests.conftest import ROOT

PARTS, EXPERIMENTS, SEEDS = 1000, 10, 10
CPU_SECONDS, BYTES = 30, 2e9

# A process starts with the peak of the one that starts it: a small one stands in between.
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "text": done.stdout + done.stderr,
                  "seconds": used.ru_utime + used.ru_stime, "bytes": used.ru_maxrss * 1024}))
"""


def large(study):
    """The tiny study with 1000 parts, and 10 experiments of 10 seeds each."""
    study["samples"]["showers"] |= {"events": PARTS * 100, "events_per_job": 100}
    network = study["experiments"]["xmax_cnn"] | {"seeds": list(range(1, SEEDS + 1))}
    study["experiments"] = {f"xmax_{number}": network for number in range(EXPERIMENTS)}
    return study


def test_a_thousand_parts_and_a_hundred_trainings_are_planned_in_seconds(tmp_path, tiny):
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(large(tiny)))
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules", "--snakefile",
               str(ROOT / "workflow" / "Snakefile"), "--configfile", "study.yaml"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-S", "-c", MEASURE, *command],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    used = json.loads(done.stdout)
    assert used["code"] == 0, used["text"]
    rows = [line.split() for line in used["text"].splitlines()]
    jobs = {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}
    assert jobs["simulate"] == PARTS
    assert jobs["train"] == EXPERIMENTS * SEEDS
    assert jobs["predict"] == EXPERIMENTS
    assert used["seconds"] < CPU_SECONDS
    assert used["bytes"] < BYTES
