"""Footprints from an exported generator on one core: ONNX Runtime against `keras.Model.predict`.

The network is `footprint_wgan` of `config/generative.yaml`, with weights as they begin: trained
ones take as long. ONNX Runtime starts from conditions in physical units and makes signals and times
in physical units; Keras is given conditions that are normalised already, and what it makes is left
as it is. Both are timed by the seconds of their own process, which others on the same machine do
not lengthen.
"""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from onnx_inference import rate

from footprint.application.network import open_network
from footprint.config.study import load_study
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.simulate.generate import simulate_part
from footprint.training import backend

STUDY = Path("config/generative.yaml")
EXPERIMENT = "footprint_wgan"
SIMULATED = 1024


def rates(batch: int, batches: int, folder: Path) -> tuple[float, float]:
    """Events a second of ONNX Runtime and of Keras, so many at once.

    A call of `predict` makes several batches, over which its overhead is spread.
    """
    backend.prepare(1)
    from footprint.export.onnx_file import export
    from footprint.models.adversarial import LATENT, generator_of
    from footprint.training.distributions import distribution_of
    from footprint.training.record import save_network

    study = load_study(STUDY)
    config = study.experiments[EXPERIMENT]
    (name,) = study.datasets[config.dataset].samples
    part, path, model = (folder / file for file in ("events.h5", "dataset.h5", "model.keras"))
    simulate_part(part, name, study.samples[name], seed=1, first=0, count=SIMULATED)
    build_dataset(path, config.dataset, study.datasets[config.dataset], {name: [part]})
    with open_dataset(path) as dataset:
        learnt = distribution_of(dataset, config)
        forms = learnt.variables.forms
        network = generator_of(config.model, learnt.name, learnt.entries, forms)
        save_network(model, network)
        export(folder / "n.onnx", folder / "n.json", model, dataset,
               name=EXPERIMENT, config=config, seed=1)  # fmt: skip
        inputs = dataset.inputs("train", learnt.conditions, slice(batch))
    exported = open_network(folder / "n.onnx")
    said = exported.said
    noise = np.random.default_rng(1).normal(size=(batch, *said.noise.shape)).astype(np.float32)
    # All events under the median conditions: these do not change the time.
    arrays = {
        entry.name: np.full((batch, *entry.shape), entry.domain.quantiles["0.5"], np.float32)
        for entry in said.inputs
    }
    names, given = list(said.output_names), {**arrays, said.noise.name: noise}

    def drawn() -> None:
        for _ in range(batches):
            exported.session.run(names, given)

    inputs |= {LATENT: noise}
    many = {key: np.concatenate([values] * batches) for key, values in inputs.items()}
    predicted = partial(network.predict, many, batch_size=batch, verbose=0)
    return rate(drawn, batches * batch), rate(predicted, batches * batch)


def measure(batch: int, batches: int) -> dict[str, Any]:
    """Compare both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with tempfile.TemporaryDirectory() as folder:
            ours, peer = rates(batch, batches, Path(folder))
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "events/s",
        "what": f"footprint_wgan of config/generative.yaml on one core, {batch} event(s) at once: "
        "ONNX Runtime to arrays in physical units, against keras predict to normalised ones",
    }


def benchmarks() -> dict[str, Callable[[], dict[str, Any]]]:
    """List the sizes of batches as benchmarks by name."""
    return {
        "onnx_generator_one_event": partial(measure, 1, 1),
        "onnx_generator_batches": partial(measure, 512, 10),
    }
