"""What a generator made after some epochs of its training, always from the same random numbers."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from footprint.files.hdf5 import Array
from footprint.training.snapshots import load_snapshots


def drawn_at_snapshots(
    generator: keras.Model, snapshots: Path, name: str, asked: Mapping[str, Array]
) -> dict[int, Array]:
    """Generate a few events with the weights of each snapshot.

    Parameters
    ----------
    generator
        The trained generator; it has its own weights again afterwards.
    snapshots
        File of its snapshots.
    name
        Of the variables that are generated.
    asked
        Conditions and ``latent`` by name, shapes (n, ...).

    Returns
    -------
    dict of int to ndarray, shapes (n, ...)
        By epoch, variables as a network sees them.

    Raises
    ------
    FileFormatError
        Not such a file, or of another generator.
    """
    weights, _ = load_snapshots(snapshots, generator)
    own = [np.array(values) for values in generator.get_weights()]
    found: dict[int, Array] = {}
    for epoch, values in weights.items():
        generator.set_weights(values)
        found[epoch] = np.asarray(generator.predict_on_batch(dict(asked))[name])
    generator.set_weights(own)
    return found
