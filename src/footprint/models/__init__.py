"""The network families, and the one function that builds any of them.

A family is a file with a function ``body`` that takes Keras tensors and returns one; the output
layer is added here, since it follows from the target.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import keras
import numpy as np

from footprint.config.networks import (
    Cnn,
    Dense,
    Family,
    Hexagonal,
    Layers,
    OwnFile,
    Residual,
    SetAttention,
)
from footprint.errors import TrainingError
from footprint.models import (
    cnn,
    dense,
    hexagonal,
    layer_list,
    own_file,
    residual,
    set_attention,
)

Tensors = dict[str, keras.KerasTensor]
Shape = tuple[int, ...]
Channels = Mapping[str, tuple[str, ...]]
FAMILIES: dict[type, Callable[[Tensors, Any, Iterator[int], Channels], keras.KerasTensor]] = {
    Dense: dense.body,
    Cnn: cnn.body,
    Residual: residual.body,
    Hexagonal: hexagonal.body,
    SetAttention: set_attention.body,
}


@dataclass(frozen=True)
class Outputs:
    """What a network must return.

    Attributes
    ----------
    units
        Number of classes or of values.
    activation
        ``softmax`` for probabilities, ``linear`` for values.
    """

    units: int
    activation: str


def build_network(
    config: Family | Layers | OwnFile,
    inputs: Mapping[str, Shape],
    outputs: Outputs,
    seed: int,
    channels: Channels | None = None,
) -> keras.Model:
    """Build a network.

    Parameters
    ----------
    config
        A family with its hyperparameters, a list of layers, or the user's file.
    inputs
        Shape of one event of each input.
    outputs
        What it must return.
    seed
        Seed of initial weights and dropout.
    channels
        Names of the channels of each input, where known.

    Returns
    -------
    keras.Model
        Takes a dictionary of inputs, returns one tensor of shape (n, units).

    Raises
    ------
    TrainingError
        The layers do not fit together, or the user's model has other inputs or outputs.
    """
    keras.utils.set_random_seed(seed)
    if isinstance(config, OwnFile):
        return own_file.build(config, inputs, outputs.units, outputs.activation)
    tensors = {name: keras.Input(shape, name=name) for name, shape in inputs.items()}
    seeds = count(int(np.random.SeedSequence(seed).generate_state(1)[0]) // 2)
    if isinstance(config, Layers):
        units, activation = outputs.units, outputs.activation
        result = layer_list.stack(tensors, config, units, activation, seeds)
    else:
        hidden = _body(config, tensors, seeds, channels or {})
        # In 32 bit also under mixed precision, where the loss would lose digits.
        output = keras.layers.Dense(
            outputs.units, activation=outputs.activation, dtype="float32", name="output"
        )
        result = output(hidden)
    return keras.Model(tensors, result)


def _body(
    config: Family, tensors: Tensors, seeds: Iterator[int], channels: Channels
) -> keras.KerasTensor:
    try:
        return FAMILIES[type(config)](tensors, config, seeds, channels)
    except ValueError as error:
        shapes = {name: tensor.shape[1:] for name, tensor in tensors.items()}
        msg = f"network '{config.name}' does not fit inputs of shapes {shapes}: {error}"
        raise TrainingError(msg) from error
