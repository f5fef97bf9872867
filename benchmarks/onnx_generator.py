"""Footprints from an exported generator on one core: ONNX Runtime against `keras.Model.predict`.

The network is `footprint_wgan` of `config/generative.yaml`, with weights as they begin: trained
ones take as long. ONNX Runtime starts from conditions in physical units and makes signals and times
in physical units; Keras is given conditions that are normalised already, and what it makes is left
as it is. Both are timed by the seconds of their own process, which others on the same machine do
not lengthen.
"""

import os
import tempfile
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
SIMULATED, BATCH = 1024, 512
BATCHES = 10
"""Batches a call, over which the overhead of `predict` is spread."""


def rates(folder: Path) -> tuple[float, float]:
    """Events a second of ONNX Runtime and of Keras."""
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
        inputs = dataset.inputs("train", learnt.conditions, slice(BATCH))
    exported = open_network(folder / "n.onnx")
    said = exported.said
    noise = np.random.default_rng(1).normal(size=(BATCH, *said.noise.shape)).astype(np.float32)
    # All events under the median conditions: these do not change the time.
    arrays = {
        entry.name: np.full((BATCH, *entry.shape), entry.domain.quantiles["0.5"], np.float32)
        for entry in said.inputs
    }
    names, given = list(said.output_names), {**arrays, said.noise.name: noise}

    def drawn() -> None:
        for _ in range(BATCHES):
            exported.session.run(names, given)

    inputs |= {LATENT: noise}
    many = {key: np.concatenate([values] * BATCHES) for key, values in inputs.items()}
    predicted = partial(network.predict, many, batch_size=BATCH, verbose=0)
    return rate(drawn, BATCHES * BATCH), rate(predicted, BATCHES * BATCH)


def measure() -> dict[str, Any]:
    """Compare both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with tempfile.TemporaryDirectory() as folder:
            ours, peer = rates(Path(folder))
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "events/s",
        "what": f"footprint_wgan of config/generative.yaml on one core, batches of {BATCH}: "
        "ONNX Runtime to arrays in physical units, against keras predict to normalised ones",
    }
