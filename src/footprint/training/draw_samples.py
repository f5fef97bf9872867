"""Draw from a trained network under the conditions of the test events."""

import json
import os
from pathlib import Path
from time import perf_counter

import keras
import numpy as np

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.samples import Kind, Samples, write_samples
from footprint.models import flow
from footprint.seeds import stream
from footprint.training.distribution_network import Draw
from footprint.training.distributions import Distribution, distribution_of
from footprint.training.feeding import APPLY_BATCH, Arrays
from footprint.training.variables import Variables, variables_of

MOST_EVENTS = 20_000
"""Test events, and training events beside them, of which samples are kept."""
LATENT = "latent"
_WARM_UP = 2


def save_samples(
    path: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
) -> None:
    """Draw one event for each test event, and write them beside the real ones.

    Parameters
    ----------
    path
        File of samples to write.
    network, dataset
        What is drawn from, under the conditions of which events.
    method, config, seed
        Name and configuration of the experiment, and the seed of the training.

    Raises
    ------
    TrainingError
        The network was trained on another data set, or is no generator.
    """
    learnt = distribution_of(dataset, config)
    variables = learnt.variables
    if variables is None or config.task not in {"generation", "density"}:
        msg = f"experiment '{method}' has no variables to be drawn: expected task generation"
        raise TrainingError(msg)
    _check_conditions(network, learnt, dataset)
    rows = slice(min(dataset.length("test"), MOST_EVENTS))
    training = slice(min(dataset.length("train"), rows.stop))
    draw, latent = drawing(network, config, learnt)
    generated, seconds = _drawn(draw, latent, learnt, dataset, events=rows.stop, seed=seed)
    samples = Samples(
        method=method,
        seed=seed,
        task="density" if config.task == "density" else "generation",
        variables=variables.name,
        channels=variables.channels,
        event_id=dataset.event_id("test")[rows],
        real=_kind(variables, dataset.array("test", "inputs", variables.name)[rows]),
        generated=_kind(variables, variables.snapped(generated)),
        training=_kind(variables, dataset.array("train", "inputs", variables.name)[training]),
        training_event_id=dataset.event_id("train")[training],
        specs=_specs(dataset, [variables.name, *learnt.conditions]),
        conditions=_conditions(dataset, learnt, rows),
        spectators={name: values[rows] for name, values in dataset.spectators("test").items()},
        constants={**dataset.constants, **_half_widths(dataset)},
        seconds_per_event=seconds,
        device=f"{keras.distribution.list_devices()[0]}, {os.environ.get('OMP_NUM_THREADS')} "
        f"thread(s), {keras.backend.backend()}",
        config=config.model_dump_json(),
        log_density=_log_density(network, config, learnt, dataset, rows.stop),
        weight=dataset.weights("test", rows),
        training_weight=dataset.weights("train", training),
    )
    write_samples(path, samples)


def drawing(network: keras.Model, config: Experiment, learnt: Distribution) -> tuple[Draw, int]:
    """Tell how to draw from a trained network, and how many random numbers an event takes."""
    if isinstance(config.model, Flow):
        return flow.sampler(network, learnt.name), flow.latent_size(network, learnt.name)
    if isinstance(config.model, Adversarial):

        def draw(conditions: Arrays, latent: Array) -> Array:
            made: Array = network.predict_on_batch({**conditions, LATENT: latent})[learnt.name]
            return made

        return draw, config.model.latent
    msg = f"a model of kind {type(config.model).__name__} cannot be drawn from"
    raise TrainingError(msg)


def _drawn(
    draw: Draw, latent: int, learnt: Distribution, dataset: Dataset, *, events: int, seed: int
) -> tuple[Array, float]:
    """Draw an event for each of the first test events; return them and the seconds for each."""
    parts, seconds = [], 0.0
    # The first calls compile, so they are made twice.
    starts = [0] * _WARM_UP + list(range(0, events, APPLY_BATCH))
    for number, start in enumerate(starts):
        rows = slice(start, min(start + APPLY_BATCH, events))
        conditions = dataset.inputs("test", learnt.conditions, rows)
        size = (rows.stop - rows.start, latent)
        normal = stream(seed, learnt.name, start).standard_normal(size, dtype=np.float32)
        begin = perf_counter()
        made = draw(conditions, normal)
        if number >= _WARM_UP:
            seconds += perf_counter() - begin
            parts.append(np.asarray(made))
    shape = learnt.entries[learnt.name].shape
    return np.concatenate(parts).reshape(events, *shape), seconds / events


def _log_density(
    network: keras.Model, config: Experiment, learnt: Distribution, dataset: Dataset, events: int
) -> Array | None:
    """Compute the density of the first test events, per unit of before they were normalised."""
    if not isinstance(config.model, Flow) or learnt.variables is None:
        return None
    names = [*learnt.conditions, learnt.name]
    parts = [
        flow.log_densities(
            network, dataset.inputs("test", names, slice(start, min(start + APPLY_BATCH, events)))
        )
        for start in range(0, events, APPLY_BATCH)
    ]
    variables = learnt.variables
    scale = np.broadcast_to(variables.normalisation.scale, variables.shape)
    return np.concatenate(parts) - float(np.log(scale.astype(np.float64)).sum())


def _kind(variables: Variables, values: Array) -> Kind:
    return Kind(variables.physical(values), values)


def _conditions(dataset: Dataset, learnt: Distribution, rows: slice) -> dict[str, Array]:
    """Bring those conditions to physical units of which it is known how."""
    found: dict[str, Array] = {}
    for name in learnt.conditions:
        reading = variables_of(dataset, name, must_invert=False)
        values = reading.physical(dataset.array("test", "inputs", name)[rows])
        found |= {array: values[array] for array in values if array not in reading.unknown}
    return found


def _half_widths(dataset: Dataset) -> dict[str, Array]:
    """Find half the width of derived images of jets, from which their mass follows."""
    derived = json.loads(str(dataset.file.attrs["config"])).get("derived", {})
    return {
        f"{name}_half_width": np.asarray(entry["half_width"], np.float32)
        for name, entry in derived.items()
        if entry["method"] == "jet_image"
    }


def _specs(dataset: Dataset, names: list[str]) -> dict[str, ArraySpec]:
    """Name units and meaning of the arrays in some inputs, and of the spectators."""
    found = {name: dataset.spec("spectators", name) for name in dataset.names("spectators")}
    for name in names:
        for array, unit in zip(dataset.channels(name), dataset.array_units(name), strict=True):
            found[array] = ArraySpec(array, unit, "")
    return found


def _check_conditions(network: keras.Model, learnt: Distribution, dataset: Dataset) -> None:
    """Refuse a network whose conditions are others than those of the data set."""
    found = {name: learnt.entries[name].shape for name in learnt.conditions}
    own = {LATENT, learnt.name}
    expected = {t.name: tuple(t.shape[1:]) for t in network.inputs if t.name not in own}
    if expected != found:
        msg = (
            f"the network takes conditions {expected}, {dataset.path} has {found}: it was trained "
            f"on another data set, train it again"
        )
        raise TrainingError(msg)
