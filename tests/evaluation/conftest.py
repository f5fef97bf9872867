"""Made-up predictions and data-set files, in the layouts of ``footprint.files``."""

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from footprint.config.experiments import Experiment
from footprint.files import hdf5
from footprint.files.datasets import KIND, Normalisation, write_normalisation
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions, write_predictions

CLASSES = ("proton", "iron", "photon")


@pytest.fixture(autouse=True)
def one_thread():
    """Keep tiny fits from waiting for each other's threads on a busy machine."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(20260101)


@pytest.fixture
def classification(rng):
    """Make predictions of three classes, the sharper the better."""

    def make(method="cnn", *, seed=1, events=300, sharpness=1.0, config="{}"):
        truth = np.arange(events) % len(CLASSES)
        logits = rng.normal(size=(events, len(CLASSES)))
        logits[np.arange(events), truth] += sharpness
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return Predictions(
            method=method,
            seed=seed,
            task="classification",
            target=ArraySpec("mass", "", "primary"),
            classes=CLASSES,
            event_id=np.arange(events, dtype=np.uint64),
            truth=truth,
            prediction=chances.astype(np.float32),
            spectators={"zenith": np.linspace(0, 60, events, dtype=np.float32)},
            spectator_specs={"zenith": ArraySpec("zenith", "deg", "zenith angle")},
            config=config,
        )

    return make


@pytest.fixture
def regression(rng):
    """Make predictions of a depth around 750 g/cm2 with a normal error."""
    depth = np.random.default_rng(7).normal(750, 50, 100_000).astype(np.float32)

    def make(method="cnn", *, seed=1, events=300, sd=20.0, bias=0.0, config="{}"):
        truth = depth[:events].copy()
        mass = np.asarray([1, 4, 14, 56], dtype=np.int64)[np.arange(events) % 4]
        return Predictions(
            method=method,
            seed=seed,
            task="regression",
            target=ArraySpec("xmax", "g/cm2", "depth of maximum"),
            classes=(),
            event_id=np.arange(events, dtype=np.uint64),
            truth=truth,
            prediction=(truth + rng.normal(bias, sd, events)).astype(np.float32),
            spectators={"mass_number": mass},
            spectator_specs={"mass_number": ArraySpec("mass_number", "", "nucleons")},
            config=config,
        )

    return make


@pytest.fixture
def direction(regression, rng):
    """Predict upward directions with a normal error [deg] on each of two axes across."""

    def make(events=300, sigma=1.0, **changes):
        truth = rng.normal(size=(events, 3))
        truth /= np.linalg.norm(truth, axis=1, keepdims=True)
        truth[:, 2] = np.abs(truth[:, 2])
        across = np.cross(truth, rng.normal(size=truth.shape))
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        angle = np.radians(sigma) * rng.rayleigh(size=(events, 1))
        values = {
            "task": "direction",
            "target": ArraySpec("axis", "", "direction"),
            "truth": truth,
            "prediction": truth * np.cos(angle) + across * np.sin(angle),
        }
        return replace(regression(events=events), **(values | changes))

    return make


@pytest.fixture
def position(regression, rng):
    """Predict points with a normal error in each coordinate."""

    def make(events=300, sigma=10.0, dimensions=2, bias=0.0, **changes):
        truth = rng.uniform(-750, 750, (events, dimensions))
        values = {
            "task": "position",
            "target": ArraySpec("core", "m", "core"),
            "truth": truth,
            "prediction": truth + rng.normal(0, sigma, truth.shape) + bias,
        }
        return replace(regression(events=events), **(values | changes))

    return make


@pytest.fixture
def write(tmp_path):
    """Write predictions and return the path."""

    def to_file(predictions, folder="predictions"):
        path = tmp_path / folder / f"{predictions.method}-{predictions.seed}.h5"
        write_predictions(path, predictions)
        return path

    return to_file


@pytest.fixture
def experiment():
    """Configure an experiment."""

    def make(task="classification", model="dense", seeds=(1,), **evaluation):
        return Experiment.model_validate(
            {
                "dataset": "showers",
                "task": task,
                "model": {"name": model},
                "seeds": list(seeds),
                "evaluation": {"bootstrap": 40, "bins": 4, **evaluation},
            }
        )

    return make


@pytest.fixture
def write_dataset(tmp_path, rng):
    """Write a tiny data set: images whose sum tells depth and class.

    ``change`` may alter the arrays of each split before they are written.
    """

    def split(events, first):
        depth = rng.normal(750, 50, events).astype(np.float32)
        image = rng.normal(size=(events, 4, 4, 2)).astype(np.float32)
        image[..., 0] += ((depth - 750) / 50)[:, None, None]
        image[..., 1] = image[..., 0] > 0  # a mask, as of hit pixels
        return {
            "event_id": np.arange(first, first + events, dtype=np.uint64),
            "inputs/image": image,
            "inputs/flat": np.full((events, 3), 1.0, dtype=np.float32),
            "targets/depth": depth,
            "targets/energy": (10 ** ((depth - 750) / 100)).astype(np.float32),
            "targets/mass": (depth > 750).astype(np.int64),
            "spectators/half": depth / 2,
            "spectators/noise": rng.normal(size=events).astype(np.float32),
        }

    def keep(_name, _arrays):
        pass

    def make(*, train=400, validation=100, test=100, change=None):
        path = tmp_path / "dataset.h5"
        with h5py.File(path, "w") as file:
            hdf5.stamp(file, KIND, config="{}")
            unit = Normalisation(np.zeros(1, np.float32), np.ones(1, np.float32))
            write_normalisation(file, {"image": unit})
            first = 0
            for name, events in (("train", train), ("validation", validation), ("test", test)):
                arrays = split(events, first)
                first += events
                (change or keep)(name, arrays)
                group = file.create_group(name)
                for key, values in arrays.items():
                    units = "g/cm2" if key == "targets/depth" else ""
                    hdf5.describe(
                        group.create_dataset(key, data=values),
                        ArraySpec(key.rpartition("/")[2], units, f"test {key}"),
                    )
                group["targets/mass"].attrs["classes"] = json.dumps(["light", "heavy"])
                group["targets/energy"].attrs["log"] = True
        return path

    return make
