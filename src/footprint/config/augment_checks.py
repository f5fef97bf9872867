"""Checks of the changes to training events that need the data set they are done to."""

import numpy as np

from footprint.config.augment import ImageAugment, StationAugment
from footprint.config.base import known
from footprint.config.checks import fitting_targets
from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.config.formulas import evaluate
from footprint.config.inputs import Channel, Input


def check_augment(name: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse names that do not exist, and inputs and targets that cannot be changed as asked.

    Raises
    ------
    ValueError
        With the path of the key.
    """
    augment = experiment.training.augment
    where = f"experiments.{name}.training.augment"
    if isinstance(augment, StationAugment):
        _check_stations(where, augment, experiment, dataset)
    elif augment is not None:
        _check_images(where, augment, experiment, dataset)


def check_moves(where: str, config: ImageAugment, target: str, task: str) -> None:
    """Refuse moves that a target would have to follow.

    Raises
    ------
    ValueError
        A flip with a direction or position, or a shift with a position.
    """
    keys = {"direction": ("flip",), "position": ("flip", "shift", "crop")}.get(task, ())
    for key in keys:
        if getattr(config, key) is not None:
            msg = (
                f"{where}.{key}: target '{target}' is a {task}, which would have to move with the "
                f"images: leave {key} out, or take method: stations if stations measured them"
            )
            raise ValueError(msg)


def empty_value(where: str, channel: Channel) -> float:
    """Tell what a channel's transform makes of 0.

    Raises
    ------
    ValueError
        Nothing finite, or not the same in all pixels.
    """
    transform = channel.transform
    if channel.relative_to is not None:
        msg = (
            f"{where}: an empty pixel of channel '{channel.array}' has no value, which is relative "
            f"to '{channel.relative_to}': take padding: missing or reflect"
        )
        raise ValueError(msg)
    if transform is None:
        return 0.0
    value = float(evaluate(transform, {"x": np.zeros(())}))
    if not np.isfinite(value):
        msg = (
            f"{where}: an empty pixel of channel '{channel.array}' would be {value} after "
            f"{transform}: "
            f"take padding: missing or reflect, or a transform such as log10(1 + x)"
        )
        raise ValueError(msg)
    return value


def _check_stations(
    where: str, augment: StationAugment, experiment: Experiment, dataset: Dataset
) -> None:
    for name in augment.unchanged:
        known(f"{where}.unchanged", name, [*dataset.inputs, *dataset.targets])
    for name in experiment.inputs or dataset.inputs:
        if name in augment.unchanged:
            continue
        if dataset.inputs[name].whiten is not None:
            msg = f"{where}: input '{name}' is whitened, its values cannot move: leave out whiten"
            raise ValueError(msg)
        for channel in dataset.inputs[name].channels:
            if channel.per == "pixel" and channel.normalise != "none":
                msg = (
                    f"{where}: channel '{channel.array}' of input '{name}' is "
                    f"normalised pixel by pixel, its values cannot move: set per: channel"
                )
                raise ValueError(msg)


def _check_images(
    where: str, augment: ImageAugment, experiment: Experiment, dataset: Dataset
) -> None:
    for name in augment.inputs or ():
        known(f"{where}.inputs", name, experiment.inputs or list(dataset.inputs))
        for channel in emptied(augment, dataset.inputs[name]):
            empty_value(f"{where}, input '{name}'", channel)
    single = experiment.target or next(iter(fitting_targets(experiment, dataset)), None)
    learnt = list(experiment.targets or [single])
    for target in learnt:
        if target in dataset.targets:
            check_moves(where, augment, str(target), dataset.targets[target].task)


def emptied(augment: ImageAugment, config: Input) -> list[Channel]:
    """List the channels whose pixels may become empty of value 0."""
    edges = augment.shift is not None or augment.crop is not None
    if not (augment.cut_out or (edges and augment.padding != "reflect")):
        return []
    masked = any(channel.mask for channel in config.channels)
    zero = augment.padding == "zero" or (augment.padding != "missing" and not masked)
    return list(config.channels) if zero else []
