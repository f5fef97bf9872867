"""Footprints from a generator network on one core: against the simulation particle by particle.

The network is the one of `config/generative.yaml`, with weights as they begin: trained ones take as
long. The peer, `observatory_plain`, draws every particle, traces included. Both are timed by the
seconds of their own process, which others on the same machine do not lengthen.
"""

import os
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import yaml
from observatory_plain import draw_event
from pydantic import TypeAdapter

from footprint.config.networks import Model
from footprint.config.observatory import Observatory
from footprint.simulate.array import array_of
from footprint.training import backend

EVENTS, BATCH, PEER = 20_480, 512, 20
STUDY = Path("config/generative.yaml")
CHANNELS = ("signal", "mask of signal", "arrival_time")


def generated_per_second() -> float:
    """Events a second of the network, from conditions and random numbers in memory."""
    backend.prepare(1)
    from footprint.models.adversarial import generator_of
    from footprint.models.forms import Form
    from footprint.models.outputs import Entry

    study = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
    asked = study["experiments"]["footprint_wgan"]["model"]
    model = TypeAdapter(Model).validate_python(asked)
    entries = {
        "shower": Entry((3,), ("lg_energy", "zenith", "mass_number")),
        "geometry": Entry((9, 9, 2), ("seen_distance", "seen_plane_time")),
        "footprint": Entry((9, 9, 3), CHANNELS),
    }
    forms = (Form(gate=1, silence=0.0, low=-0.7), Form(mask=True, mean=0.13, driver=0))
    network = generator_of(model, "footprint", entries, (*forms, Form(gate=1, silence=0.0)))
    rng = np.random.default_rng(1)
    batch = {
        tensor.name: rng.normal(size=(BATCH, *tensor.shape[1:])).astype(np.float32)
        for tensor in network.inputs
    }
    network.predict_on_batch(batch)
    start = process_time()
    for _ in range(EVENTS // BATCH):
        network.predict_on_batch(batch)
    return EVENTS / (process_time() - start)


def simulated_per_second() -> float:
    """Events a second of the simulation that draws every particle."""
    sample = Observatory.model_validate({"generator": "observatory", "events": 1})
    stations = array_of(sample.options).positions[:, :2]
    rng = np.random.default_rng(1)
    start = process_time()
    for _ in range(PEER):
        draw_event(rng, stations, sample.options.spacing_m)
    return PEER / (process_time() - start)


def measure() -> dict[str, Any]:
    """Compare both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        ours, peer = generated_per_second(), simulated_per_second()
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "events/s",
        "what": "footprints of 9 x 9 stations from a generator network on one core, against a "
        "plain loop over stations that draws every particle",
    }
