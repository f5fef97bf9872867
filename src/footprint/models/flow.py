"""Normalising flows: the density of what is learnt, under the conditions, and draws from it.

A chain of invertible steps brings the variables x to z, which is standard normal:
ln p(x | c) = ln N(z; 0, 1) + ln |det dz/dx| (Rezende, Mohamed, Variational inference with
normalizing flows, 2015). Maximum likelihood trains it, the inverse draws from it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import keras
import numpy as np

from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files.hdf5 import Array
from footprint.models import features
from footprint.models.adversarial import LATENT
from footprint.models.flow_chain import Chain, Inverse, orders
from footprint.models.outputs import Entry

LOG_DENSITY = "log_density"
"""What the network's output is called."""
# No input can have such a name.
CHAIN, CONTEXT = "flow.chain", "flow.context"
EVENTS, ROWS = 1024, 8192
"""Events whose context, and rows whose densities or draws, are computed at once."""

Draw = Callable[[dict[str, Array], Array], Array]
"""From conditions by name, shapes (n, ...), and latent (n, latent) to draws (n, ...)."""
Posterior = Callable[[dict[str, Array], Array], tuple[Array, Array]]
"""From conditions by name, shapes (n, ...), and latent (n, draws, d) to draws (n, draws, d) and
their ln p, (n, draws)."""


