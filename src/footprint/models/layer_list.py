"""A list of Keras layers from the configuration, read from top to bottom."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.keras_layers import layer_arguments, parse_layer, parse_part
from footprint.config.networks import Layers
from footprint.errors import TrainingError
from footprint.models.outputs import Output, output_layer
from footprint.models.said import in_one_line


def stack(
    tensors: dict[str, keras.KerasTensor],
    config: Layers,
    outputs: Mapping[str, Output],
    seeds: Iterator[int],
) -> dict[str, keras.KerasTensor]:
    """Apply the layers one after the other; add output layers unless the list ends with one.

    Returns
    -------
    dict of str to KerasTensor
        Shape (n, units) for each target.

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
    own = len(outputs) == 1 and ends_with_output(config, next(iter(outputs.values())))
    results = {
        name: x if own else _checked(x, output_layer(name, output), len(config.layers))
        for name, output in outputs.items()
    }
    for name, output in outputs.items():
        found = tuple(results[name].shape[1:])
        if found != (output.units,):
            msg = (
                f"the list of layers returns {found} per event, expected ({output.units},): add "
                f"Flatten or a global pooling before the dense layers"
            )
            raise TrainingError(msg)
    return results


def ends_with_output(config: Layers, output: Output) -> bool:
    """Tell whether the list ends with the output layer already, its activation apart or not.

    Raises
    ------
    TrainingError
        It ends with a softmax over another number of classes, or with a dense layer of as many
        units as there are classes and without softmax.
    """
    found = _last_dense(config)
    if found is None:
        return False
    units, activation = found
    softmax = output.activation == "softmax"
    if softmax and activation == "softmax" and units != output.units:
        msg = (
            f"the last layer is a softmax over {units} classes, the target has "
            f"{output.units}: set units: {output.units}, or leave the output layer out"
        )
        raise TrainingError(msg)
    if softmax and activation == "linear" and units == output.units:
        msg = (
            f"the last layer has {units} units, one a class, and no activation: add activation: "
            f"softmax to it, or leave the output layer out"
        )
        raise TrainingError(msg)
    return bool(units == output.units and activation == output.activation)


def _last_dense(config: Layers) -> tuple[Any, str] | None:
    """Units and activation of a dense layer at the end; the activation may be the last layer."""
    layers = [parse_layer(entry) for entry in config.layers[-2:]]
    if not layers:
        return None
    name, arguments = layers[-1]
    activation = None
    if name in {"Activation", "Softmax"}:
        activation = arguments.get("activation", "softmax")
        name, arguments = layers[0]
    own = arguments.get("activation") or "linear"
    if name != "Dense" or (activation is not None and own != "linear"):
        return None
    return arguments.get("units"), activation or own


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
        parts = {argument: _part(argument, given) for argument, given in arguments.items()}
        layer = getattr(keras.layers, name)(**parts)
    except (TypeError, ValueError) as error:
        msg = f"layers[{position}] {name} cannot be made with {arguments}: {error}"
        raise TrainingError(msg) from error
    return _checked(x, layer, position)


def _part(argument: str, given: Any) -> Any:
    """Make what an argument names with arguments of its own, such as a regularizer."""
    part = parse_part(argument, given)
    if part is None or isinstance(given, str):
        return given
    kind, name, arguments = part
    return getattr(getattr(keras, kind), name)(**arguments)


def _checked(x: keras.KerasTensor, layer: keras.Layer, position: int) -> keras.KerasTensor:
    try:
        return layer(x)
    except (ValueError, TypeError) as error:
        msg = (
            f"layers[{position}] {type(layer).__name__} cannot follow a layer that returns "
            f"{tuple(x.shape[1:])} per event: {in_one_line(error)}"
        )
        raise TrainingError(msg) from error
