"""Several devices train as one does; tried on virtual devices of this CPU, as no GPU is here."""

import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec

import numpy as np
import pytest

from footprint.config.trainings import Training
from footprint.errors import TrainingError
from tests.conftest import ROOT


def training(**settings):
    return Training.model_validate({"batch_size": 12, **settings})


@pytest.fixture(params=["tensorflow", "jax"])
def on_two(request, dataset, tmp_path):
    """What trainings on one device and on two came to."""
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    environment = os.environ | {
        "KERAS_BACKEND": request.param,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        "TF_DETERMINISTIC_OPS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    command = [sys.executable, "-m", "tests.training.two_devices", str(dataset), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((tmp_path / "found.json").read_text())


def test_two_devices_train_as_one_does(on_two, tmp_path):
    one, two = on_two["one"], on_two["two"]
    assert len(one["history"]) == 3
    assert one["history"][2]["loss"] < 0.8 * one["history"][0]["loss"]
    for alone, shared in zip(one["history"], two["history"], strict=True):
        assert alone.keys() == shared.keys()
        for name, value in alone.items():
            # Of weighted events the accuracy is the mean of those of the devices.
            tolerance = 5e-3 if name == "accuracy" else 2e-6
            assert shared[name] == pytest.approx(value, rel=tolerance), name
    for alone, shared in zip(one["weights"], two["weights"], strict=True):
        np.testing.assert_allclose(shared, alone, rtol=1e-4, atol=1e-5)
    # A killed training goes on to the same bits.
    assert on_two["killed_after"] == 2
    assert on_two["resumed"] == two
    # The network opens on every backend.
    config = zipfile.ZipFile(tmp_path / "model.keras").read("config.json").decode()
    assert '"synchronized": true' not in config


def test_devices_that_are_not_there(monkeypatch):
    from footprint.training import devices

    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "tensorflow")
    monkeypatch.setattr(devices, "available", lambda: ["gpu:0", "gpu:1"])
    assert devices.chosen(training()) == ["gpu:0"]
    assert devices.chosen(training(devices=2)) == ["gpu:0", "gpu:1"]
    assert devices.chosen(training(devices="all")) == ["gpu:0", "gpu:1"]
    with pytest.raises(TrainingError) as stop:
        devices.chosen(training(devices=4))
    assert str(stop.value) == (
        "training.devices is 4, and tensorflow finds 2 here: gpu:0, gpu:1. Ask the cluster for 4 "
        "GPUs (set-resources of the profile), look at CUDA_VISIBLE_DEVICES, or say devices: all"
    )


def test_batches_that_cannot_be_divided(monkeypatch):
    from footprint.training import devices

    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "tensorflow")
    said = "batch_size 12 cannot be divided evenly among 5 devices: choose 10 or 15"
    with pytest.raises(ValueError, match=said):
        training(devices=5)
    monkeypatch.setattr(devices, "available", lambda: [f"gpu:{n}" for n in range(5)])
    with pytest.raises(TrainingError, match=said):
        devices.chosen(training(devices="all"))
    with pytest.raises(ValueError, match="12 cannot be divided evenly among 24 devices: choose 24"):
        training(devices=24)


def test_torch_trains_on_one_device(monkeypatch):
    from footprint.training import devices

    monkeypatch.setattr(devices, "available", lambda: ["gpu:0", "gpu:1"])
    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "torch")
    said = (
        "training.devices is all, and on torch one device trains: say devices: 1, or set "
        "KERAS_BACKEND to tensorflow or jax"
    )
    with pytest.raises(TrainingError, match=re.escape(said)):
        devices.chosen(training(devices="all"))


def test_xla_cannot_span_devices_of_tensorflow(monkeypatch):
    from footprint.training import devices

    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "tensorflow")
    assert devices.jit_compile(training()) == "auto"
    assert devices.jit_compile(training(jit_compile=True)) is True
    monkeypatch.setattr(devices, "replicas", lambda: 2)
    assert devices.jit_compile(training()) is False
    with pytest.raises(TrainingError) as stop:
        devices.jit_compile(training(jit_compile=True))
    assert str(stop.value) == (
        "training.jit_compile is true, and XLA cannot compile a step of 2 devices of TensorFlow: "
        "say auto, devices: 1, or set KERAS_BACKEND=jax"
    )


def test_an_idle_gpu_is_pointed_out(monkeypatch, tmp_path):
    """A login node without GPU installs what computes on CPUs, and jobs then do so unnoticed."""
    from footprint.training import devices

    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "tensorflow")
    monkeypatch.setattr(devices, "NVIDIA", tmp_path / "gpus")
    monkeypatch.setattr(devices, "available", lambda: ["cpu:0"])
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.idle_gpu() is None
    (tmp_path / "gpus" / "0000:3b:00.0").mkdir(parents=True)
    assert devices.idle_gpu() == (
        f"this machine has an NVIDIA GPU, and tensorflow of this environment ({sys.prefix}) "
        f"computes on the CPU: make gpu-tensorflow or make gpu-jax, and run Snakemake from there "
        f"(docs/gpu.md)"
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert devices.idle_gpu() is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setattr(devices, "available", lambda: ["gpu:0"])
    assert devices.idle_gpu() is None
