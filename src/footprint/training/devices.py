"""What a training computes on: one device, or several that divide each batch among themselves.

All devices hold all weights and add up their gradients, so that a step is the one that a single
device would take with the whole batch, to rounding. Keras does so by itself on JAX. On TensorFlow
each device takes its share of a batch within the step; Keras would give the whole to all of them.
A batch that cannot be divided evenly, as the last one of an epoch, is computed whole on each.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import keras

from footprint.config.trainings import Training, check_divides
from footprint.errors import TrainingError

NVIDIA = Path("/proc/driver/nvidia/gpus")
"""Where the driver lists its GPUs."""
PARALLEL = ("tensorflow", "jax")
"""Backends on which several devices share a batch."""


def available() -> list[str]:
    """List the devices of the backend, such as ``gpu:0``: its GPUs, or else its CPUs."""
    if keras.backend.backend() == "torch":
        import torch

        return [f"gpu:{number}" for number in range(torch.cuda.device_count())] or ["cpu:0"]
    return list(keras.distribution.list_devices())


def has_gpu() -> bool:
    """Tell whether the backend computes on something faster than a CPU."""
    return not available()[0].startswith("cpu")


def idle_gpu() -> str | None:
    """Say that there is a GPU here that the backend does not compute on; None if it is not so."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all") in {"", "-1"}
    if hidden or not NVIDIA.is_dir() or not any(NVIDIA.iterdir()) or has_gpu():
        return None
    return (
        f"this machine has an NVIDIA GPU, and {keras.backend.backend()} of this environment "
        f"({sys.prefix}) computes on the CPU: make gpu-tensorflow or make gpu-jax, and run "
        f"Snakemake from there (docs/gpu.md)"
    )


def chosen(config: Training) -> list[str]:
    """List the devices of a training.

    Raises
    ------
    TrainingError
        There are not as many, the backend cannot share a batch among them, or it cannot be
        divided.
    """
    found = available()
    count = len(found) if config.devices == "all" else config.devices
    if count > len(found):
        msg = (
            f"training.devices is {count}, and {keras.backend.backend()} finds {len(found)} here: "
            f"{', '.join(found)}. Ask the cluster for {count} GPUs (set-resources of the profile), "
            f"look at CUDA_VISIBLE_DEVICES, or say devices: all"
        )
        raise TrainingError(msg)
    if count > 1 and keras.backend.backend() not in PARALLEL:
        msg = (
            f"training.devices is {config.devices}, and on {keras.backend.backend()} one device "
            f"trains: say devices: 1, or set KERAS_BACKEND to {' or '.join(PARALLEL)}"
        )
        raise TrainingError(msg)
    try:
        check_divides(config.batch_size, count)
    except ValueError as error:
        raise TrainingError(str(error)) from None
    return found[:count]


@contextmanager
def scope(config: Training) -> Iterator[list[str]]:
    """Let networks that are built within be trained on the devices of a training.

    Raises
    ------
    TrainingError
        They are not there, or cannot share a batch.
    """
    devices = chosen(config)
    if len(devices) == 1:
        yield devices
    elif keras.backend.backend() == "jax":
        with _EvenShares(devices=devices).scope():
            yield devices
    else:
        with _mirrored(tuple(devices)).scope():
            yield devices


@cache
def _mirrored(devices: tuple[str, ...]) -> Any:
    """Make TensorFlow's strategy once: sums of a second one would meet those of the first."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy([name.upper() for name in devices])


def replicas() -> int:
    """Tell how many devices of TensorFlow share a batch here; they are Keras' business on JAX."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def jit_compile(config: Training) -> Literal["auto"] | bool:
    """Tell Keras whether to compile steps with XLA, which cannot span devices of TensorFlow.

    Raises
    ------
    TrainingError
        It was asked for with several of them.
    """
    if replicas() == 1:
        return config.jit_compile
    if config.jit_compile is True:
        msg = (
            f"training.jit_compile is true, and XLA cannot compile a step of {replicas()} devices "
            f"of TensorFlow: say auto, devices: 1, or set KERAS_BACKEND=jax"
        )
        raise TrainingError(msg)
    return False


@contextmanager
def dividing(network: keras.Model) -> Iterator[None]:
    """Let each device of TensorFlow take its share of the batches a network is trained on.

    Batch normalisation sees the whole batch, as it does on one device.
    """
    if replicas() == 1:
        yield
        return
    step = network.train_step
    layers = [
        layer
        for layer in network._flatten_layers()  # noqa: SLF001 - layers within layers too
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    network.train_step = lambda data: step(keras.tree.map_structure(_share, data))
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        # A file that says so opens on no other backend.
        for layer in layers:
            layer.synchronized = False
        del network.train_step


def _share(values: Any) -> Any:
    """Take this device's rows of a batch; all of them where they cannot be divided evenly."""
    if values is None:
        return None
    import tensorflow as tf

    here = tf.distribute.get_replica_context()
    rows, parts = tf.shape(values)[0], here.num_replicas_in_sync
    even = rows % parts == 0
    count = tf.where(even, rows // parts, rows)
    start = tf.where(even, here.replica_id_in_sync_group * count, 0)
    return values[start : start + count]


def of_whole_batch(gradients: Sequence[Any]) -> list[Any]:
    """Give each device of TensorFlow the mean over devices of their gradients."""
    if replicas() == 1:
        return list(gradients)
    import tensorflow as tf

    known = [gradient for gradient in gradients if gradient is not None]
    here = tf.distribute.get_replica_context()
    means = iter(here.all_reduce(tf.distribute.ReduceOp.MEAN, known))
    return [None if gradient is None else next(means) for gradient in gradients]


class _EvenShares(keras.distribution.DataParallel):
    """Data parallelism that leaves whole what cannot be divided evenly."""

    def get_data_layout(self, data_shape: tuple[int, ...]) -> Any:
        """Divide the first axis among the devices, or nothing."""
        if data_shape[0] % self.num_model_replicas:
            return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)
        return super().get_data_layout(data_shape)
