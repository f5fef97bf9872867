"""Jets a second on one core, against the same code without the early veto in the shower."""

import os
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from footprint.config.pythia_jets import Process, PythiaJets, PythiaJetsOptions
from footprint.simulate.generate import simulate_part

OURS, PEER = 1024, 256
"""Whole blocks: what a job starts, it finishes."""


def jets_a_second(process: Process, jets: int, *, veto: bool) -> float:
    """Everything included: showers, clustering, substructure, the event file."""
    options = PythiaJetsOptions(process=process, shower_veto=veto)
    sample = PythiaJets(generator="pythia_jets", events=jets, options=options)
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        simulate_part(Path(folder) / "jets.h5", process, sample, seed=1, first=0, count=jets)
        return jets / (perf_counter() - start)


def measure(process: Process) -> dict[str, Any]:
    """Jets a second with and without the veto, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        ours = jets_a_second(process, OURS, veto=True)
        peer = jets_a_second(process, PEER, veto=False)
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "jets/s",
        "what": f"accepted {process} jets on one core, without further collisions, substructure "
        f"and event file included; the same without the early veto",
    }


def benchmarks() -> dict[str, Any]:
    """Both processes by the names of their benchmarks."""
    return {f"pythia_{process}": partial(measure, process) for process in ("qcd", "top")}
