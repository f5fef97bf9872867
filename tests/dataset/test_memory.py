"""Building passes a sample larger than its memory through in blocks."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

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
