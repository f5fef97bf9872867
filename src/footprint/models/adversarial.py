"""Generators, and the critics that tell their events from real ones.

After Radford, Metz, Chintala, Unsupervised representation learning with deep convolutional
generative adversarial networks (DCGAN, arXiv:1511.06434), and Gulrajani and others, Improved
training of Wasserstein GANs (WGAN-GP, arXiv:1704.00028).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import keras
import numpy as np

from footprint.config.adversarial import Adversarial, Critic, Generator
from footprint.models.adversarial_layers import AsMeasured, Bounded
from footprint.models.adversarial_maps import Positions, SmoothMaps, Summaries, polynomials
from footprint.models.forms import Form
from footprint.models.outputs import Entry, Shape

LATENT = "latent"
"""What the generator's input of normal random numbers is called."""
IMAGE = 3
"""Axes of variables with rows and columns, beside the channels."""
ORDER = 2
"""Order of the polynomials of a smooth grid."""


def generator_of(
    config: Adversarial, name: str, entries: Mapping[str, Entry], forms: Sequence[Form]
) -> keras.Model:
    """Build a generator.

    Parameters
    ----------
    config
        Options of the pair.
    name
        Of the variables that are generated.
    entries
        Shape and channels of conditions and variables, by name.
    forms
        What each channel of the variables looks like.

    Returns
    -------
    keras.Model
        Takes the conditions and ``latent`` (n, latent), standard normal numbers; returns the
        variables as a network sees them, by their name.
    """
    shape, made = entries[name].shape, config.generator
    image = len(shape) == IMAGE and bool(made.filters)
    own = made.noise * math.prod(shape[:-1]) if image else 0
    tensors = _inputs({n: e for n, e in entries.items() if n != name})
    tensors[LATENT] = keras.Input((config.latent + own,), name=LATENT)
    shared, noise = tensors[LATENT], None
    if own:
        noise = keras.layers.Reshape((*shape[:-1], made.noise))(shared[:, config.latent :])
        shared = shared[:, : config.latent]
    maps = _maps(tensors, shape) if image else []
    x = _joined([shared, *_flat(tensors, {LATENT, *(tensor.name for tensor in maps)})])
    for units in made.units:
        x = _activated(keras.layers.Dense(units)(x), made)
    raw = _image(x, [*maps, noise], shape, made) if image else _vector(x, shape)
    if made.output == "bounded":
        values = Bounded(forms, name="bounded", dtype="float32")(raw)
    else:
        # Where each pixel has conditions, they and not chance say most of what it measures.
        chance = None if maps else noise
        values = AsMeasured(forms, name="as_measured", dtype="float32")(raw, chance)
    return keras.Model(tensors, {name: values}, name="generator")


def _vector(x: keras.KerasTensor, shape: Shape) -> keras.KerasTensor:
    return keras.layers.Reshape(shape)(keras.layers.Dense(math.prod(shape))(x))


