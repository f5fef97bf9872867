"""Jets a second from a NanoAOD file to an event file, against a plain loop over jets."""

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import awkward as ak
import h5py
import numpy as np
import uproot
from build_memory import peak_bytes

from footprint.config.nanoaod import NanoAODFiles
from footprint.ingest.sources import Source
from footprint.ingest.write import ingest

ROOT = Path(__file__).parent.parent
EVENTS, MORE = 4000, 4
"""Events of the file, and how many times as many the longer one has."""
JETS, CONSTITUENTS, CANDIDATES = 2, 50, 400
MOST = 200
FOUR_VECTOR = ("pt", "eta", "phi", "mass")
SAMPLE = {"reader": "nanoaod", "files": ["made"], "options": {"memory_MB": 20}}


def write_nanoaod(path: Path, times: int) -> None:
    """Write made-up events as PFNano lays them out: constituents in any order, linked by a table.

    Parameters
    ----------
    path
        The file.
    times
        How often `EVENTS` events are written.
    """
    with uproot.recreate(path) as file:
        for batch in range(times):
            columns = made_up(np.random.default_rng(batch))
            if not batch:
                kinds = {name: c.type.content for name, c in columns.items()}
                tree = file.mktree("Events", {name: str(kind) for name, kind in kinds.items()})
            tree.extend(columns)


def made_up(rng: np.random.Generator) -> dict[str, ak.Array]:
    """Make the branches of some events: two to none jets, candidates within and without them."""
    jets = rng.integers(0, 2 * JETS + 1, EVENTS)
    candidates = rng.poisson(CANDIDATES, EVENTS)
    links = rng.poisson(CONSTITUENTS, jets.sum())
    jet_index = np.arange(jets.sum()) - np.repeat(np.cumsum(jets) - jets, jets)
    owner = np.repeat(np.repeat(np.arange(EVENTS), jets), links)
    per_event = np.bincount(owner, minlength=EVENTS)

    def floats(values: np.ndarray, counts: np.ndarray) -> ak.Array:
        return ak.unflatten(values.astype(np.float32), counts)

    def collection(name: str, counts: np.ndarray, scale: float) -> dict[str, ak.Array]:
        size = counts.sum()
        return {
            f"{name}_pt": floats(rng.exponential(scale, size) + scale / 10, counts),
            f"{name}_eta": floats(rng.normal(0, 1, size), counts),
            f"{name}_phi": floats(rng.uniform(-np.pi, np.pi, size), counts),
            f"{name}_mass": floats(rng.exponential(scale / 20, size), counts),
        }

    columns = collection("FatJet", jets, 300) | collection("PFCands", candidates, 3)
    for name in ("rawFactor", "msoftdrop", "tau1", "tau2", "tau3", "tau4"):
        columns[f"FatJet_{name}"] = floats(rng.uniform(0.01, 0.1, jets.sum()), jets)
    size = candidates.sum()
    columns["PFCands_puppiWeight"] = floats(rng.uniform(0.1, 1, size), candidates)
    for name, values in {"charge": [-1, 0, 1], "pdgId": [-211, 22, 211]}.items():
        drawn = rng.choice(np.array(values, dtype=np.int32), size)
        columns[f"PFCands_{name}"] = ak.unflatten(drawn, candidates)
    linked = rng.integers(0, candidates[owner]).astype(np.int32)
    columns["FatJetPFCands_jetIdx"] = ak.unflatten(
        np.repeat(jet_index, links).astype(np.int32), per_event
    )
    columns["FatJetPFCands_pFCandsIdx"] = ak.unflatten(linked, per_event)
    return columns


def plain_loop(path: Path, output: Path) -> int:
    """Convert a file as a short script does: all at once, pandas, one jet after another."""
    with uproot.open(path) as file:
        events = file["Events"].arrays(
            filter_name=["FatJet_*", "PFCands_*", "FatJetPFCands_*"], how="zip"
        )
    jets = ak.to_dataframe(events["FatJet"])
    candidates = ak.to_dataframe(events["PFCands"])
    table = ak.to_dataframe(events["FatJetPFCands"]).reset_index("subentry", drop=True)
    linked = table.reset_index().merge(
        candidates.reset_index(),
        left_on=["entry", "pFCandsIdx"],
        right_on=["entry", "subentry"],
    )
    groups = dict(iter(linked.groupby(["entry", "jetIdx"])))
    vectors = np.full((len(jets), MOST, 4), np.nan, dtype=np.float32)
    for row, key in enumerate(jets.index):
        if key not in groups:
            continue
        group = groups[key]
        pt = group["pt"] * group["puppiWeight"]
        group = group.assign(pt=pt, mass=group["mass"] * group["puppiWeight"])
        group = group.sort_values("pt", ascending=False)[:MOST]
        pt, eta, phi, mass = (group[name].to_numpy() for name in FOUR_VECTOR)
        energy = np.sqrt((pt * np.cosh(eta)) ** 2 + mass**2)
        vector = [pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), energy]
        vectors[row, : len(group)] = np.stack(vector, axis=1)
    with h5py.File(output, "w") as file:
        file["constituents"] = vectors
        for name in jets.columns:
            file[name] = jets[name].to_numpy()
    return len(jets)


def convert(path: Path, output: Path) -> int:
    """Convert a file as the workflow does."""
    ingest(Source(str(path), path.name, path.stem), "jets", SAMPLE_MODEL, 1, output)
    with h5py.File(output) as file:
        return len(file["event_id"])


SAMPLE_MODEL = NanoAODFiles.model_validate(SAMPLE)


def peak_megabytes(path: Path, output: Path) -> float:
    """Largest resident size of a job that converts a file."""
    command = [sys.executable, str(ROOT / "scripts/ingest.py"), "--sample-name", "jets",
               "--sample", SAMPLE_MODEL.model_dump_json(), "--file", str(path),
               "--key", path.name, "--seed", "1", "--output", str(output)]  # fmt: skip
    return peak_bytes(command) / 1e6


def measure() -> dict[str, Any]:
    """Jets a second of both on one core; memory of ours for a file and for a longer one."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path, longer = Path(folder) / "made.root", Path(folder) / "longer.root"
            write_nanoaod(path, 1)
            write_nanoaod(longer, MORE)
            start = perf_counter()
            jets = convert(path, Path(folder) / "ours.h5")
            ours = jets / (perf_counter() - start)
            start = perf_counter()
            jets = plain_loop(path, Path(folder) / "peer.h5")
            peer = jets / (perf_counter() - start)
            peaks = [peak_megabytes(p, Path(folder) / "peak.h5") for p in (path, longer)]
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "jets/s",
        "peak_MB": peaks[0],
        f"peak_MB_of_{MORE}_times_the_events": peaks[1],
        "what": f"{jets} jets of a PFNano-like file to an event file on one core, against "
        "uproot.arrays, pandas and a loop over jets",
    }
