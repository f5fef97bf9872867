"""Training fed from disk against training fed from memory: events a second, and peak memory.

Both train the same small network on the same data set with the same settings, but for
`memory_MB`, which decides whether inputs are streamed. The images are mostly empty, as footprints
and jets are, so the file is far smaller than what is fed.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from build_memory import peak_bytes

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids

ROOT = Path(__file__).parent.parent
EVENTS, BLOCK, SIDE, FILLED, EPOCHS = 100_000, 2_000, 64, 0.03, 3
SPLIT = {"train": 0.9, "validation": 0.05, "test": 0.05}


def write_data_set(folder: Path) -> Path:
    """Build a data set of images, of which few pixels are filled."""
    rng = np.random.default_rng(1)
    specs = [ArraySpec("image", "", "hits"), ArraySpec("value", "", "their number")]
    with EventWriter(folder / "e.h5", specs, sample="s", config="{}", seed=1) as writer:
        for first in range(0, EVENTS, BLOCK):
            image = (rng.random((BLOCK, SIDE, SIDE)) < FILLED).astype(np.float32)
            ids = event_ids("s", first, BLOCK)
            writer.append({"event_id": ids, "image": image, "value": image.sum(axis=(1, 2))})
    config = Dataset.model_validate(
        {
            "samples": ["s"],
            "inputs": {"image": ["image"]},
            "targets": {"value": {"array": "value", "baselines": {}}},
            "split": SPLIT,
        }
    )
    build_dataset(folder / "d.h5", "d", config, {"s": [folder / "e.h5"]}, None)
    return folder / "d.h5"


def train(dataset: Path, memory: float) -> tuple[float, float]:
    """Events a second over all epochs, and the largest resident size in bytes."""
    experiment = {
        "dataset": "d",
        "task": "regression",
        "model": {"name": "cnn", "filters": [4], "head": "average", "units": [8]},
        "training": {"epochs": EPOCHS, "batch_size": 256, "memory_MB": memory},
    }
    model, history, record = (dataset.with_name(name) for name in ("m.keras", "h.csv", "r.json"))
    command = [sys.executable, str(ROOT / "scripts/train.py"), "--dataset", str(dataset),
               "--experiment", json.dumps(experiment), "--seed", "1", "--model", str(model),
               "--history", str(history), "--record", str(record)]  # fmt: skip
    peak = peak_bytes(command)
    events = EPOCHS * EVENTS * SPLIT["train"]
    return events / json.loads(record.read_text())["seconds"], peak


def measure() -> dict[str, Any]:
    """Events a second of both; the peaks stand in words beside them."""
    size = EVENTS * SIDE**2 * 4 / 1e6
    with tempfile.TemporaryDirectory() as folder:
        dataset = write_data_set(Path(folder))
        theirs, whole = train(dataset, 10 * size)
        ours, streamed = train(dataset, 1)
    return {
        "ours": ours,
        "peer": theirs,
        "ratio": ours / theirs,
        "unit": "events/s",
        "peak_GB": streamed / 1e9,
        "peer_peak_GB": whole / 1e9,
        "what": f"training on {size / 1e3:.1f} GB of images from disk with a peak of "
        f"{streamed / 1e9:.2f} GB, against from memory with {whole / 1e9:.2f} GB",
    }