def density_network(
    config: Flow, name: str, entries: Mapping[str, Entry], seed: int
) -> keras.Model:
    """Build a network that computes a density.

    Parameters
    ----------
    config
        The flow with its hyperparameters.
    name
        Of the input whose density is learnt; of any shape.
    entries
        Shape and channels of all inputs; all others are conditions.
    seed
        Of initial weights and dropout.

    Returns
    -------
    keras.Model
        From all inputs by name to ``log_density``, shape (n, 1), in nat per unit of the variables
        as they come in.

    Raises
    ------
    TrainingError
        Nothing to learn, a network for the context without conditions, or one that does not fit
        them.
    """
    keras.utils.set_random_seed(seed)
    tensors = {key: keras.Input(entry.shape, name=key) for key, entry in entries.items()}
    seeds = count(int(np.random.SeedSequence(seed).generate_state(1)[0]) // 2)
    values = _flat([tensors[name]])
    size = int(values.shape[-1])
    if size == 0:
        msg = f"'{name}' has shape {entries[name].shape}: there is no variable to learn"
        raise TrainingError(msg)
    conditions = {key: tensor for key, tensor in tensors.items() if key != name}
    context = _context(config, conditions, entries, seeds)
    chain = Chain(
        transform=config.transform,
        orders=orders(size, config.blocks, seed),
        context=0 if context is None else int(context.shape[-1]),
        units=config.units,
        activation=config.activation,
        dropout=config.dropout,
        bins=config.bins,
        bound=config.range,
        seed=next(seeds),
        name=CHAIN,
    )
    return keras.Model(tensors, {LOG_DENSITY: chain(values, context)})


def _context(
    config: Flow,
    conditions: dict[str, keras.KerasTensor],
    entries: Mapping[str, Entry],
    seeds: "count[int]",
) -> keras.KerasTensor | None:
    """Describe the conditions by one vector, (n, numbers); None without conditions."""
    if not conditions:
        if config.context is not None:
            msg = (
                f"model.context '{config.context.name}' reads conditions, and there are none: "
                f"name them as inputs of the experiment, or leave context out"
            )
            raise TrainingError(msg)
        return None
    if config.context is None:
        x = _flat(list(conditions.values()))
    else:
        channels = {key: entries[key].channels for key in conditions}
        x = features(config.context, conditions, channels, seeds)
    for units in config.context_units:
        x = keras.layers.Dense(units, activation=config.activation)(x)
        if config.dropout:
            x = keras.layers.Dropout(config.dropout, seed=next(seeds))(x)
    return keras.layers.Identity(dtype="float32", name=CONTEXT)(x)


def _flat(tensors: list[keras.KerasTensor]) -> keras.KerasTensor:
    """Flatten and join in 32 bit, also under mixed precision, which would round what is learnt."""
    vectors = [keras.layers.Flatten(dtype="float32")(tensor) for tensor in tensors]
    return vectors[0] if len(vectors) == 1 else keras.layers.Concatenate(dtype="float32")(vectors)


def latent_size(network: keras.Model, name: str) -> int:
    """Count the standard normal random numbers that a draw is made from."""
    return _parts(network, name).size


def sampler(network: keras.Model, name: str) -> Draw:
    """Make the function that draws from a trained flow.

    Parameters
    ----------
    network
        From `density_network`, trained or loaded.
    name
        Of the input that was learnt.

    Returns
    -------
    callable
        From conditions by name, shapes (n, ...), and standard normal random numbers
        (n, `latent_size`) to variables as the network sees them, (n, ...).
    """
    parts = _parts(network, name)

    def draw(conditions: dict[str, Array], latent: Array) -> Array:
        draws, _ = parts.drawn(parts.contexts(conditions), latent[:, None])
        return draws.reshape(len(latent), *parts.shape)

    return draw


def drawing_network(network: keras.Model, name: str) -> keras.Model:
    """Make a network that draws, as a generator does.

    Returns
    -------
    keras.Model
        Takes the conditions and ``latent`` (n, `latent_size`), standard normal numbers; returns
        the variables as a network sees them, by their name.
    """
    parts = _parts(network, name)
    given = {
        tensor.name: keras.Input(tensor.shape[1:], name=tensor.name)
        for tensor in network.inputs
        if tensor.name != name
    }
    latent = keras.Input((parts.size,), name=LATENT)
    entries = {"values": latent}
    if parts.describe is not None:
        entries["context"] = parts.describe(given)
    draws, _ = parts.inverse(entries)
    made = keras.layers.Reshape(parts.shape)(draws)
    return keras.Model({**given, LATENT: latent}, {name: made})


def posterior_sampler(network: keras.Model, name: str) -> Posterior:
    """Make the function that draws many times under the conditions of each event.

    Returns
    -------
    callable
        From conditions by name, shapes (n, ...), and standard normal random numbers
        (n, draws, d) to draws (n, draws, d) and their ln p (n, draws).
    """
    parts = _parts(network, name)
    return lambda conditions, latent: parts.drawn(parts.contexts(conditions), latent)


def log_densities(network: keras.Model, inputs: Mapping[str, Array]) -> Array:
    """Compute ln p of events under their conditions.

    Parameters
    ----------
    network
        From `density_network`, trained or loaded.
    inputs
        All of the network's, (n, ...), by name.

    Returns
    -------
    ndarray of float32, shape (n,)
        In nat, per unit of the variables as the network sees them.
    """
    found = _batches(lambda part: network.predict_on_batch(part)[LOG_DENSITY], dict(inputs), EVENTS)
    return np.concatenate(list(found))[:, 0]


def posterior_log_densities(
    network: keras.Model, name: str, conditions: dict[str, Array], values: Array
) -> Array:
    """Compute ln p of many values (n, values, d) under the conditions of each event, (n, values).

    In nat, per unit of the variables as the network sees them.
    """
    parts = _parts(network, name)
    return parts.log_density(parts.contexts(conditions), values)


@dataclass(frozen=True)
class Parts:
    """A flow taken apart: conditions to context, context and x to ln p, context and z to x."""

    shape: tuple[int, ...]
    size: int
    describe: keras.Model | None
    density: keras.Model
    inverse: keras.Model

    def contexts(self, conditions: dict[str, Array]) -> Array | None:
        """Describe the conditions of each event, (n, numbers); None without conditions."""
        if self.describe is None:
            return None
        return np.concatenate(list(_batches(self.describe.predict_on_batch, conditions, EVENTS)))

    def drawn(self, contexts: Array | None, latent: Array) -> tuple[Array, Array]:
        """Bring latent (n, draws, d) to draws (n, draws, d), with their ln p, (n, draws)."""
        found = list(self._rows(self.inverse, contexts, latent))
        draws, logs = (np.concatenate([part[i] for part in found]) for i in range(2))
        return draws.reshape(latent.shape), logs.reshape(latent.shape[:2])

    def log_density(self, contexts: Array | None, values: Array) -> Array:
        """Compute ln p of values (n, values, d), shape (n, values)."""
        found = np.concatenate(list(self._rows(self.density, contexts, values)))
        return found.reshape(values.shape[:2])

    def _rows(self, model: keras.Model, contexts: Array | None, values: Array) -> Iterator[Any]:
        flat_values = values.reshape(-1, self.size).astype(np.float32, copy=False)
        event = np.repeat(np.arange(len(values)), values.shape[1])

        def step(part: dict[str, Array]) -> Any:
            given = {"values": part["values"]}
            if contexts is not None:
                given["context"] = contexts[part["event"]]
            return model.predict_on_batch(given)

        return _batches(step, {"values": flat_values, "event": event}, ROWS)


def _parts(network: keras.Model, name: str) -> Parts:
    """Take a flow apart; a network that is none, or of something else, is refused."""
    given = {tensor.name: tensor for tensor in network.inputs}
    layers = {layer.name: layer for layer in network.layers}
    if not isinstance(layers.get(CHAIN), Chain):
        msg = (
            f"network with inputs {', '.join(given)} and outputs "
            f"{', '.join(network.output_names)} is no flow: expected one that an experiment "
            f"with model.name: flow has trained"
        )
        raise TrainingError(msg)
    chain = layers[CHAIN]
    shape = tuple(given[name].shape[1:]) if name in given else ()
    if math.prod(shape) != chain.size or name not in given:
        msg = (
            f"the flow learnt {chain.size} variables from inputs {', '.join(given)}: expected "
            f"'{name}' among them"
        )
        raise TrainingError(msg)
    values = keras.Input((chain.size,), name="values")
    entries, context, describe = {"values": values}, None, None
    if CONTEXT in layers:
        described = layers[CONTEXT].output
        conditions = {key: tensor for key, tensor in given.items() if key != name}
        describe = keras.Model(conditions, described)
        entries["context"] = context = keras.Input(described.shape[1:], name="context")
    return Parts(
        shape,
        chain.size,
        describe,
        keras.Model(entries, chain(values, context)),
        keras.Model(entries, Inverse(chain)(values, context)),
    )


def _batches(
    step: Callable[[dict[str, Array]], Any], arrays: dict[str, Array], size: int
) -> Iterator[Any]:
    """Apply a step to rows in batches of the same size, so that it is compiled once."""
    length = len(next(iter(arrays.values())))
    size = min(size, length)
    for start in range(0, length, size):
        found = min(size, length - start)
        rows = np.minimum(np.arange(start, start + size), length - 1)
        result = step({name: array[rows] for name, array in arrays.items()})
        yield keras.tree.map_structure(lambda part, found=found: part[:found], result)
