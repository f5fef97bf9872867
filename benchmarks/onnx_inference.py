"""Answers of an exported network on one core: ONNX Runtime against `keras.Model.predict`.

The network is `mass_cnn` of the default study, with weights as they begin: trained ones take as
long. ONNX Runtime starts from arrays in physical units and does the preprocessing itself; Keras is
given what the data set has normalised already. Both are timed by the seconds of their own process,
which others on the same machine do not lengthen.
"""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from footprint.application.network import open_network
from footprint.config.study import load_study
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.files.events import open_events
from footprint.simulate.generate import simulate_part
from footprint.training import backend

STUDY = Path("config/config.yaml")
EXPERIMENT = "mass_cnn"
SIMULATED = 512
SECONDS = 2.0
"""How long each is timed at least."""


def rate(answer: Callable[[], Any], events: int) -> float:
    """Events a second, after a call that prepares what is kept."""
    answer()
    calls, start = 0, process_time()
    while process_time() - start < SECONDS:
        answer()
        calls += 1
    return calls * events / (process_time() - start)


def rates(batch: int, folder: Path) -> tuple[float, float]:
    """Events a second of ONNX Runtime and of Keras, so many at once."""
    backend.prepare(1)
    from footprint.export.onnx_file import export
    from footprint.training.fit import compiled
    from footprint.training.goals import goals_of
    from footprint.training.record import save_network

    study = load_study(STUDY)
    config = study.experiments[EXPERIMENT]
    (name,) = study.datasets[config.dataset].samples
    part, path, model = (folder / name for name in ("events.h5", "dataset.h5", "model.keras"))
    simulate_part(part, name, study.samples[name], seed=1, first=0, count=SIMULATED)
    build_dataset(path, config.dataset, study.datasets[config.dataset], {name: [part]})
    with open_dataset(path) as dataset, open_events(part) as events:
        names = dataset.names("inputs")
        network = compiled(dataset, config, goals_of(dataset, config), names, 1)
        save_network(model, network)
        export(folder / "n.onnx", folder / "n.json", model, dataset,
               name=EXPERIMENT, config=config, seed=1)  # fmt: skip
        exported = open_network(folder / "n.onnx")
        arrays = events.read([entry.name for entry in exported.said.inputs], slice(batch))
        inputs = dataset.inputs("train", names, slice(batch))
    repeats = -(-batch // min(map(len, inputs.values())))
    arrays = {key: np.concatenate([v] * repeats)[:batch] for key, v in arrays.items()}
    inputs = {key: np.concatenate([v] * repeats)[:batch] for key, v in inputs.items()}
    ours = rate(partial(exported.answers, arrays), batch)
    peer = rate(partial(network.predict, inputs, batch_size=batch, verbose=0), batch)
    return ours, peer


def measure(batch: int) -> dict[str, Any]:
    """Compare both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with tempfile.TemporaryDirectory() as folder:
            ours, peer = rates(batch, Path(folder))
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "events/s",
        "what": f"mass_cnn of the default study on one core, {batch} event(s) at once: ONNX "
        "Runtime from arrays in physical units, against keras predict from normalised ones",
    }


def benchmarks() -> dict[str, Callable[[], dict[str, Any]]]:
    """List the sizes of batches as benchmarks by name."""
    return {
        "onnx_one_event": partial(measure, 1),
        "onnx_batches": partial(measure, 256),
    }
