"""Find out from a data set what an exported network must say of itself."""

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from footprint.config.datasets import Dataset as DatasetConfig
from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.export.description import ArrayIn, Domain, Origin, Spectator, TargetOut
from footprint.files.datasets import Dataset
from footprint.files.domain import LEVELS, Range, read_domain
from footprint.files.hdf5 import Array
from footprint.files.provenance import software
from footprint.training.goals import Goal


def used_config(dataset: Dataset, names: Sequence[str]) -> DatasetConfig:
    """Take what some inputs need of a data set's configuration: no targets, nothing beside.

    Raises
    ------
    TrainingError
        A channel is relative to another array, which exported networks do not subtract.
    """
    config = DatasetConfig.model_validate_json(str(dataset.file.attrs["config"]))
    inputs = {name: config.inputs[name] for name in names}
    for name, entry in inputs.items():
        for channel in entry.channels:
            if channel.relative_to is not None:
                msg = (
                    f"channel '{channel.array}' of input '{name}' in {dataset.path} is relative_to "
                    f"'{channel.relative_to}', which an exported network does not subtract: leave "
                    f"export out, or derive the difference by a formula and name that as array"
                )
                raise TrainingError(msg)
    bare = DatasetConfig(samples=config.samples, inputs=inputs, selection=config.selection)
    asked = bare.asked()
    made = config.derived_arrays()
    needed = {made[array] for array in asked if array in made}
    derived = {name: config.derived[name] for name in config.derived if name in needed}
    return bare.model_copy(update={"derived": derived})


def arrays_in(dataset: Dataset, config: DatasetConfig) -> list[ArrayIn]:
    """Describe the arrays that inputs are made of, each once, in the order of the inputs."""
    found: dict[str, ArrayIn] = {}
    for name, entry in config.inputs.items():
        shape = dataset.array("train", "inputs", name).shape[1:-1]
        for channel in entry.channels:
            spec, seen = read_domain(dataset.file, dataset.path, channel.array)
            found[channel.array] = ArrayIn(
                name=channel.array,
                shape=shape,
                units=spec.units,
                description=spec.description,
                domain=Domain.of(seen),
            )
    return list(found.values())


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
                name=f"predicted_{goal.name}" if goal.name in taken else goal.name,
                target=goal.name,
                shape=(len(classes),) if classes else truth.shape[1:],
                units="" if classes else spec.units,
                description=f"probabilities of {', '.join(classes)}"
                if classes
                else spec.description,
                task=goal.task,
                classes=classes,
                domain=None if classes else Domain.of(_range(truth[:])),
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
            "name": f"predicted_{name}" if name in taken else name,
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
            domain=Domain.of(_range(dataset.array("train", "spectators", name)[:])),
        )
        for name in dataset.names("spectators")
        for spec in [dataset.spec("spectators", name)]
    ]


def _range(values: Array) -> Range:
    wide = values.astype(np.float64)
    there = wide[~np.isnan(wide)]
    if not there.size:
        return Range(np.nan, np.nan, (np.nan,) * len(LEVELS), 1.0)
    quantiles = tuple(float(value) for value in np.quantile(there, LEVELS))
    return Range(float(there.min()), float(there.max()), quantiles, 1 - there.size / wide.size)


def origin_of(model: Path, dataset: Dataset, config: Experiment) -> Origin:
    """Say where a network comes from."""
    events = dataset.length("train")
    return Origin(
        software=json.loads(software()),
        model_sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        dataset_digest=str(dataset.file.attrs["digest"]),
        training_events=min(events, config.training.events or events),
    )
