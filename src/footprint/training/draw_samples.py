"""Draw from a trained network under the conditions of the test events."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files import hdf5
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.samples import Kind, Samples, write_samples
from footprint.models import flow
from footprint.models.adversarial import LATENT
from footprint.training.distributions import Distribution, distribution_of, learnt_rows
from footprint.training.drawing import Batch, device, drawing, drawn, per_event
from footprint.training.feeding import APPLY_BATCH, Arrays, Rows
from footprint.training.sample_snapshots import drawn_at_snapshots
from footprint.training.variables import Variables, variables_of

MOST_EVENTS = 20_000
"""Test events, and training events beside them, of which samples are kept."""
OF_SNAPSHOTS = 8
"""Events that are drawn with the weights of each snapshot."""
FEWEST, AGAIN = 10, 0.5
"""Batches are timed again until there are so many, or they took so many seconds."""


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
    variables = _drawable(learnt, config, method)
    _check_conditions(network, learnt, dataset)
    test, training = (_looked_at(dataset, split, learnt) for split in ("test", "train"))
    training = training.first(len(test.rows))
    draw, latent = drawing(network, config, learnt)

    def draw_for(events: Events) -> tuple[Array, list[Batch]]:
        return drawn(draw, latent, learnt, events.parts(), seed)

    generated, seconds, seconds_error = _timed(draw_for, test)
    few = test.first(OF_SNAPSHOTS)
    made = drawn_at_snapshots(network, snapshots, lambda: draw_for(few)[0]) if snapshots else {}
    conditions = test.conditions()
    samples = Samples(
        method=method,
        seed=seed,
        task="density" if config.task == "density" else "generation",
        variables=variables.name,
        channels=variables.channels,
        event_id=test.event_id(),
        real=test.kind(variables, conditions),
        generated=_kind(variables, variables.snapped(generated), conditions),
        training=training.kind(variables, training.conditions() if variables.relative_to else {}),
        training_event_id=training.event_id(),
        specs=_specs(dataset, [variables.name, *learnt.conditions]),
        conditions=conditions,
        spectators=test.spectators(),
        constants={**dataset.constants, **_half_widths(dataset)},
        seconds_per_event=seconds,
        seconds_per_event_error=seconds_error,
        device=_computed_on(),
        config=config.model_dump_json(),
        snapshot_epoch=tuple(made),
        snapshots=_stacked(
            variables.physical(variables.snapped(values), _first(conditions, len(few.rows)))
            for values in made.values()
        ),
        log_density=_log_density(network, config, learnt, test.parts()),
        weight=test.weight(),
        training_weight=training.weight(),
    )
    write_samples(path, samples)


@dataclass(frozen=True)
class Events:
    """Events of a split that are looked at, in the order of the split."""

    dataset: Dataset
    split: Split
    learnt: Distribution
    rows: NDArray[np.intp]

    def first(self, most: int) -> "Events":
        """Keep the first ones, so many at most."""
        return replace(self, rows=self.rows[:most])

    def parts(self) -> Iterator[Arrays]:
        """Read conditions and variables, so many events at once."""
        names, count = [*self.learnt.conditions, self.learnt.name], len(self.rows)
        window = Rows(self.dataset, self.split, names, APPLY_BATCH, count, self.rows)
        for start in range(0, count, APPLY_BATCH):
            yield window.take(np.arange(start, min(start + APPLY_BATCH, count)))

    def values(self, name: str) -> Array:
        """Read one of their arrays, shape (events, ...)."""
        return np.concatenate([part[name] for part in self.parts()])

    def kind(self, variables: Variables, conditions: Mapping[str, Array]) -> Kind:
        """Read the variables, in physical units and as a network sees them."""
        return _kind(variables, self.values(variables.name), conditions)

    def conditions(self) -> dict[str, Array]:
        """Read the conditions, in physical units where it is known how."""
        found: dict[str, Array] = {}
        for name in self.learnt.conditions:
            reading = variables_of(self.dataset, name, must_invert=False)
            values = reading.physical(self.values(name))
            found |= {array: values[array] for array in values if array not in reading.unknown}
        return found

    def event_id(self) -> Array:
        """Read their numbers."""
        return self.dataset.event_id(self.split)[self.rows]

    def spectators(self) -> dict[str, Array]:
        """Read what the network does not see."""
        every = self.dataset.spectators(self.split)
        return {name: values[self.rows] for name, values in every.items()}

    def weight(self) -> Array | None:
        """Read how much each counts; None where all count alike."""
        weights = self.dataset.weights(self.split)
        return None if weights is None else weights[self.rows]


def _looked_at(dataset: Dataset, split: Split, learnt: Distribution) -> Events:
    """Choose the first events of a split that are of the class that is learnt from."""
    chosen = learnt_rows(dataset, split, learnt.learn_from)
    rows = np.arange(dataset.length(split)) if chosen is None else chosen
    return Events(dataset, split, learnt, rows).first(MOST_EVENTS)


def _drawable(learnt: Distribution, config: Experiment, method: str) -> Variables:
    if learnt.variables is None or config.task not in {"generation", "density"}:
        msg = f"experiment '{method}' has no variables to be drawn: expected task generation"
        raise TrainingError(msg)
    return learnt.variables


def _timed(
    draw_for: Callable[[Events], tuple[Array, list[Batch]]], events: Events
) -> tuple[Array, float, float]:
    """Draw an event for each; return them, the seconds for one and their standard error."""
    made, batches = draw_for(events)
    while len(batches) < FEWEST and sum(batch.seconds for batch in batches) < AGAIN:
        batches += draw_for(events.first(APPLY_BATCH))[1]
    return made, *per_event(batches)


def _first(arrays: Mapping[str, Array], events: int) -> dict[str, Array]:
    return {name: values[:events] for name, values in arrays.items()}


def _stacked(parts: Iterable[Mapping[str, Array]]) -> dict[str, Array]:
    """Stack arrays of the same names, shape (parts, ...)."""
    every = list(parts)
    return {name: np.stack([part[name] for part in every]) for name in (every[0] if every else ())}


def _computed_on() -> str:
    threads = os.environ.get("OMP_NUM_THREADS")
    return f"{device()}, {threads} thread(s), {keras.backend.backend()}"


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
