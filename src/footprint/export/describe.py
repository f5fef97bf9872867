"""Find out from a data set what an exported network must say of itself."""

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from footprint.config.datasets import Dataset as DatasetConfig
from footprint.config.experiments import Experiment
from footprint.export.description import ArrayIn, Domain, Origin, Spectator, TargetOut
from footprint.files.datasets import Dataset
from footprint.files.domain import LEVELS, Range, read_domain
from footprint.files.hdf5 import Array
from footprint.files.provenance import software
from footprint.training.distributions import learnt_rows
from footprint.training.goals import Goal

PREDICTED = "predicted_"
"""How the name of an output begins that would otherwise be that of an input."""


def used_config(dataset: Dataset, names: Sequence[str]) -> DatasetConfig:
    """Take what some inputs need of a data set's configuration: no targets, nothing beside."""
    config = DatasetConfig.model_validate_json(str(dataset.file.attrs["config"]))
    inputs = {name: config.inputs[name] for name in names}
    bare = DatasetConfig(samples=config.samples, inputs=inputs, selection=config.selection)
    asked = bare.asked()
    made = config.derived_arrays()
    needed = {made[array] for array in asked if array in made}
    derived = {name: config.derived[name] for name in config.derived if name in needed}
    return bare.model_copy(update={"derived": derived})


def arrays_in(dataset: Dataset, config: DatasetConfig, names: Sequence[str]) -> list[ArrayIn]:
    """Describe the arrays that some inputs are made of, each once, in the order of the inputs."""
    found: dict[str, ArrayIn] = {}
    for name in names:
        for channel in config.inputs[name].channels:
            found |= {array: array_of(dataset, name, array) for array in channel.arrays()}
    return list(found.values())


def array_of(dataset: Dataset, name: str, array: str) -> ArrayIn:
    """Describe an array that an input is made of."""
    spec, seen = read_domain(dataset.file, dataset.path, array)
    return ArrayIn(
        name=array,
        shape=dataset.array("train", "inputs", name).shape[1:-1],
        units=spec.units,
        description=spec.description,
        domain=Domain.of(seen),
    )


def free(name: str, prefix: str, taken: Collection[str]) -> str:
    """Name a tensor; one whose name is taken gets a prefix."""
    return f"{prefix}{name}" if name in taken else name


def targets_out(dataset: Dataset, goals: Sequence[Goal], taken: Sequence[str]) -> list[TargetOut]:
    """Describe the targets; one that is called like an input gets another name as a tensor.

    The uncertainty of a target that is predicted with one follows it, as ``<its tensor>_sigma``.
    """
    found: list[TargetOut] = []
    for goal in goals:
        spec = dataset.spec("targets", goal.name)
        truth = dataset.array("train", "targets", goal.name)
        classes = goal.classes
        found.append(
            TargetOut(
                name=free(goal.name, PREDICTED, taken),
                target=goal.name,
                shape=(len(classes),) if classes else truth.shape[1:],
                units="" if classes else spec.units,
                description=f"probabilities of {', '.join(classes)}"
                if classes
                else spec.description,
                task=goal.task,
                classes=classes,
                domain=None if classes else domain_of(truth[:]),
            )
        )
        if goal.uncertain:
            others = {*taken, *(other.name for other in goals)}
            found.append(_uncertainty_of(found[-1], others))
    return found


def _uncertainty_of(value: TargetOut, taken: Collection[str]) -> TargetOut:
    """Describe the uncertainty that is predicted beside a value."""
    name = f"{value.name}_sigma"
    return value.model_copy(
        update={
            "name": free(name, PREDICTED, taken),
            "description": f"predicted uncertainty, half of the central 68 %: {value.description}",
            "domain": None,
            "uncertainty": True,
        }
    )


def spectators(dataset: Dataset) -> list[Spectator]:
    """Describe the spectators, under whose conditions the network has learnt."""
    return [
        Spectator(
            name=name,
            units=spec.units,
            description=spec.description,
            domain=domain_of(dataset.array("train", "spectators", name)[:]),
        )
        for name in dataset.names("spectators")
        for spec in [dataset.spec("spectators", name)]
    ]


def domain_of(values: Array) -> Domain:
    """Find where values lie."""
    return Domain.of(_range(values))


def _range(values: Array) -> Range:
    wide = values.astype(np.float64)
    there = wide[~np.isnan(wide)]
    if not there.size:
        return Range(np.nan, np.nan, (np.nan,) * len(LEVELS), 1.0)
    quantiles = tuple(float(value) for value in np.quantile(there, LEVELS))
    return Range(float(there.min()), float(there.max()), quantiles, 1 - there.size / wide.size)


def origin_of(model: Path, dataset: Dataset, config: Experiment) -> Origin:
    """Say where a network comes from."""
    chosen = learnt_rows(dataset, "train", config.learn_from)
    events = dataset.length("train") if chosen is None else len(chosen)
    return Origin(
        software=json.loads(software()),
        model_sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        dataset_digest=str(dataset.file.attrs["digest"]),
        training_events=min(events, config.training.events or events),
    )
