"""Draw from a trained network under the conditions of the test events."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files import hdf5
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.samples import Kind, Samples, write_samples
from footprint.models import flow
from footprint.models.adversarial import LATENT
from footprint.seeds import stream
from footprint.training.distribution_network import Draw
from footprint.training.distributions import Distribution, distribution_of, learnt_rows
from footprint.training.feeding import APPLY_BATCH, Arrays, Rows
from footprint.training.sample_snapshots import drawn_at_snapshots
from footprint.training.variables import Variables, variables_of

MOST_EVENTS = 20_000
"""Test events, and training events beside them, of which samples are kept."""
OF_SNAPSHOTS = 8
"""Events that are drawn with the weights of each snapshot."""
FEWEST, AGAIN = 10, 0.5
"""Batches are timed again until there are so many, or they took so many seconds."""


class Batch(NamedTuple):
    """Events that were drawn at once, and the seconds that it took."""

    events: int
    seconds: float


def save_samples(
    path: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
    snapshots: Path | None = None,
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
    snapshots
        File of weights after some epochs of the training, with which some events are drawn too.

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
    test, training = (_events(dataset, split, learnt) for split in ("test", "train"))
    training = training[: len(test)]
    draw, latent = drawing(network, config, learnt)

    def drawn(rows: NDArray[np.intp]) -> tuple[Array, list[Batch]]:
        return _drawn(draw, latent, learnt, _inputs(dataset, "test", learnt, rows), seed)

    generated, batches = drawn(test)
    while len(batches) < FEWEST and sum(batch.seconds for batch in batches) < AGAIN:
        batches += drawn(test[:APPLY_BATCH])[1]
    seconds, seconds_error = per_event(batches)
    few = test[:OF_SNAPSHOTS]
    at_epochs = (
        {}
        if snapshots is None
        else drawn_at_snapshots(
            network,
            snapshots,
            lambda: drawn(few)[0],
        )
    )
    weight, learnt_weight = dataset.weights("test"), dataset.weights("train")
    conditions = _conditions(dataset, learnt, "test", test)
    of_learnt = _conditions(dataset, learnt, "train", training) if variables.relative_to else {}

    def real(split: Split, rows: NDArray[np.intp], given: Mapping[str, Array]) -> Kind:
        return _kind(variables, _all(_inputs(dataset, split, learnt, rows), variables.name), given)

    samples = Samples(
        method=method,
        seed=seed,
        task="density" if config.task == "density" else "generation",
        variables=variables.name,
        channels=variables.channels,
        event_id=dataset.event_id("test")[test],
        real=real("test", test, conditions),
        generated=_kind(variables, variables.snapped(generated), conditions),
        training=real("train", training, of_learnt),
        training_event_id=dataset.event_id("train")[training],
        specs=_specs(dataset, [variables.name, *learnt.conditions]),
        conditions=conditions,
        spectators={name: values[test] for name, values in dataset.spectators("test").items()},
        constants={**dataset.constants, **_half_widths(dataset)},
        seconds_per_event=seconds,
        seconds_per_event_error=seconds_error,
        device=f"{_device()}, {os.environ.get('OMP_NUM_THREADS')} "
        f"thread(s), {keras.backend.backend()}",
        config=config.model_dump_json(),
        snapshot_epoch=tuple(at_epochs),
        snapshots=_stacked(
            variables.physical(variables.snapped(made), _first(conditions, len(few)))
            for made in at_epochs.values()
        ),
        log_density=_log_density(network, config, learnt, _inputs(dataset, "test", learnt, test)),
        weight=None if weight is None else weight[test],
        training_weight=None if learnt_weight is None else learnt_weight[training],
    )
    write_samples(path, samples)


def _first(arrays: Mapping[str, Array], events: int) -> dict[str, Array]:
    return {name: values[:events] for name, values in arrays.items()}


def _stacked(parts: Iterable[Mapping[str, Array]]) -> dict[str, Array]:
    """Stack arrays of the same names, shape (parts, ...)."""
    every = list(parts)
    return {name: np.stack([part[name] for part in every]) for name in (every[0] if every else ())}


def _events(dataset: Dataset, split: Split, learnt: Distribution) -> NDArray[np.intp]:
    """List the rows of a split that are looked at, of the class that is learnt from."""
    chosen = learnt_rows(dataset, split, learnt.learn_from)
    rows = np.arange(dataset.length(split)) if chosen is None else chosen
    return rows[:MOST_EVENTS]


def _inputs(
    dataset: Dataset, split: Split, learnt: Distribution, rows: NDArray[np.intp]
) -> Iterator[Arrays]:
    """Read conditions and variables of rows, so many at once."""
    names = [*learnt.conditions, learnt.name]
    window = Rows(dataset, split, names, APPLY_BATCH, len(rows), rows)
    for start in range(0, len(rows), APPLY_BATCH):
        yield window.take(np.arange(start, min(start + APPLY_BATCH, len(rows))))


def _all(parts: Iterable[Arrays], name: str) -> Array:
    return np.concatenate([part[name] for part in parts])


def drawing(network: keras.Model, config: Experiment, learnt: Distribution) -> tuple[Draw, int]:
    """Tell how to draw from a trained network, and how many random numbers an event takes."""
    if isinstance(config.model, Flow):
        return flow.sampler(network, learnt.name), flow.latent_size(network, learnt.name)
    if isinstance(config.model, Adversarial):

        def draw(conditions: Arrays, latent: Array) -> Array:
            made: Array = network.predict_on_batch({**conditions, LATENT: latent})[learnt.name]
            return made

        return draw, int(network.input[LATENT].shape[1])
    msg = f"a model of kind {type(config.model).__name__} cannot be drawn from"
    raise TrainingError(msg)


def _drawn(
    draw: Draw, latent: int, learnt: Distribution, events: Iterable[Arrays], seed: int
) -> tuple[Array, list[Batch]]:
    """Draw an event under the conditions of each; return them and what each batch took.

    On CPUs these are of computing time, as of simulations: other jobs do not lengthen them.
    """
    clock = process_time if _device().startswith("cpu") else perf_counter
    made: list[Array] = []
    batches: list[Batch] = []
    for number, part in enumerate(events):
        count = len(part[learnt.name])
        conditions = {name: part[name] for name in learnt.conditions}
        normal = stream(seed, learnt.name, number).standard_normal((count, latent), np.float32)
        if number == 0 or count != APPLY_BATCH:
            draw(conditions, normal)  # the first call of a shape compiles
        begin = clock()
        made.append(np.asarray(draw(conditions, normal)))
        batches.append(Batch(count, clock() - begin))
    drawn = np.concatenate(made).reshape(-1, *learnt.entries[learnt.name].shape)
    return drawn, batches


def per_event(batches: Sequence[Batch]) -> tuple[float, float]:
    """Compute the seconds for an event, and their standard error from batch to batch.

    The ratio of two sums; of a single batch the error is not known, NaN.
    """
    events, seconds = (np.asarray(column, np.float64) for column in zip(*batches, strict=True))
    mean, number = seconds.sum() / events.sum(), len(batches)
    if number == 1:
        return float(mean), float("nan")
    squares = np.sum((seconds - mean * events) ** 2) * number / (number - 1)
    return float(mean), float(np.sqrt(squares) / events.sum())


def _device() -> str:
    """Name what is computed on: a GPU where there is one."""
    return str(keras.distribution.list_devices()[0])


def _log_density(
    network: keras.Model, config: Experiment, learnt: Distribution, events: Iterable[Arrays]
) -> Array | None:
    """Compute the density of events, per unit of before they were normalised."""
    if not isinstance(config.model, Flow) or learnt.variables is None:
        return None
    densities = np.concatenate([flow.log_densities(network, part) for part in events])
    return np.asarray(densities - learnt.log_scale)


def _kind(variables: Variables, values: Array, conditions: Mapping[str, Array]) -> Kind:
    return Kind(variables.physical(values, conditions), values)


def _conditions(
    dataset: Dataset, learnt: Distribution, split: Split, rows: NDArray[np.intp]
) -> dict[str, Array]:
    """Bring those conditions to physical units of which it is known how."""
    found: dict[str, Array] = {}
    for name in learnt.conditions:
        reading = variables_of(dataset, name, must_invert=False)
        values = reading.physical(_all(_inputs(dataset, split, learnt, rows), name))
        found |= {array: values[array] for array in values if array not in reading.unknown}
    return found


def _half_widths(dataset: Dataset) -> dict[str, Array]:
    """Find half the width of derived images of jets, from which their mass follows."""
    derived = hdf5.read_json(dataset.file, "config").get("derived", {})
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
