"""Jets a second on one core, against the same code without the early veto in the shower."""

import tempfile
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from footprint.config.pythia_jets import Process, PythiaJets, PythiaJetsOptions
from footprint.simulate.generate import simulate_part

OURS, PEER = 1024, 256
"""Whole blocks: what a job starts, it finishes."""


def jets_a_second(process: Process, jets: int, *, veto: bool) -> float:
    """Showers, clustering, substructure, event file, in CPU time of this one process."""
    options = PythiaJetsOptions(process=process, shower_veto=veto)
    sample = PythiaJets(generator="pythia_jets", events=jets, options=options)
    with tempfile.TemporaryDirectory() as folder:
        start = process_time()
        simulate_part(Path(folder) / "jets.h5", process, sample, seed=1, first=0, count=jets)
        return jets / (process_time() - start)


def measure(process: Process) -> dict[str, Any]:
    """Jets a second with and without the veto."""
    ours = jets_a_second(process, OURS, veto=True)
    peer = jets_a_second(process, PEER, veto=False)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "jets/s",
        "what": f"accepted {process} jets a second of CPU time, without further collisions, "
        f"substructure and event file included; the same without the early veto",
    }


def benchmarks() -> dict[str, Any]:
    """Both processes by the names of their benchmarks."""
    return {f"pythia_{process}": partial(measure, process) for process in ("qcd", "top")}
