"""Does the GPU work? Train a dense and a convolutional network with each backend that is there.

Each backend trains in a process of its own, on its first GPU, or on the CPU where it has none.
"""

import json
import os
import platform
import re
import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from typer import Argument, Option

from footprint.command import run

BACKENDS = ("tensorflow", "jax", "torch")
SHAPE = (14, 14, 2)
"""Of an event: stations of a footprint, with signal and time."""
NETWORKS: dict[str, dict[str, Any]] = {
    "dense": {"name": "dense", "units": [128, 128]},
    "cnn": {"name": "cnn", "filters": [[64, 64, 64], [128, 128, 128]]},
}
BATCH = {"gpu": 512, "cpu": 64}
WARM_UP = 3
"""Steps that are not counted: the first compiles."""
MB = 1e6


def main(
    backends: Annotated[
        list[str] | None, Argument(help="Of tensorflow, jax, torch; without, those installed.")
    ] = None,
    seconds: Annotated[float, Option(min=0, help="To train each network for.")] = 5.0,
    here: Annotated[bool, Option(hidden=True)] = False,
) -> None:
    """Train a dense and a convolutional network with each backend, and say how fast on what."""
    if here:
        print(json.dumps(list(measure(seconds))))
        return
    for backend in backends or [name for name in BACKENDS if find_spec(name)]:
        command = [sys.executable, __file__, "--here", f"--seconds={seconds}"]
        done = subprocess.run(
            command, env=os.environ | {"KERAS_BACKEND": backend}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            print(f"{backend}: failed: {last}", flush=True)
            continue
        for row in json.loads(done.stdout.strip().splitlines()[-1]):
            print(line(backend, row), flush=True)


def line(backend: str, row: dict[str, Any]) -> str:
    """Write one result; a row without a speed is a remark."""
    if "remark" in row:
        return f"{backend}: {row['remark']}"
    return (
        f"{backend} {row['version']} on {row['device']} ({row['name']}): {row['network']}, "
        f"{row['precision']}: {row['per_second']:,.0f} samples/s, {row['memory']}"
    )


def measure(seconds: float) -> list[dict[str, Any]]:
    """Train all networks in all precisions with the backend that the environment names."""
    from footprint.training import backend

    backend.prepare(threads=os.cpu_count() or 1)
    import keras

    from footprint.training import devices

    gpu, rows = devices.has_gpu(), []
    about = {
        "version": sys.modules[keras.backend.backend()].__version__,
        "device": devices.available()[0],
        "name": name_of_gpu() if gpu else name_of_cpu(),
    }
    for precision in ("float32", "mixed_float16") if gpu else ("float32",):
        keras.config.set_dtype_policy(precision)
        for network in NETWORKS:
            speed = samples_per_second(network, BATCH["gpu" if gpu else "cpu"], seconds)
            rows.append({
                **about, "network": network, "precision": precision, "per_second": speed,
                "memory": memory(on_gpu=gpu),
            })  # fmt: skip
    if not gpu:
        said = "no GPU: all of this ran on the CPU, and mixed precision is for GPUs"
        rows.append({"remark": devices.idle_gpu() or said})
    return rows


def samples_per_second(network: str, batch: int, seconds: float) -> float:
    """Train a network on random events, all in one batch that is repeated."""
    import keras
    import numpy as np
    from pydantic import TypeAdapter

    from footprint.config.networks import Model
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    rng = np.random.default_rng(1)
    inputs = {"x": rng.normal(size=(batch, *SHAPE)).astype("f4")}
    truth = {"kind": rng.integers(0, 4, batch)}
    model: Any = TypeAdapter(Model).validate_python(NETWORKS[network])
    entries = {"x": Entry(SHAPE, ("signal", "time"))}
    built = build_network(model, entries, {"kind": Output(4, "softmax")}, 1)
    built.compile(keras.optimizers.Adam(), {"kind": "sparse_categorical_crossentropy"})
    for _ in range(WARM_UP):
        built.train_on_batch(inputs, truth)
    steps, start = 0, perf_counter()
    while steps == 0 or perf_counter() - start < seconds:
        built.train_on_batch(inputs, truth)
        steps += 1
    return steps * batch / (perf_counter() - start)


def name_of_gpu() -> str:
    """Find what the maker calls the first GPU."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        device = tf.config.list_physical_devices("GPU")[0]
        return str(tf.config.experimental.get_device_details(device).get("device_name", "GPU"))
    if keras.backend.backend() == "jax":
        import jax

        return str(jax.devices()[0].device_kind)
    import torch

    return str(torch.cuda.get_device_name(0))


def name_of_cpu() -> str:
    """Find what the maker calls the CPU, where the system tells."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def memory(*, on_gpu: bool) -> str:
    """Tell the largest memory so far: of the GPU what tensors took, else of the process."""
    import keras

    if not on_gpu:
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        return f"process {peak / MB:,.0f} MB"
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        peak = tf.config.experimental.get_memory_info("GPU:0")["peak"]
    elif keras.backend.backend() == "jax":
        import jax

        peak = (jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0)
    else:
        import torch

        peak = torch.cuda.max_memory_allocated(0)
    return f"GPU {peak / MB:,.0f} MB"


if __name__ == "__main__":
    run(main)
