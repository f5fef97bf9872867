"""Checkpoints: one file from which a killed training goes on to the same weights.

It holds the network's variables and those of its optimizers, the best weights so far, sums of
weights over epochs where they are averaged, and the progress; it is replaced atomically after each
epoch, and belongs to one configuration and data set.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np

from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import Array
from footprint.training.learners import learners_of
from footprint.training.progress import Progress
from footprint.training.snapshots import Snapshots

KIND = "checkpoint"
GROUPS = ("network", "optimizer", "best", "sums")

log = logging.getLogger(__name__)


@dataclass
class Kept:
    """What a training keeps beside the variables of its network and optimizers.

    Attributes
    ----------
    best
        Weights of the best epoch.
    sums
        Trainable weights summed over epochs, empty where they are not averaged or not yet.
    progress
        Where the training stands.
    snapshots
        Those taken so far.
    """

    best: list[Array]
    sums: list[Array] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    snapshots: Snapshots = field(default_factory=Snapshots)


def save_checkpoint(path: Path, network: keras.Model, kept: Kept, fingerprint: str) -> None:
    """Write a checkpoint.

    Parameters
    ----------
    path
        The file.
    network
        Compiled and trained for some epochs.
    kept
        All else that the training goes on from.
    fingerprint
        Identifies configuration, data set and seed.
    """
    groups = {
        "network": values_of(network.variables),
        "optimizer": values_of(_optimizers(network)),
        "best": kept.best,
        "sums": kept.sums,
    }
    progress = json.dumps(asdict(kept.progress))
    with hdf5.created(path) as file:
        hdf5.stamp(file, KIND, fingerprint=fingerprint, progress=progress)
        for name, arrays in groups.items():
            group = file.create_group(name)
            for number, values in enumerate(arrays):
                checksum = {"fletcher32": True, "chunks": values.shape} if values.shape else {}
                group.create_dataset(f"{number:04d}", data=values, **checksum)
        kept.snapshots.write(file)


def load_checkpoint(path: Path, network: keras.Model, fingerprint: str) -> Kept | None:
    """Bring a network to where its training was interrupted.

    Returns
    -------
    Kept or None
        What was kept; None if there is no checkpoint of this training.
    """
    if not path.exists():
        return None
    try:
        with hdf5.opened(path, KIND) as file:
            if file.attrs["fingerprint"] != fingerprint:
                log.info("%s belongs to another configuration, data set or program: anew", path)
                return None
            arrays = {name: [data[()] for data in file[name].values()] for name in GROUPS}
            progress = Progress(**hdf5.read_json(file, "progress"))
            snapshots = Snapshots()
            snapshots.read(file, path)
    except FileFormatError as error:
        log.warning("%s; starting anew", error)
        return None
    for learner in learners_of(network):
        learner.optimizer.build(learner.variables)
    holders = {"network": network.variables, "optimizer": _optimizers(network)}
    for name, variables in holders.items():
        if [tuple(v.shape) for v in variables] != [values.shape for values in arrays[name]]:
            log.warning("%s holds a network of another shape: starting anew", path)
            return None
    for name, variables in holders.items():
        for variable, values in zip(variables, arrays[name], strict=True):
            variable.assign(values)
    return Kept(arrays["best"], arrays["sums"], progress, snapshots)


def _optimizers(network: keras.Model) -> list[keras.Variable]:
    """List the variables of all optimizers of a network."""
    return [v for learner in learners_of(network) for v in learner.optimizer.variables]


def values_of(variables: Sequence[keras.Variable]) -> list[Array]:
    """Copy variables into arrays, which share no memory with them on any backend."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
