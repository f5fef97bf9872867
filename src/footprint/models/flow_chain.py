"""The chain of steps that makes a flow, as one layer."""

import math
from collections.abc import Sequence
from itertools import count
from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array
from footprint.models.flow_splines import Affine, Changed, Spline
from footprint.models.flow_steps import Autoregressive, Coupling, Inside

TRIED = 20
"""Random orders of which the best is taken."""


def orders(size: int, blocks: int, seed: int) -> list[list[int]]:
    """Choose in which order of the variables each step takes them from the step before.

    Every second order is the reverse, so that two couplings change all variables, and what came
    last in an autoregressive step comes first in the next. Between pairs it is the one of several
    random orders after which couplings let most variables depend on most others.
    """
    rng = np.random.default_rng([seed, size])
    forth, back = np.arange(size), np.arange(size)[::-1]
    sees = np.eye(size, dtype=bool)
    every: list[list[int]] = []
    for number in range(0, blocks, 2):
        tried = [rng.permutation(size) for _ in range(TRIED)] if number else [forth]
        seen = [_coupled(_coupled(sees, order), back) for order in tried]
        best = int(np.argmax([mixed.sum() for mixed in seen]))
        sees = seen[best]
        every += [[int(place) for place in order] for order in (tried[best], back)]
    return every[:blocks]


def _coupled(sees: Array, order: Array) -> Array:
    """Follow which variables each depends on, (d, d), through a coupling after an order."""
    mixed, staying = sees[order], len(order) // 2
    mixed[staying:] |= mixed[:staying].any(axis=0)
    return mixed


@keras.saving.register_keras_serializable(package="footprint")
class Chain(keras.layers.Layer):
    """The steps of a flow, with a mixing of the variables before each.

    Parameters
    ----------
    transform
        Kind of the steps, as in the configuration.
    orders
        Of the variables, for each step.
    context
        Numbers that describe the conditions; 0 for none.
    units, activation, dropout
        Of the networks inside the steps.
    bins, bound
        Of splines: their pieces, and half of their range.
    seed
        Of initial weights and dropout.
    """

    def __init__(
        self,
        *,
        transform: str,
        orders: Sequence[Sequence[int]],
        context: int,
        units: Sequence[int],
        activation: str,
        dropout: float,
        bins: int,
        bound: float,
        seed: int,
        **options: Any,
    ) -> None:
        super().__init__(**{**options, "dtype": "float32"})
        self.settings = {
            "transform": transform, "orders": orders, "context": context, "units": units,
            "activation": activation, "dropout": dropout, "bins": bins, "bound": bound,
            "seed": seed,
        }  # fmt: skip
        self.orders = [np.array(order) for order in orders]
        self.size = len(self.orders[0])
        kind = Coupling if transform.endswith("coupling") else Autoregressive
        change = Spline(bins, bound) if transform.startswith("spline") else Affine()
        inside, seeds = Inside(tuple(units), activation, dropout), count(seed)
        self.steps = [kind(self.size, context, change, inside, seeds) for _ in self.orders]

    def build(self, *_: tuple[int | None, ...]) -> None:
        """Do nothing: the weights follow from the settings."""
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """Give all settings, the orders among them, which no other seed would bring back."""
        return {**super().get_config(), **self.settings}

    def call(
        self, x: keras.KerasTensor, context: keras.KerasTensor | None = None
    ) -> keras.KerasTensor:
        """Compute ln p of x (n, d), shape (n, 1)."""
        z, log_determinant = self.to_latent(x, context)
        return _log_normal(z) + log_determinant[:, None]

    def to_latent(self, x: keras.KerasTensor, context: keras.KerasTensor | None = None) -> Changed:
        """From x to z, both (n, d), and ln |det dz/dx| of shape (n,)."""
        total = ops.zeros_like(x[:, 0])
        for order, step in zip(self.orders, self.steps, strict=True):
            x, log_determinant = step.to_latent(_ordered(x, order), context)
            total += log_determinant
        return x, total

    def inverse(self, z: keras.KerasTensor, context: keras.KerasTensor | None = None) -> Changed:
        """From z to x, both (n, d), and ln |det dz/dx| of shape (n,)."""
        total = ops.zeros_like(z[:, 0])
        for order, step in zip(self.orders[::-1], self.steps[::-1], strict=True):
            z, log_determinant = step.inverse(z, context)
            z = _ordered(z, np.argsort(order))
            total += log_determinant
        return z, total


class Inverse(keras.layers.Layer):
    """A chain from z (n, d) to x (n, d) and ln p of it, (n, 1); never saved, as it has no weights.

    A layer of its own, since Keras takes a layer's first outputs for the number of all.
    """

    def __init__(self, chain: Chain) -> None:
        super().__init__(dtype="float32")
        self.chain = chain

    def build(self, *_: tuple[int | None, ...]) -> None:
        """Do nothing: the chain has its weights."""
        self.built = True

    def call(self, z: keras.KerasTensor, context: keras.KerasTensor | None = None) -> Changed:
        """Draw."""
        x, log_determinant = self.chain.inverse(z, context)
        return x, _log_normal(z) + log_determinant[:, None]


def _ordered(x: keras.KerasTensor, order: Any) -> keras.KerasTensor:
    if np.array_equal(order, np.arange(len(order))):
        return x
    if np.array_equal(order, np.arange(len(order))[::-1]):
        return ops.flip(x, axis=1)
    return ops.take(x, order, axis=1)


def _log_normal(z: keras.KerasTensor) -> keras.KerasTensor:
    """Ln of the standard normal density, shape (n, 1)."""
    squares = ops.sum(ops.square(z), axis=-1, keepdims=True)
    return -0.5 * (squares + z.shape[-1] * math.log(2 * math.pi))
