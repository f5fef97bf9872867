"""Particle transformer (ParT): attention between constituents, biased by the physics of each pair.

Qu, Li, Qian, Particle transformer for jet tagging (2022): blocks in which constituents look at
each other, with a bias for each pair and head from ln Delta, ln kT, ln z and ln m2; then blocks
in which one vector for the jet looks at all constituents. As there, parts are normalised before and
after they act. Left out: learnt scales of heads and of shortcuts, dropout of attention weights.
"""

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


def body(
    tensors: dict[str, keras.KerasTensor],
    config: ParticleTransformer,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    x = jet.features(without=config.four_vectors)
    bias = _bias(jet, config)
    for number, units in enumerate([*config.embedding_units, config.width]):
        x = keras.layers.LayerNormalization()(x) if number else x
        x = dense_layers(x, [units], config, seeds, jet.mask)
    seen = AttendedStations()(jet.mask)
    for _ in range(config.blocks):
        y = keras.layers.LayerNormalization()(x)
        x = _block(x, y, [seen, bias], config, seeds, mask=jet.mask)
    whole = ClassToken()(x)
    members = WithToken()(jet.mask)
    for _ in range(config.class_blocks):
        y = keras.layers.Concatenate(axis=1)([whole, x])
        y = keras.layers.LayerNormalization()(y)
        whole = _block(whole, y, [members], config, seeds)
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
    mask_and_bias: list[keras.KerasTensor],
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

    y = Attention(config.heads)(dense(query), dense(members), dense(members), *mask_and_bias)
    y = keras.layers.LayerNormalization()(dense(y))
    x = keras.layers.Add()([x, y])
    y = keras.layers.LayerNormalization()(x)
    y = dense_layers(y, [WIDER * config.width], config, seeds, mask)
    y = keras.layers.LayerNormalization()(y)
    return keras.layers.Add()([x, dense(y)])


@keras.saving.register_keras_serializable(package="footprint")
class Attention(keras.layers.Layer):
    """Scaled dot-product attention of several heads, with a bias for each pair.

    Keras' MultiHeadAttention takes no bias. Takes queries (n, a, width), keys and values (n, b,
    width), which keys to look at (n, b), and a bias (n, heads, a, b); returns (n, a, width).
    """

    def __init__(self, heads: int, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def call(
        self,
        query: keras.KerasTensor,
        key: keras.KerasTensor,
        value: keras.KerasTensor,
        seen: keras.KerasTensor,
        bias: keras.KerasTensor | None = None,
    ) -> keras.KerasTensor:
        """Attend."""
        ops = keras.ops
        width = query.shape[-1]
        q, k, v = (
            ops.reshape(x, (-1, x.shape[1], self.heads, width // self.heads))
            for x in (query, key, value)
        )
        mask = ops.broadcast_to(
            ops.expand_dims(seen, (1, 2)),
            (ops.shape(q)[0], self.heads, q.shape[1], k.shape[1]),
        )
        found = ops.dot_product_attention(q, k, v, bias=bias, mask=mask)
        return ops.reshape(found, (-1, q.shape[1], width))

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "heads": self.heads}


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
