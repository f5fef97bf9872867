"""Building passes a sample larger than its memory through in blocks."""

import json
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset import source
from footprint.dataset.build import build_dataset
from footprint.files.datasets import SPLITS, open_dataset
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids
from tests.conftest import ROOT

SIDE, BLOCK = 100, 2500
CONFIG = {
    "samples": ["s"],
    "inputs": {"image": [{"array": "image", "transform": "log10(1 + x)", "mask": True}]},
    "targets": {"value": {"array": "value"}},
}


@pytest.mark.slow
def test_a_sample_of_five_gigabytes_needs_less_than_one(tmp_path):
    total = 125_000
    assert total * SIDE**2 * 4 >= 5e9
    path, output = tmp_path / "e.h5", tmp_path / "d.h5"
    rng = np.random.default_rng(1)
    specs = [ArraySpec("image", "", "sparse image"), ArraySpec("value", "", "number")]
    with EventWriter(path, specs, sample="s", config="{}", seed=1) as writer:
        for first in range(0, total, BLOCK):
            image = np.zeros((BLOCK, SIDE, SIDE), dtype=np.float32)
            image[:, rng.integers(0, SIDE, 50), rng.integers(0, SIDE, 50)] = 1.5
            ids = event_ids("s", first, BLOCK)
            writer.append({"event_id": ids, "image": image, "value": rng.normal(size=BLOCK)})
    command = [sys.executable, str(ROOT / "scripts/build.py"), "--name", "d", "--dataset",
               json.dumps(CONFIG), "--output", str(output), str(path)]  # fmt: skip
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    assert usage.ru_maxrss * 1024 < 1e9
    with open_dataset(output) as dataset:
        assert sum(dataset.length(split) for split in SPLITS) == total


def peak_of_building(folder, events):
    """Bytes of the images of a sample, and the most that arrays take while they are built."""
    path = folder / f"{events}.h5"
    specs = [ArraySpec("image", "", "noise"), ArraySpec("value", "", "number")]
    image = np.random.default_rng(1).random((events, 24, 24), dtype=np.float32)
    with EventWriter(path, specs, sample="s", config="{}", seed=1) as writer:
        ids = event_ids("s", 0, events)
        writer.append({"event_id": ids, "image": image, "value": image[:, 0, 0]})
    whole = image.nbytes
    del image
    tracemalloc.start()
    try:
        build_dataset(folder / f"{events}-d.h5", "d", Dataset.model_validate(CONFIG), {"s": [path]})
        return whole, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_sample(tmp_path, monkeypatch):
    # What is sorted and read at once is smaller, so that few events are many times as much.
    monkeypatch.setattr(source, "BUCKET_BYTES", 2_000_000)
    monkeypatch.setattr(source, "BLOCK_BYTES", 1_000_000)
    (_, few), (whole, many) = (peak_of_building(tmp_path, events) for events in (4000, 16_000))
    # Beside blocks of images there are some numbers for each event: its split, its place.
    assert many - few < 0.05 * whole
    assert many < 0.5 * whole
