"""The network families, and the one function that builds any of them.

A family is a file with a function ``body`` that takes Keras tensors and returns one; the output
layers are added here, since they follow from the targets.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import keras
import numpy as np

from footprint.config.constituents import (
    DeepSets,
    EnergyFlow,
    ParticleCnn,
    ParticleNet,
    ParticleTransformer,
)
from footprint.config.convolutions import Cnn, Hexagonal, Inception, Residual, Separable
from footprint.config.family import Family
from footprint.config.networks import Dense, Layers, OwnFile, SelfNormalising, SetAttention
from footprint.config.recurrent import Recurrent
from footprint.errors import TrainingError
from footprint.models import (
    adversarial_maps,  # noqa: F401 - known to Keras once imported, so that generators open
    cnn,
    deep_sets,
    dense,
    energy_flow,
    hexagonal,
    inception,
    layer_list,
    own_file,
    particle_cnn,
    particle_net,
    particle_transformer,
    recurrent,
    residual,
    separable,
    set_attention,
)
from footprint.models.hidden import dense_layers
from footprint.models.outputs import Entry, Output, output_layer
from footprint.models.said import in_one_line

Tensors = dict[str, keras.KerasTensor]
Body = Callable[[Tensors, Any, Iterator[int], Mapping[str, tuple[str, ...]]], keras.KerasTensor]
FAMILIES: dict[type, Body] = {
    Dense: dense.body,
    Cnn: cnn.body,
    Residual: residual.body,
    Inception: inception.body,
    Separable: separable.body,
    SelfNormalising: dense.body,
    Hexagonal: hexagonal.body,
    SetAttention: set_attention.body,
    DeepSets: deep_sets.body,
    EnergyFlow: energy_flow.body,
    ParticleNet: particle_net.body,
    ParticleCnn: particle_cnn.body,
    ParticleTransformer: particle_transformer.body,
    Recurrent: recurrent.body,
}


def build_network(
    config: Family | Layers | OwnFile,
    inputs: Mapping[str, Entry],
    outputs: Mapping[str, Output],
    seed: int,
) -> keras.Model:
    """Build a network.

    Parameters
    ----------
    config
        A family with its hyperparameters, a list of layers, or the user's file.
    inputs
        Shape and channels of each input.
    outputs
        What it must return, by target.
    seed
        Seed of initial weights and dropout.

    Returns
    -------
    keras.Model
        Takes a dictionary of inputs, returns a dictionary of tensors (n, units), one a target.

    Raises
    ------
    TrainingError
        The layers do not fit together, or the user's model has other inputs or outputs.
    """
    keras.utils.set_random_seed(seed)
    if isinstance(config, OwnFile):
        return own_file.build(config, inputs, outputs)
    tensors = {name: keras.Input(entry.shape, name=name) for name, entry in inputs.items()}
    seeds = count(int(np.random.SeedSequence(seed).generate_state(1)[0]) // 2)
    if isinstance(config, Layers):
        return keras.Model(tensors, layer_list.stack(tensors, config, outputs, seeds))
    channels = {name: entry.channels for name, entry in inputs.items()}
    hidden = features(config, tensors, channels, seeds)
    results = {
        name: output_layer(name, output)(dense_layers(hidden, config.head_units, config, seeds))
        for name, output in outputs.items()
    }
    return keras.Model(tensors, results)


def features(
    config: Family,
    tensors: Tensors,
    channels: Mapping[str, tuple[str, ...]],
    seeds: Iterator[int],
) -> keras.KerasTensor:
    """Build the hidden part of a family, without output layers.

    Parameters
    ----------
    config
        The family with its hyperparameters.
    tensors, channels
        Inputs (n, ...) by name, and the names of their channels.
    seeds
        Of dropout.

    Returns
    -------
    keras.KerasTensor
        Features, shape (n, units).

    Raises
    ------
    TrainingError
        The layers do not fit the inputs.
    """
    try:
        return FAMILIES[type(config)](tensors, config, seeds, channels)
    except ValueError as error:
        shapes = {name: tensor.shape[1:] for name, tensor in tensors.items()}
        said = in_one_line(error)
        msg = f"network '{config.name}' does not fit inputs of shapes {shapes}: {said}"
        raise TrainingError(msg) from error
