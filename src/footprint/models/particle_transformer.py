"""Particle transformer (ParT): attention between constituents, biased by the physics of each pair.

Qu, Li, Qian, Particle transformer for jet tagging (2022): blocks in which constituents look at
each other, with a bias for each pair and head from ln Delta, ln kT, ln z and ln m2; then blocks
in which one vector for the jet looks at all constituents. As there, parts are normalised before and
after they act. Left out: learnt scales of heads and of shortcuts, dropout of attention weights.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from footprint.config.constituents import ParticleTransformer
from footprint.models.constituents import EXACT, Constituents, constituents
from footprint.models.hidden import activated, dense_layers, flat, regulariser
from footprint.models.normalisation import MaskedBatchNormalization
from footprint.models.pairs import PairKinematics, PairsToMatrix
from footprint.models.pooling import AttendedStations

WIDER = 4
"""Units of the hidden layer in a block, in widths."""
HIDDEN = -3e4
"""Bias that makes a weight exactly zero, and that 16 bit can hold."""


def body(
    tensors: dict[str, keras.KerasTensor],
    config: ParticleTransformer,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    x = jet.features(without=config.four_vectors)
    bias = keras.layers.Add()([_bias(jet, config), HiddenBias()(AttendedStations()(jet.mask))])
    for number, units in enumerate([*config.embedding_units, config.width]):
        x = keras.layers.LayerNormalization()(x) if number else x
        x = dense_layers(x, [units], config, seeds, jet.mask)
    for _ in range(config.blocks):
        y = keras.layers.LayerNormalization()(x)
        x = _block(x, y, bias, config, seeds, mask=jet.mask)
    whole = ClassToken()(x)
    of_token = HiddenBias()(WithToken()(jet.mask))
    for _ in range(config.class_blocks):
        y = keras.layers.Concatenate(axis=1)([whole, x])
        y = keras.layers.LayerNormalization()(y)
        whole = _block(whole, y, of_token, config, seeds)
    whole = keras.layers.LayerNormalization()(whole)
    return dense_layers(flat([whole, *jet.others]), config.units, config, seeds)


def _bias(jet: Constituents, config: ParticleTransformer) -> keras.KerasTensor:
    """Bias of the attention between each two constituents, (n, heads, number, number)."""
    momenta = jet.named(config.four_vectors, "four_vectors")
    x, there = PairKinematics(dtype=EXACT)(momenta, jet.mask)
    # Logarithms of GeV and of angles become numbers around zero.
    x = MaskedBatchNormalization()(x, there)
    for units in [*config.pair_units, config.heads]:
        x = keras.layers.Dense(units, kernel_regularizer=regulariser(config))(x)
        x = activated(x, config, there)
    return PairsToMatrix(momenta.shape[1])(x)


def _block(
    x: keras.KerasTensor,
    members: keras.KerasTensor,
    bias: keras.KerasTensor,
    config: ParticleTransformer,
    seeds: Iterator[int],
    *,
    mask: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Add to x what the first of the members find among all, then what dense layers make of it."""
    query = members
    if x.shape[1] < members.shape[1]:
        query = keras.layers.Cropping1D((0, members.shape[1] - x.shape[1]))(members)

    def dense(y: keras.KerasTensor) -> keras.KerasTensor:
        return keras.layers.Dense(config.width, kernel_regularizer=regulariser(config))(y)

    y = Attention(config.heads)(dense(query), dense(members), dense(members), bias)
    y = keras.layers.LayerNormalization()(dense(y))
    x = keras.layers.Add()([x, y])
    y = keras.layers.LayerNormalization()(x)
    y = dense_layers(y, [WIDER * config.width], config, seeds, mask)
    y = keras.layers.LayerNormalization()(y)
    return keras.layers.Add()([x, dense(y)])


@keras.saving.register_keras_serializable(package="footprint")
class Attention(keras.layers.Layer):
    """Scaled dot-product attention of several heads, with a bias for each pair.

    Keras' MultiHeadAttention takes no bias, and its dot_product_attention on PyTorch either a bias
    or a mask. Takes queries (n, a, width), keys and values (n, b, width), and a bias that can be
    broadcast to (n, heads, a, b); returns (n, a, width).
    """

    def __init__(self, heads: int, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def call(
        self,
        query: keras.KerasTensor,
        key: keras.KerasTensor,
        value: keras.KerasTensor,
        bias: keras.KerasTensor,
    ) -> keras.KerasTensor:
        """Attend."""
        ops = keras.ops
        width = query.shape[-1]
        each = width // self.heads
        q, k, v = (ops.reshape(x, (-1, x.shape[1], self.heads, each)) for x in (query, key, value))
        products = ops.matmul(ops.transpose(q, (0, 2, 1, 3)), ops.transpose(k, (0, 2, 3, 1)))
        scores = ops.cast(products / math.sqrt(each) + bias, "float32")
        weights = ops.cast(ops.softmax(scores, axis=-1), v.dtype)
        found = ops.matmul(weights, ops.transpose(v, (0, 2, 1, 3)))
        return ops.reshape(ops.transpose(found, (0, 2, 1, 3)), (-1, query.shape[1], width))

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable(package="footprint")
class HiddenBias(keras.layers.Layer):
    """From what is seen (n, b) to a bias (n, 1, 1, b): 0 for it, and for the others far below."""

    def call(self, seen: keras.KerasTensor) -> keras.KerasTensor:
        """Choose the bias."""
        bias = keras.ops.where(seen, 0.0, HIDDEN)
        return keras.ops.cast(keras.ops.expand_dims(bias, (1, 2)), self.compute_dtype)


@keras.saving.register_keras_serializable(package="footprint")
class ClassToken(keras.layers.Layer):
    """The vector for the whole jet to begin with: the same learnt one (n, 1, width) for all."""

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights."""
        self.token = self.add_weight(
            name="token", shape=(1, 1, shape[-1]), initializer="random_normal"
        )

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Repeat it for each jet."""
        return keras.ops.tile(self.token, (keras.ops.shape(x)[0], 1, 1))


@keras.saving.register_keras_serializable(package="footprint")
class WithToken(keras.layers.Layer):
    """From a mask (n, constituents, 1) to what the token sees: itself in front, then them.

    Takes ones and zeros; returns (n, 1 + constituents) of true and false.
    """

    def call(self, mask: keras.KerasTensor) -> keras.KerasTensor:
        """Put it in front."""
        return keras.ops.pad(mask[..., 0], [[0, 0], [1, 0]], constant_values=1) > 0
