"""Snapshots: weights of a network after chosen epochs of its training.

While the training runs they go into its checkpoint, so that a killed one keeps them; at its end
into a file of their own, a group of arrays for each epoch. Root attribute ``kept_epoch``: the
epoch whose weights the trained network has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import keras
import numpy as np

from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import Array

KIND = "snapshots"
GROUP = "snapshots"


@dataclass
class Snapshots:
    """Weights after some epochs.

    Attributes
    ----------
    asked
        Epochs, counted from 1, after which the weights are kept.
    weights
        Those kept so far, by epoch.
    """

    asked: frozenset[int] = frozenset()
    weights: dict[int, list[Array]] = field(default_factory=dict)

    def take(self, epoch: int, network: keras.Model) -> None:
        """Keep a network's weights if its epoch was asked for."""
        if epoch in self.asked:
            self.weights[epoch] = [np.array(values) for values in network.get_weights()]

    def write(self, file: h5py.File) -> None:
        """Store all that were taken."""
        parent = file.create_group(GROUP)
        for epoch, arrays in self.weights.items():
            group = parent.create_group(f"{epoch:06d}")
            for number, values in enumerate(arrays):
                checksum = {"fletcher32": True, "chunks": values.shape} if values.shape else {}
                group.create_dataset(f"{number:04d}", data=values, **checksum)

    def read(self, file: h5py.File, path: Path) -> None:
        """Take those of a file instead of one's own."""
        stored = hdf5.member(file, GROUP, path)
        self.weights = {
            int(name): [data[()] for data in group.values()] for name, group in stored.items()
        }


def save_snapshots(path: Path, snapshots: Snapshots, kept_epoch: int) -> None:
    """Write the snapshots of a finished training, whole or not at all."""
    with hdf5.created(path) as file:
        hdf5.stamp(file, KIND, kept_epoch=kept_epoch)
        snapshots.write(file)


def load_snapshots(path: Path, network: keras.Model) -> tuple[Mapping[int, list[Array]], int]:
    """Read the snapshots of a training.

    Parameters
    ----------
    path
        The file.
    network
        The trained network, which the weights must fit.

    Returns
    -------
    tuple of mapping and int
        Weights by epoch in rising order, and the epoch that the trained network stands for.

    Raises
    ------
    FileFormatError
        Not such a file, or of another network.
    """
    found = Snapshots()
    with hdf5.opened(path, KIND) as file:
        found.read(file, path)
        kept_epoch = hdf5.whole(file, "kept_epoch")
    expected = [tuple(values.shape) for values in network.get_weights()]
    for epoch, arrays in found.weights.items():
        shapes = [values.shape for values in arrays]
        if shapes != expected:
            msg = (
                f"{path} holds weights of shapes {shapes} after epoch {epoch}, the network has "
                f"{expected}: they are of another training, train again"
            )
            raise FileFormatError(msg)
    return found.weights, kept_epoch
