"""How long a simulation takes an event, for generators that learnt to replace it."""

import json
from pathlib import Path
from time import process_time

from footprint.files.atomic import write_text
from footprint.seeds import BLOCK
from footprint.simulate.generate import Sample, simulate_block

SERIES = "timing"
"""Events that are timed are none of the sample's."""


def seconds_per_event(name: str, sample: Sample, seed: int, *, seconds: float = 2.0) -> float:
    """Time the simulation of events on one core, without writing them.

    Parameters
    ----------
    name, sample
        Name and configuration of the sample.
    seed
        The study's seed.
    seconds
        Time to spend at least, after a first block, in which code may still be compiled.

    Returns
    -------
    float
        Seconds of this process, which others on the same machine do not lengthen.
    """
    source = f"{name}/{SERIES}"
    simulate_block(source, sample, seed, 0)
    start, blocks = process_time(), 0
    while process_time() - start < seconds:
        blocks += 1
        simulate_block(source, sample, seed, blocks)
    return (process_time() - start) / (blocks * BLOCK)


def save_timing(path: Path, name: str, seconds: float) -> None:
    """Write a timing, as JSON."""
    write_text(path, json.dumps({"sample": name, "seconds_per_event": seconds}) + "\n")
