"""Air showers over an array, written to a file, on one core: against the same particle by particle.

The peer, `observatory_plain`, draws every particle and writes nothing. Both are timed by the
seconds of their own process, which others on the same machine do not lengthen.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from observatory_plain import draw_event

from footprint.config.observatory import Observatory
from footprint.simulate.array import array_of
from footprint.simulate.generate import simulate_part

OURS, PEER = 5120, 20
CARTESIAN = {"layout": "cartesian", "rows": 14, "columns": 14, "spacing_m": 750.0}
CASES: dict[str, dict[str, Any]] = {
    "observatory_9x9_traces": {},
    "observatory_14x14_traces": CARTESIAN,
    "observatory_14x14": {**CARTESIAN, "traces": False},
}


def events_per_second(options: dict[str, Any]) -> tuple[float, float]:
    """Events a second of ours and of the peer."""
    sample = Observatory.model_validate(
        {"generator": "observatory", "events": OURS, "options": options}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.h5"
        simulate_part(path, "warm", sample, seed=1, first=0, count=1)
        start = process_time()
        simulate_part(path, "showers", sample, seed=1, first=0, count=OURS)
        ours = OURS / (process_time() - start)
    stations = array_of(sample.options).positions[:, :2]
    rng = np.random.default_rng(1)
    start = process_time()
    for _ in range(PEER):
        draw_event(rng, stations, sample.options.spacing_m)
    return ours, PEER / (process_time() - start)


def measure(name: str) -> dict[str, Any]:
    """Compare both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        ours, peer = events_per_second(CASES[name])
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "events/s",
        "what": f"{name.replace('_', ' ')} on one core, noise, trigger and writing included, "
        "against a plain loop over stations that draws every particle",
    }


def benchmarks() -> dict[str, Callable[[], dict[str, Any]]]:
    """List the cases as benchmarks by name."""
    return {name: lambda name=name: measure(name) for name in CASES}
