"""A list of Keras layers from the configuration, read from top to bottom."""

from collections.abc import Iterator
from typing import Any

import keras

from footprint.config.keras_layers import layer_arguments, parse_layer
from footprint.config.networks import Layers
from footprint.errors import TrainingError


def stack(
    tensors: dict[str, keras.KerasTensor],
    config: Layers,
    units: int,
    activation: str,
    seeds: Iterator[int],
) -> keras.KerasTensor:
    """Apply the layers one after the other; add the output layer unless the list ends with it.

    Raises
    ------
    TrainingError
        Several inputs, a layer that does not fit its place, or an output of another size.
    """
    if len(tensors) != 1:
        msg = (
            f"a list of layers takes one input, found {sorted(tensors)}: choose one with "
            f"inputs: [...] in the experiment"
        )
        raise TrainingError(msg)
    x = next(iter(tensors.values()))
    for position, entry in enumerate(config.layers):
        name, arguments = parse_layer(entry)
        x = _applied(x, position, name, arguments, seeds)
    if not ends_with_output(config, units, activation):
        x = _output(x, config, units, activation)
    if tuple(x.shape[1:]) != (units,):
        msg = (
            f"the list of layers returns {tuple(x.shape[1:])} per event, expected ({units},): "
            f"add Flatten or a global pooling before the dense layers"
        )
        raise TrainingError(msg)
    return x


def _output(x: keras.KerasTensor, config: Layers, units: int, activation: str) -> keras.KerasTensor:
    output = keras.layers.Dense(units, activation=activation, dtype="float32", name="output")
    return _checked(x, output, len(config.layers))


def ends_with_output(config: Layers, units: int, activation: str) -> bool:
    """Tell whether the last layer is the output layer already.

    Raises
    ------
    TrainingError
        The last layer is a softmax over another number of classes.
    """
    name, arguments = parse_layer(config.layers[-1])
    own = arguments.get("activation") or "linear"
    if name != "Dense" or own != activation:
        return False
    if arguments.get("units") != units and activation == "softmax":
        msg = (
            f"the last layer is a softmax over {arguments.get('units')} classes, the target has "
            f"{units}: set units: {units}, or leave the output layer out"
        )
        raise TrainingError(msg)
    return bool(arguments.get("units") == units)


def _applied(
    x: keras.KerasTensor,
    position: int,
    name: str,
    arguments: dict[str, Any],
    seeds: Iterator[int],
) -> keras.KerasTensor:
    if "seed" in layer_arguments(name) and "seed" not in arguments:
        arguments = {**arguments, "seed": next(seeds)}
    try:
        layer = getattr(keras.layers, name)(**arguments)
    except (TypeError, ValueError) as error:
        msg = f"layers[{position}] {name} cannot be made with {arguments}: {error}"
        raise TrainingError(msg) from error
    return _checked(x, layer, position)


def _checked(x: keras.KerasTensor, layer: keras.Layer, position: int) -> keras.KerasTensor:
    try:
        return layer(x)
    except (ValueError, TypeError) as error:
        msg = (
            f"layers[{position}] {type(layer).__name__} cannot follow a layer that returns "
            f"{tuple(x.shape[1:])} per event: {error}"
        )
        raise TrainingError(msg) from error
