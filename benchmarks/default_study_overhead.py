"""Share of the default study's core time outside its jobs, against a script in stages.

Both from the same run on two cores: the wall time of `snakemake`, and the seconds that each job
took by its own benchmark file. The peer is a shell script that starts the jobs of a stage in
parallel and waits for all of them before the next stage; its wall time follows from the same
seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
CORES = 2
STAGES = ("simulate", "build", "train", "baselines", "predict", "evaluate", "draw")


def seconds_of(folder: Path) -> dict[str, list[float]]:
    """Seconds of each job, by rule."""
    found: dict[str, list[float]] = {}
    for path in sorted(folder.rglob("*.jsonl")):
        rule = path.relative_to(folder).parts[0].removesuffix(".jsonl")
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        found.setdefault(rule, []).extend(row["s"] for row in rows)
    return found


def staged_wall(jobs: dict[str, list[float]]) -> float:
    """Wall time when each stage is over before the next begins, longest jobs first."""
    total = 0.0
    for rule in (*STAGES, *(set(jobs) - set(STAGES))):
        cores = [0.0] * CORES
        for seconds in sorted(jobs.get(rule, []), reverse=True):
            cores[cores.index(min(cores))] += seconds
        total += max(cores)
    return total


def measure() -> dict[str, Any]:
    """Run the default study from nothing in a folder of its own."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(cores)[:CORES]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "snakemake", "--quiet", "--cores", str(CORES),
                       "--snakefile", str(ROOT / "workflow/Snakefile"), "--directory", folder,
                       "--configfile", str(ROOT / "config/config.yaml")]  # fmt: skip
            start = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            wall = perf_counter() - start
            jobs = seconds_of(Path(folder) / "results/showers/benchmarks")
    finally:
        os.sched_setaffinity(0, cores)
    work = sum(map(sum, jobs.values()))
    ours = 1 - work / (CORES * wall)
    peer = 1 - work / (CORES * staged_wall(jobs))
    return {
        "ours": ours,
        "peer": peer,
        "ratio": peer / ours,
        "unit": "share of core time",
        "what": f"default study on {CORES} cores in {wall:.0f} s: core time outside its jobs, "
        "against a script that waits for each stage",
    }