def _image(
    x: keras.KerasTensor,
    local: Sequence[keras.KerasTensor | None],
    shape: Shape,
    config: Generator,
) -> keras.KerasTensor:
    """Lay an image out; ``local`` are conditions of each pixel and, last, its random numbers."""
    noise = local[-1]
    rows, columns, channels = shape
    part = 2**config.upsampling
    grid = (-(-rows // part), -(-columns // part), config.filters[0])
    x = start = _start(x, grid, config)
    if config.grid == "free":
        x = _activated(x, config)
    for number, filters in enumerate(config.filters):
        if number == config.upsampling:
            x = _joined([_cut(x, rows, columns), *local])
        x = _activated(_convolution(filters, number < config.upsampling, config)(x), config)
    if len(config.filters) == config.upsampling:
        x = _joined([_cut(x, rows, columns), *local])
    elif noise is not None:
        # What is random in each detector must not be smeared over its neighbours.
        smooth = start if config.grid == "smooth" and not config.upsampling else None
        x = keras.layers.Conv2D(config.filters[-1], 1)(_joined([x, smooth, noise]))
        x = keras.layers.Activation(config.activation)(x)
    last = 1 if noise is not None else config.kernel_size
    return keras.layers.Conv2D(channels, last, padding="same")(x)


def _start(x: keras.KerasTensor, grid: Shape, config: Generator) -> keras.KerasTensor:
    """Lay features on a grid."""
    if config.grid == "free":
        return keras.layers.Reshape(grid)(keras.layers.Dense(math.prod(grid))(x))
    rows, columns, channels = grid
    terms = polynomials(1, 1, ORDER).shape[1]
    return SmoothMaps(rows, columns, ORDER)(keras.layers.Dense(terms * channels)(x))


def _convolution(filters: int, doubles: bool, config: Generator) -> keras.layers.Layer:
    if not doubles:
        return keras.layers.Conv2D(filters, config.kernel_size, padding="same")
    # Kernels of twice the stride reach all pixels alike: no chequerboards.
    return keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same")


def _cut(x: keras.KerasTensor, rows: int, columns: int) -> keras.KerasTensor:
    more = (x.shape[1] - rows, x.shape[2] - columns)
    return x if more == (0, 0) else keras.layers.Cropping2D(tuple((0, m) for m in more))(x)


def _activated(x: keras.KerasTensor, config: Generator) -> keras.KerasTensor:
    if config.batch_normalisation:
        x = keras.layers.BatchNormalization()(x)
    return keras.layers.Activation(config.activation)(x)


def critic_of(
    config: Adversarial, name: str, entries: Mapping[str, Entry], forms: Sequence[Form], seed: int
) -> keras.Model:
    """Build a critic.

    Parameters
    ----------
    config, name, entries, forms
        As of the generator.
    seed
        Of dropout.

    Returns
    -------
    keras.Model
        Takes conditions and variables, returns (n, 1): higher for events that look real.
    """
    made, shape = config.critic, entries[name].shape
    seeds = count(int(np.random.SeedSequence([seed, 1]).generate_state(1)[0]) // 2)
    tensors = _inputs(entries)
    image = len(shape) == IMAGE and bool(made.filters)
    maps = [x for x in _maps(tensors, shape) if x.name != name] if image else []
    x, conditions = tensors[name], _flat(tensors, {name, *(tensor.name for tensor in maps)})
    if image:
        x = _convolutions(_joined([x, *maps]), config, seeds)
    parts = [keras.layers.Flatten()(x), *conditions]
    if made.summaries and len(shape) > 1:
        parts.append(Summaries(forms, name="summaries", dtype="float32")(tensors[name]))
    x = _joined(parts)
    for units in made.units:
        x = _hidden(_limited(keras.layers.Dense(units), config)(x), made, seeds)
    return keras.Model(tensors, _limited(keras.layers.Dense(1), config)(x), name="critic")


def _convolutions(
    x: keras.KerasTensor, config: Adversarial, seeds: Iterator[int]
) -> keras.KerasTensor:
    made = config.critic
    x = Positions()(x)
    for number, filters in enumerate(made.filters):
        halves = number >= len(made.filters) - made.downsampling
        layer = keras.layers.Conv2D(
            filters, made.kernel_size, strides=2 if halves else 1, padding="same"
        )
        x = _hidden(_limited(layer, config)(x), made, seeds)
    return x


def _hidden(x: keras.KerasTensor, config: Critic, seeds: Iterator[int]) -> keras.KerasTensor:
    x = keras.layers.Activation(config.activation)(x)
    return keras.layers.Dropout(config.dropout, seed=next(seeds))(x) if config.dropout else x


def _limited(layer: keras.layers.Layer, config: Adversarial) -> keras.layers.Layer:
    if not config.spectral_normalisation:
        return layer
    return keras.layers.SpectralNormalization(layer)


def _inputs(entries: Mapping[str, Entry]) -> dict[str, keras.KerasTensor]:
    return {name: keras.Input(entry.shape, name=name) for name, entry in entries.items()}


def _maps(tensors: Mapping[str, keras.KerasTensor], shape: Shape) -> list[keras.KerasTensor]:
    """Find what has a value for each pixel of the variables, such as its distance to an axis."""
    return [x for x in tensors.values() if tuple(x.shape[1:-1]) == tuple(shape[:-1])]


def _flat(tensors: Mapping[str, keras.KerasTensor], without: set[str]) -> list[keras.KerasTensor]:
    return [keras.layers.Flatten()(x) for name, x in tensors.items() if name not in without]


def _joined(tensors: Sequence[keras.KerasTensor | None]) -> keras.KerasTensor:
    there = [tensor for tensor in tensors if tensor is not None]
    return there[0] if len(there) == 1 else keras.layers.Concatenate()(there)
