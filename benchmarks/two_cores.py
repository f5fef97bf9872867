"""Wall time of a sample's parts on two cores through Snakemake, against one core."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
PARTS, EVENTS = 8, 40_000  # about 15 s a part: what Snakemake itself takes is a few seconds
SAMPLE = f"samples={{showers: {{events: {PARTS * EVENTS}, events_per_job: {EVENTS}}}}}"


def seconds(cores: int) -> float:
    """Simulate all parts of the default study's sample, from nothing, on so many cores."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(every)[:cores]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "snakemake", "--quiet", "--cores", str(cores),
                       "--snakefile", str(ROOT / "workflow/Snakefile"), "--directory", folder,
                       "--configfile", str(ROOT / "config/config.yaml"), "--config", SAMPLE,
                       "--until", "simulate"]  # fmt: skip
            start = perf_counter()
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wall = perf_counter() - start
            made = list(Path(folder).glob("results/showers/events/showers/[!.]*.h5"))
    finally:
        os.sched_setaffinity(0, every)
    if len(made) != PARTS:
        msg = f"found {len(made)} parts, expected {PARTS}"
        raise RuntimeError(msg)
    return wall


def measure() -> dict[str, Any]:
    """Seconds on both, one after the other, Snakemake's own start included."""
    peer, ours = seconds(1), seconds(2)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": peer / ours,
        "unit": "s",
        "what": f"{PARTS} parts of {EVENTS} vertical showers on two cores, against one core",
    }
