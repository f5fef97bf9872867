"""Weights of a saved network without importing Keras."""

import io
import zipfile

import h5py


def weights_of(path):
    """The bytes of all arrays in the weights file within a .keras archive."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()].tobytes()}) if isinstance(item, h5py.Dataset) else None
            )
        )
    assert found
    return found
