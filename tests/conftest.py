import copy
import os
from pathlib import Path

# As jobs compute, and before anything imports a backend: several threads add up gradients in any
# order. Tests run side by side besides, and threads of one would wait for those of the others.
from footprint.training import backend

backend.prepare(1)

import numpy as np
import pytest

from footprint.config import parse_study
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids

ROOT = Path(__file__).parent.parent
MEMORY_OF_A_WORKER = 4e9
"""What one takes at the end: TensorFlow keeps the graphs of all networks that it trained."""
QUEUES = {name: ROOT / "build" / f"{name.lower()}.txt" for name in ("SLURM", "HTCondor")}
"""What the tests on clusters saw of their queues, shown at the end of a run."""


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers():
    workers = yield
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(workers, int(memory / MEMORY_OF_A_WORKER)))


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        for path in QUEUES.values():
            path.unlink(missing_ok=True)


def pytest_terminal_summary(terminalreporter):
    for name, path in QUEUES.items():
        if path.is_file():
            terminalreporter.section(f"jobs of the test on {name}")
            terminalreporter.write_line(path.read_text())


TINY = {
    "study": "tiny",
    "seed": 3,
    "samples": {
        "showers": {
            "generator": "vertical_showers",
            "events": 600,
            "events_per_job": 250,
            "options": {"pixels": 8, "pixel_size_m": 100.0, "muons_at_10_EeV": 200.0},
        }
    },
    "datasets": {
        "showers": {
            "samples": ["showers"],
            "selection": "filled_pixels >= 3",
            "inputs": {
                "footprint": {
                    "channels": [
                        {"array": "muons", "transform": "log10(1 + x)"},
                        {"array": "arrival_time", "mask": True},
                    ]
                }
            },
            "targets": {
                "mass": {
                    "array": "mass_number",
                    "classes": {"light": [1, 4], "heavy": [14, 56]},
                    "baselines": {
                        "constant": {"method": "constant"},
                        "boosting": {"method": "boosting", "iterations": 5},
                        "oracle": {
                            "method": "boosting",
                            "features": ["xmax", "muons_at_ground"],
                            "oracle": True,
                            "iterations": 5,
                        },
                    },
                },
                "xmax": {"array": "xmax", "baselines": {"constant": {"method": "constant"}}},
            },
            "spectators": ["xmax", "muons_at_ground"],
            "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
        }
    },
    "experiments": {
        "mass_layers": {
            "dataset": "showers",
            "task": "classification",
            "model": {"layers": ["Flatten", {"Dense": {"units": 8, "activation": "relu"}}]},
            "training": {"epochs": 2},
            "evaluation": {"bootstrap": 20, "bins": 3},
        },
        "xmax_cnn": {
            "dataset": "showers",
            "task": "regression",
            "model": {"name": "cnn", "filters": [2, 4], "dropout": 0.1, "units": [4]},
            "training": {"epochs": 2},
            "evaluation": {"bootstrap": 20, "bins": 3, "against": ["muons_at_ground"]},
            "seeds": [1, 2],
        },
    },
    "variations": {
        "events": 120,
        "curves": {"muons": {"option": "muons_at_10_EeV", "values": [100, 200, 400]}},
        "sets": {"blurred": {"muons_at_10_EeV": 150.0, "opening_angle_deg": 3.0}},
    },
}


@pytest.fixture
def tiny():
    """A study small enough to run in seconds, as YAML would give it."""
    return copy.deepcopy(TINY)


@pytest.fixture
def faults():
    """Change a study and return the words of the refusal."""
    from footprint.errors import ConfigError

    def message(change):
        data = copy.deepcopy(TINY)
        change(data)
        with pytest.raises(ConfigError) as caught:
            parse_study(data)
        return str(caught.value)

    return message


@pytest.fixture
def write_events(tmp_path):
    """Write arrays as one part of a sample."""

    def write(arrays, *, sample="s", first=0, name=None, units=None):
        path = tmp_path / (name or f"{sample}-{first}.h5")
        specs = [ArraySpec(key, (units or {}).get(key, ""), f"test {key}") for key in arrays]
        count = len(next(iter(arrays.values())))
        with EventWriter(path, specs, sample=sample, config="{}", seed=1) as writer:
            writer.append({"event_id": event_ids(sample, first, count), **arrays})
        return path

    return write


@pytest.fixture
def rng():
    return np.random.default_rng(12345)
