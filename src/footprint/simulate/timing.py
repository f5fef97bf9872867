"""How long a simulation takes an event, for generators that learnt to replace it."""

import json
from itertools import pairwise
from math import isfinite, nan, sqrt
from pathlib import Path
from statistics import fmean, stdev
from time import process_time

from footprint.files.atomic import write_text
from footprint.seeds import BLOCK
from footprint.simulate.generate import Sample, simulate_block

SERIES = "timing"
"""Events that are timed are none of the sample's."""


def seconds_per_event(
    name: str, sample: Sample, seed: int, *, seconds: float = 2.0
) -> tuple[float, float]:
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
    tuple of float
        Seconds of this process, which others on the same machine do not lengthen, and their
        standard error from block to block; NaN of a single block.
    """
    source = f"{name}/{SERIES}"
    simulate_block(source, sample, seed, 0)
    ends = [process_time()]
    while ends[-1] - ends[0] < seconds:
        simulate_block(source, sample, seed, len(ends))
        ends.append(process_time())
    blocks = [after - before for before, after in pairwise(ends)]
    error = stdev(blocks) / sqrt(len(blocks)) if len(blocks) > 1 else nan
    return fmean(blocks) / BLOCK, error / BLOCK


def save_timing(path: Path, name: str, seconds: float, error: float) -> None:
    """Write a timing, as JSON; an error that is not known is null."""
    timing = {
        "sample": name,
        "seconds_per_event": seconds,
        "seconds_per_event_error": error if isfinite(error) else None,
    }
    write_text(path, json.dumps(timing) + "\n")
