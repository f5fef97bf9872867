"""Training of one point: what is written, also where the loss is not finite."""

import json

import numpy as np
import pandas as pd
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.scans.results import read_result

EXPERIMENT = {
    "dataset": "d", "task": "classification", "model": {"name": "dense", "units": [4]},
    "training": {"epochs": 2, "batch_size": 64},
}  # fmt: skip


@pytest.fixture
def train(tmp_path, write_events):
    from footprint.scans.point import PointFiles, train_point

    rng = np.random.default_rng(1)
    a = rng.normal(size=200)
    part = write_events({"a": a, "kind": (a > 0).astype(np.int64)})
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"a": ["a"]},
        "targets": {"kind": {"array": "kind", "classes": {"minus": 0, "plus": 1}}},
    })  # fmt: skip
    path = tmp_path / "d.h5"
    build_dataset(path, "d", config, {"s": [part]})

    def run(name, values):
        folder = tmp_path / name
        files = PointFiles(*(folder / f for f in ("model.keras", "history.csv", "training.json")))
        with open_dataset(path) as dataset:
            train_point(dataset, Experiment.model_validate(EXPERIMENT), values, 1, files)
        assert not files.checkpoint.exists()
        return files

    return run


def test_a_point_is_trained_as_every_network_and_keeps_its_values(train):
    files = train("p", {"model.units": [6], "model.l2": 0.1})
    record = json.loads(files.record.read_text())
    assert record["losses"] == {"kind": "crossentropy"}
    assert record["values"] == {"model.units": [6], "model.l2": 0.1}
    assert record["parameters"] == 2 * 6 + 7 * 2
    assert files.model.stat().st_size > 1000
    assert len(files.history.read_text().splitlines()) == 3
    import keras

    network = keras.saving.load_model(files.model)
    kernels = [layer.kernel for layer in network.layers if hasattr(layer, "kernel")]
    # The first layer alone has a penalty; which one has, the record must know.
    penalty = [0.1 * float(np.sum(np.square(k))) for k in kernels if k.regularizer]
    assert record["weight_penalty"] == pytest.approx(sum(penalty), rel=1e-5)
    assert sum(penalty) > 0.01
    history = pd.read_csv(files.history)
    assert history["weight_penalty"][record["best_epoch"] - 1] == pytest.approx(sum(penalty))
    loss = record["best_validation_loss"] - sum(penalty)
    assert read_result(files.record).loss == pytest.approx(loss, rel=1e-5)


def test_a_point_whose_loss_is_not_finite_is_recorded(train):
    files = train("p", {"training.optimizer.learning_rate": 1e38})
    result = read_result(files.record)
    assert result.loss is None
    assert "became" in result.failed
    assert "learning rate 1e+38" in result.failed
    assert files.model.read_bytes() == files.history.read_bytes() == b""
