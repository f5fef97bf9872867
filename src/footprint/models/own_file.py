"""The user's own network: a Python file with a function ``build``."""

import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import keras

from footprint.config.networks import OwnFile
from footprint.errors import TrainingError
from footprint.models.outputs import Entry, Output


def imported(config: OwnFile) -> ModuleType:
    """Run the file, so that its layers are known and its neighbours can be imported.

    Raises
    ------
    TrainingError
        It is no Python file, or cannot be imported.
    """
    path = Path(config.file)
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        msg = f"{path} is not a Python file: expected one that defines build(...)"
        raise TrainingError(msg)
    module = module_from_spec(spec)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        msg = f"{path} cannot be imported: {error}"
        raise TrainingError(msg) from error
    finally:
        sys.path.pop(0)
    return module


def build(
    config: OwnFile, inputs: Mapping[str, Entry], outputs: Mapping[str, Output]
) -> keras.Model:
    """Build the network that the file describes.

    Its function must read ``build(inputs, outputs, **options)``. ``inputs`` are the shapes of one
    event by name, ``outputs`` the pair (units, activation) for each target. It returns a Keras
    model from a dictionary of the inputs to a dictionary of (n, units), or for one target to the
    tensor alone.

    Raises
    ------
    TrainingError
        The file has no ``build``, its model has other inputs or outputs than needed, or could
        not be loaded again after the training.
    """
    make = getattr(imported(config), "build", None)
    if make is None:
        msg = f"{config.file} defines no function build(inputs, outputs, **options)"
        raise TrainingError(msg)
    shapes = {name: entry.shape for name, entry in inputs.items()}
    pairs = {name: (output.units, output.activation) for name, output in outputs.items()}
    network: keras.Model = make(shapes, pairs, **config.options)
    taken = {tensor.name: tuple(tensor.shape[1:]) for tensor in network.inputs}
    if taken != shapes:
        msg = (
            f"build in {config.file} takes inputs {taken}, expected {shapes}: make one "
            f"keras.Input(shape, name=name) for each entry of inputs"
        )
        raise TrainingError(msg)
    if not isinstance(network.output, dict) and len(outputs) == 1:
        network = keras.Model(network.input, {next(iter(outputs)): network.output})
    found = _shapes(network.output)
    expected = {name: (None, output.units) for name, output in outputs.items()}
    if found != expected:
        msg = f"build in {config.file} returns outputs {found}, expected {expected}"
        raise TrainingError(msg)
    _check_loadable(config, network)
    return network


def _shapes(output: Any) -> Any:
    if isinstance(output, dict):
        return {name: tuple(tensor.shape) for name, tensor in output.items()}
    return [tuple(tensor.shape) for tensor in output] if isinstance(output, list) else output.shape


def _check_loadable(config: OwnFile, network: keras.Model) -> None:
    """Save and load once before hours of training go into a network that cannot be loaded."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trial.keras"
        try:
            network.save(path)
            keras.saving.load_model(path, compile=False, safe_mode=True)
        except (ValueError, TypeError, OSError) as error:
            msg = (
                f"the network of {config.file} cannot be saved and loaded again: {error}. Mark "
                f"own layers with @keras.saving.register_keras_serializable() and give them "
                f"get_config()"
            )
            raise TrainingError(msg) from error
