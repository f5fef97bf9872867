"""A list of Keras layers from the configuration, read from top to bottom."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.keras_layers import layer_arguments, parse_layer
from footprint.config.networks import Layers
from footprint.errors import TrainingError
from footprint.models.outputs import Output, output_layer


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
    """Tell whether the last layer is the output layer already.

    Raises
    ------
    TrainingError
        The last layer is a softmax over another number of classes.
    """
    if not config.layers:
        return False
    name, arguments = parse_layer(config.layers[-1])
    own = arguments.get("activation") or "linear"
    if name != "Dense" or own != output.activation:
        return False
    if arguments.get("units") != output.units and output.activation == "softmax":
        msg = (
            f"the last layer is a softmax over {arguments.get('units')} classes, the target has "
            f"{output.units}: set units: {output.units}, or leave the output layer out"
        )
        raise TrainingError(msg)
    return bool(arguments.get("units") == output.units)


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
