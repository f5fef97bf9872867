"""Peak memory of build over the size of its output, against building all at once in memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids

ROOT = Path(__file__).parent.parent
EVENTS, BLOCK, SIDE = 60_000, 2_000, 64
CONFIG = {
    "samples": ["s"],
    "inputs": {"image": ["image"]},
    "targets": {"value": {"array": "value"}},
}
PEER = """
import sys, h5py, numpy as np
with h5py.File(sys.argv[1]) as f:
    x, y = f["image"][:], f["value"][:]
order = np.random.default_rng(1).permutation(len(x))
x, y = x[order], y[order]
n = int(0.8 * len(x))
x = ((x - x[:n].mean()) / x[:n].std())[..., None].astype("float32")
with h5py.File(sys.argv[2], "w") as f:
    for name, rows in (("train", slice(0, n)), ("test", slice(n, None))):
        f.create_dataset(name + "/x", data=x[rows], compression="lzf")
        f.create_dataset(name + "/y", data=y[rows])
"""
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def write_sample(path: Path) -> None:
    """Write a sample of dense images."""
    rng = np.random.default_rng(1)
    specs = [ArraySpec("image", "", "noise"), ArraySpec("value", "", "number")]
    with EventWriter(path, specs, sample="s", config="{}", seed=1) as writer:
        for first in range(0, EVENTS, BLOCK):
            image = rng.standard_normal((BLOCK, SIDE, SIDE), dtype=np.float32)
            ids = event_ids("s", first, BLOCK)
            writer.append({"event_id": ids, "image": image, "value": image[:, 0, 0]})


def peak_bytes(command: list[str]) -> int:
    """Run a command and return the largest resident size of its process.

    Linux lets a process begin with the largest size of the one that started it, so a small
    process in between starts the command.
    """
    result = subprocess.run(
        [sys.executable, "-S", "-c", MEASURE, *command], capture_output=True, text=True, check=True
    )
    return int(result.stdout) * 1024


def measure() -> dict[str, Any]:
    """Peak over output of both, on the same events."""
    with tempfile.TemporaryDirectory() as folder:
        events, output, peer = (Path(folder) / name for name in ("e.h5", "d.h5", "p.h5"))
        write_sample(events)
        build = [sys.executable, str(ROOT / "scripts/build.py"), "--name", "d", "--dataset",
                 json.dumps(CONFIG), "--output", str(output), str(events)]  # fmt: skip
        ours = peak_bytes(build) / output.stat().st_size
        plain = peak_bytes([sys.executable, "-c", PEER, str(events), str(peer)])
        theirs = plain / peer.stat().st_size
    return {
        "ours": ours,
        "peer": theirs,
        "ratio": theirs / ours,
        "unit": "peak memory / output size",
        "what": f"building a data set of {EVENTS * SIDE**2 * 4 / 1e9:.1f} GB, against plain numpy",
    }
