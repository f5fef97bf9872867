"""The user's own network: a Python file with a function ``build``."""

from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import keras

from footprint.config.networks import OwnFile
from footprint.errors import TrainingError


def load(
    config: OwnFile, inputs: Mapping[str, tuple[int, ...]], units: int, activation: str
) -> keras.Model:
    """Build the network that the file describes.

    Its function must read ``build(inputs, outputs, activation, **options)`` and return a Keras
    model that takes a dictionary of the inputs and returns (n, outputs).

    Raises
    ------
    TrainingError
        The file has no ``build``, or its model has other inputs or outputs than needed.
    """
    path = Path(config.file)
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        msg = f"{path} is not a Python file: expected one that defines build(...)"
        raise TrainingError(msg)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    build = getattr(module, "build", None)
    if build is None:
        msg = f"{path} defines no function build(inputs, outputs, activation, **options)"
        raise TrainingError(msg)
    network: keras.Model = build(dict(inputs), units, activation, **config.options)
    if tuple(network.output_shape) != (None, units):
        msg = f"build in {path} returns outputs {network.output_shape}, expected (None, {units})"
        raise TrainingError(msg)
    return network
