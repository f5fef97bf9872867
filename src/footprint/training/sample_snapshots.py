"""What a generator made after some epochs of its training, always from the same random numbers."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from footprint.files.hdf5 import Array
from footprint.training.snapshots import load_snapshots


def drawn_at_snapshots(
    network: keras.Model, snapshots: Path, draw: Callable[[], Array]
) -> dict[int, Array]:
    """Draw with the weights of each snapshot, and at last with those of the trained network.

    Parameters
    ----------
    network
        The trained network; it has its own weights again afterwards.
    snapshots
        File of its snapshots.
    draw
        Draws with the weights that the network has, from the same random numbers.

    Returns
    -------
    dict of int to ndarray
        What was drawn by epoch; the last is the epoch that the trained network was kept of.

    Raises
    ------
    FileFormatError
        Not such a file, or of another network.
    """
    weights, kept_epoch = load_snapshots(snapshots, network)
    own = [np.array(values) for values in network.get_weights()]
    found: dict[int, Array] = {}
    for epoch, values in weights.items():
        network.set_weights(values)
        found[epoch] = draw()
    network.set_weights(own)
    # The average of the last epochs is no snapshot of one of them.
    found.pop(kept_epoch, None)
    return found | {kept_epoch: draw()}
