"""Train on one and on two virtual devices of this CPU, and say what came out; see test_devices.

TensorFlow makes the devices itself, JAX with XLA_FLAGS=--xla_force_host_platform_device_count=2.
"""

import json
import sys
from pathlib import Path

import keras

from footprint.config.experiments import Experiment
from footprint.files.datasets import open_dataset
from footprint.training import fit as module
from footprint.training.record import save_network
from footprint.training.weight_penalty import weight_penalty

EVENTS = 301
"""Odd, so that the last batch of an epoch cannot be divided."""


def experiment(devices):
    layers = [{"Dense": {"units": 8, "activation": "relu"}}, "BatchNormalization"]
    training = {
        "epochs": 3, "batch_size": 32, "events": EVENTS, "devices": devices,
        "class_weights": "balanced", "weight_averaging": {"name": "ema", "decay": 0.9},
        # Small enough that gradients of most steps are clipped.
        "optimizer": {"name": "sgd", "learning_rate": 0.5, "momentum": 0.5, "clip_norm": 0.05},
    }  # fmt: skip
    return Experiment.model_validate(
        {"dataset": "d", "task": "classification", "model": {"layers": layers},
         "training": training}
    )  # fmt: skip


def make_two_devices():
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        two = [tf.config.LogicalDeviceConfiguration()] * 2
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, two)


def main(dataset, folder):
    def trained(devices, name):
        with open_dataset(dataset) as data:
            result = module.fit(data, experiment(devices), 1, folder / f"{name}.h5")
        weights = [values.tolist() for values in result.network.get_weights()]
        return result.network, {"history": result.progress.history, "weights": weights}

    found = {"one": trained(1, "one")[1], "two": trained(2, "two")[1]}
    save, calls = module.save_checkpoint, []

    def dying(*arguments, **named):
        save(*arguments, **named)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    module.save_checkpoint = dying
    try:
        trained(2, "cut")
    except KeyboardInterrupt:
        module.save_checkpoint = save
    network, found["resumed"] = trained(2, "cut")
    found["killed_after"], found["penalty"] = len(calls), weight_penalty(network)
    save_network(folder / "model.keras", network)
    (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    make_two_devices()
    main(Path(sys.argv[1]), Path(sys.argv[2]))
