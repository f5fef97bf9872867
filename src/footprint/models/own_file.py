"""The user's own network: a Python file with a function ``build``."""

import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import keras

from footprint.config.networks import OwnFile
from footprint.errors import TrainingError


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
    config: OwnFile, inputs: Mapping[str, tuple[int, ...]], units: int, activation: str
) -> keras.Model:
    """Build the network that the file describes.

    Its function must read ``build(inputs, outputs, activation, **options)`` and return a Keras
    model that takes a dictionary of the inputs and returns (n, outputs).

    Raises
    ------
    TrainingError
        The file has no ``build``, its model has other inputs or outputs than needed, or could
        not be loaded again after the training.
    """
    make = getattr(imported(config), "build", None)
    if make is None:
        msg = f"{config.file} defines no function build(inputs, outputs, activation, **options)"
        raise TrainingError(msg)
    network: keras.Model = make(dict(inputs), units, activation, **config.options)
    taken = {tensor.name: tuple(tensor.shape[1:]) for tensor in network.inputs}
    if taken != dict(inputs):
        msg = (
            f"build in {config.file} takes inputs {taken}, expected {dict(inputs)}: make one "
            f"keras.Input(shape, name=name) for each entry of inputs"
        )
        raise TrainingError(msg)
    if tuple(network.output_shape) != (None, units):
        msg = f"build in {config.file} returns outputs {network.output_shape}, "
        raise TrainingError(msg + f"expected (None, {units})")
    _check_loadable(config, network)
    return network


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
