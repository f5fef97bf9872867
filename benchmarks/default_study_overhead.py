"""Share of the default study's core time that jobs cost beyond their work, against a plain script.

Work is the CPU time of a job from the end of its imports to its exit; what its modules import
later, as Keras by scripts that need it, is no work either. The CPU time of all else is overhead:
Snakemake itself (the start, the plan, each job's bookkeeping, the call that writes the report),
shells, the start of each interpreter, imports. It is divided by the core time of the study, two
cores times wall time. Each Python process counts its own imports, by a module that every
interpreter takes at its start. Cores that wait, since the last trainings hold up all that
follows, are said beside it: they are the study's, not the jobs'.

The peer is a shell script that starts the jobs of a stage in parallel and waits for all of them
before the next stage: the same interpreters and imports, no Snakemake, and cores that wait. Ours
and its share of core time that is no work are compared.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
CORES = 2
STAGES = ("simulate", "build", "train", "baselines", "predict", "evaluate", "draw")
# Imported by each interpreter before anything else (docs.python.org, module site).
COUNTER = """
import _frozen_importlib as machinery
import atexit, json, os, sys, time

find, spent = machinery._find_and_load, {"start": time.process_time(), "imports": 0.0, "depth": 0}

def timed(*arguments):
    spent["depth"] += 1
    begin = time.process_time()
    try:
        return find(*arguments)
    finally:
        spent["depth"] -= 1
        if not spent["depth"]:
            spent["imports"] += time.process_time() - begin

def write():
    spent.update(total=time.process_time(), program=sys.argv[0])
    with open(os.path.join(os.environ["COUNTED"], f"{os.getpid()}.json"), "w") as file:
        json.dump(spent, file)

machinery._find_and_load = timed
atexit.register(write)
"""


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


def counted(folder: Path) -> dict[str, float]:
    """CPU seconds of all jobs: of work, and of interpreters and imports."""
    found = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    jobs = [spent for spent in found if Path(spent["program"]).parent.name == "scripts"]
    starts = sum(spent["start"] + spent["imports"] for spent in jobs)
    return {"work": sum(spent["total"] for spent in jobs) - starts, "imports": starts}


def children() -> float:
    """CPU seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure() -> dict[str, Any]:
    """Run the default study from nothing in a folder of its own."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(cores)[:CORES]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            counts = Path(folder) / "counts"
            counts.mkdir()
            (counts / "sitecustomize.py").write_text(COUNTER)
            paths = os.pathsep.join(filter(None, [str(counts), os.getenv("PYTHONPATH")]))
            command = [sys.executable, "-m", "snakemake", "--quiet", "--cores", str(CORES),
                       "--snakefile", str(ROOT / "workflow/Snakefile"), "--directory", folder,
                       "--configfile", str(ROOT / "config/config.yaml")]  # fmt: skip
            before, start = children(), perf_counter()
            subprocess.run(
                command,
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": paths, "COUNTED": str(counts)},
            )
            wall, cpu = perf_counter() - start, children() - before
            jobs = seconds_of(Path(folder) / "results/showers/benchmarks")
            spent = counted(counts)
    finally:
        os.sched_setaffinity(0, cores)
    overhead = (cpu - spent["work"]) / (CORES * wall)
    ours = 1 - spent["work"] / (CORES * wall)
    peer = 1 - spent["work"] / (CORES * staged_wall(jobs))
    return {
        "ours": ours,
        "peer": peer,
        "ratio": peer / ours,
        "unit": "share of core time that is no work",
        "overhead": overhead,
        "waiting": 1 - cpu / (CORES * wall),
        "what": f"default study on {CORES} cores in {wall:.0f} s: {overhead:.1%} of the core time "
        f"is overhead of jobs (starts of interpreters and imports {spent['imports']:.0f} s, "
        f"Snakemake and shells {cpu - spent['work'] - spent['imports']:.0f} s, work "
        f"{spent['work']:.0f} s), {ours - overhead:.1%} cores that wait",
    }
