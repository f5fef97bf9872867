"""Apply the snapshots of a training over a grid of the network's one or two input values."""

import logging
import re
from pathlib import Path

import keras
import numpy as np

from footprint.config.experiments import Experiment
from footprint.files.datasets import MASK, Dataset
from footprint.files.hdf5 import Array
from footprint.files.snapshots import SnapshotPredictions, write_snapshot_predictions
from footprint.training.distributions import learns_distribution
from footprint.training.feeding import APPLY_BATCH
from footprint.training.goals import goals_of
from footprint.training.snapshots import load_snapshots

POINTS_ON_LINE = 401
POINTS_ON_SIDE = 61
"""Of the grid, for one and for two input values."""
MARGIN = 0.05
"""Part of the range of the training events by which the grid reaches beyond it on each side."""
MOST_POINTS = 1000
"""Validation events that are looked at: the first ones, which are a random choice."""

log = logging.getLogger(__name__)


def input_of_few_values(dataset: Dataset, names: list[str]) -> str | None:
    """Name the input if it is a single one of one or two values an event, without masks."""
    if len(names) != 1:
        return None
    name = names[0]
    shape = dataset.array("train", "inputs", name).shape[1:]
    masked = any(channel.startswith(MASK) for channel in dataset.channels(name))
    return None if masked or shape not in {(1,), (2,)} else name


def grid_over(values: Array) -> Array:
    """Lay a grid over values and somewhat beyond: shape (n, d) gives (m, d), d being 1 or 2."""
    low, high = values.min(axis=0), values.max(axis=0)
    edge = MARGIN * (high - low)
    points = POINTS_ON_LINE if values.shape[1] == 1 else POINTS_ON_SIDE
    sides = [np.linspace(*ends, points) for ends in zip(low - edge, high + edge, strict=True)]
    axes = np.meshgrid(*sides, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=-1)


def save_snapshot_predictions(
    folder: Path,
    network: keras.Model,
    snapshots: Path,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
) -> None:
    """Write what the snapshots say, if their network has one or two input values.

    Parameters
    ----------
    folder
        Where ``<target>.h5`` goes for each target that is a value or has classes.
    network, snapshots, dataset
        The trained network, the file of its snapshots, and what it was trained on.
    method, config, seed
        Name and configuration of the experiment, and the seed of the training.
    """
    name = input_of_few_values(dataset, config.inputs or dataset.names("inputs"))
    if name is None or learns_distribution(config):
        log.info("snapshots are drawn of networks that answer to one or two input values alone")
        return
    rows = slice(MOST_POINTS)
    points = dataset.inputs("validation", [name], rows)[name]
    scale = dataset.normalisation(name)
    # Along the values themselves: whitened ones are turned against them.
    learnt = dataset.inputs("train", [name], slice(None))[name].astype(np.float64)
    grid = grid_over(scale.invert(learnt))
    asked = np.concatenate([scale.apply(grid), points])
    epochs, outputs = _at_each(network, snapshots, name, asked)
    weight = dataset.weights("validation", rows)
    for goal in goals_of(dataset, config):
        if goal.task not in {"classification", "regression"}:
            continue
        truth = dataset.target("validation", goal.name, rows)
        decoded = np.stack(
            [goal.decode(output[goal.name], (len(output[goal.name]),)) for output in outputs]
        )
        found = SnapshotPredictions(
            method=method,
            seed=seed,
            task=goal.task,
            target=dataset.spec("targets", goal.name),
            classes=goal.classes,
            axes=_axes(dataset, name),
            grid=grid,
            points=scale.invert(points.astype(np.float64)),
            truth=truth,
            epoch=np.asarray(epochs, np.int32),
            grid_prediction=decoded[:, : len(grid)],
            point_prediction=decoded[:, len(grid) :],
            weight=weight,
        )
        write_snapshot_predictions(folder / f"{goal.name}.h5", found)


def _at_each(
    network: keras.Model, path: Path, name: str, values: Array
) -> tuple[list[int], list[dict[str, Array]]]:
    """Apply the network as it was after each snapshot, and at last as it is."""
    weights, kept_epoch = load_snapshots(path, network)
    trained = network.get_weights()
    outputs = []
    for state in (*weights.values(), trained):
        network.set_weights(state)
        parts = [
            network.predict_on_batch({name: values[start : start + APPLY_BATCH].astype(np.float32)})
            for start in range(0, len(values), APPLY_BATCH)
        ]
        outputs.append({key: np.concatenate([part[key] for part in parts]) for key in parts[0]})
    return [*weights, kept_epoch], outputs


def _axes(dataset: Dataset, name: str) -> tuple[tuple[str, str], ...]:
    """Label and unit of each input value; a transformed one is labelled by its formula."""
    return tuple(
        (re.sub(r"\bx\b", axis.name, axis.description) or axis.name, axis.units)
        for axis in dataset.axes(name)
    )
