"""The invertible steps of a flow: couplings and masked autoregressive steps.

Both decide by a network how each variable changes. In a coupling the network sees half of the
variables, which stay as they are (Dinh et al., Density estimation using Real NVP, 2017). In an
autoregressive step it sees, for each variable, those before it, by masks on its weights (Germain
et al., MADE, 2015; Papamakarios et al., Masked autoregressive flow, 2017): any dependence in one
step, but the inverse takes a pass for each variable.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.files.hdf5 import Array
from footprint.models.flow_splines import Change, Changed


@dataclass(frozen=True)
class Inside:
    """The network inside a step: units of its hidden layers, activation, dropout rate."""

    units: tuple[int, ...]
    activation: str
    dropout: float


class MaskedDense(keras.layers.Dense):
    """Dense layer in which units may see only some of the inputs, by a mask (inputs, units)."""

    def __init__(self, mask: Array, **options: Any) -> None:
        super().__init__(mask.shape[1], **options)
        self.mask = None if mask.all() else mask.astype(np.float32)
        self.build((None, mask.shape[0]))

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Apply the layer."""
        kernel = self.kernel if self.mask is None else self.kernel * self.mask
        return self.activation(ops.matmul(x, kernel) + self.bias)


class Step(keras.layers.Layer):
    """A step of a chain.

    Its direction to the normal distribution is not called ``forward``, nor what decides it
    ``parameters``: on PyTorch Keras' layers are modules, which have methods of these names.

    Parameters
    ----------
    masks
        Ones where a layer's unit may see one of the layer before, (before, units), by layer.
    change
        How single variables are changed.
    inside
        The network that decides it.
    seeds
        Of initial weights and dropout.
    """

    def __init__(
        self, masks: list[Array], change: Change, inside: Inside, seeds: Iterator[int]
    ) -> None:
        super().__init__(dtype="float32")
        self.change = change
        *hidden, last = masks
        self.hidden = [
            MaskedDense(
                mask,
                activation=inside.activation,
                kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
                dtype="float32",
            )
            for mask in hidden
        ]
        # All parameters begin at 0, so that the flow begins as the identity.
        self.last = MaskedDense(last, kernel_initializer="zeros", dtype="float32")
        rate = inside.dropout
        self.dropouts = [
            keras.layers.Dropout(rate, seed=next(seeds), dtype="float32") for _ in hidden if rate
        ]
        # Keras calls no step itself, and would trace the whole network at every step of a training
        # to build what it takes for unfinished.
        self.built = True

    def parameters_of(
        self, seen: keras.KerasTensor, context: keras.KerasTensor | None
    ) -> keras.KerasTensor:
        """Ask the network inside, (n, changed variables, parameters)."""
        h = seen if context is None else ops.concatenate([context, seen], axis=-1)
        for number, layer in enumerate(self.hidden):
            h = layer(h)
            if self.dropouts:
                h = self.dropouts[number](h)
        count = self.change.parameters
        return ops.reshape(self.last(h), (-1, self.last.units // count, count))

    def to_latent(self, x: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From x to z, both (n, d), and ln |det dz/dx| of shape (n,)."""
        raise NotImplementedError

    def inverse(self, z: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From z to x, both (n, d), and ln |det dz/dx| of shape (n,)."""
        raise NotImplementedError


class Coupling(Step):
    """The first half of the variables stays, and decides with the context about the others.

    A single variable depends on the context alone.
    """

    def __init__(
        self, size: int, context: int, change: Change, inside: Inside, seeds: Iterator[int]
    ) -> None:
        self.staying = size // 2
        outputs = (size - self.staying) * change.parameters
        sizes = [context + max(self.staying, 1), *inside.units, outputs]
        masks = [np.ones(pair, bool) for pair in pairwise(sizes)]
        super().__init__(masks, change, inside, seeds)

    def to_latent(self, x: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From x to z, both (n, d), and ln |det dz/dx| of shape (n,)."""
        return self._applied(self.change.forward, x, context)

    def inverse(self, z: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From z to x, both (n, d), and ln |det dz/dx| of shape (n,)."""
        return self._applied(self.change.inverse, z, context)

    def _applied(
        self,
        change: Callable[[keras.KerasTensor, keras.KerasTensor], Changed],
        values: keras.KerasTensor,
        context: keras.KerasTensor | None,
    ) -> Changed:
        staying = values[:, : self.staying]
        seen = staying if self.staying else ops.zeros_like(values)
        changed, log_slopes = change(values[:, self.staying :], self.parameters_of(seen, context))
        return ops.concatenate([staying, changed], axis=-1), ops.sum(log_slopes, axis=-1)


class Autoregressive(Step):
    """Each variable changes as the context and the variables before it decide."""

    def __init__(
        self, size: int, context: int, change: Change, inside: Inside, seeds: Iterator[int]
    ) -> None:
        self.size = size
        super().__init__(_masks(size, context, change, inside), change, inside, seeds)

    def to_latent(self, x: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From x to z, both (n, d), and ln |det dz/dx| of shape (n,)."""
        z, log_slopes = self.change.forward(x, self.parameters_of(x, context))
        return z, ops.sum(log_slopes, axis=-1)

    def inverse(self, z: keras.KerasTensor, context: keras.KerasTensor | None) -> Changed:
        """From z to x, both (n, d), and ln |det dz/dx| of shape (n,)."""
        columns = np.arange(self.size, dtype=np.int32)

        def one_more(number: Any, found: Changed) -> Changed:
            x, log_slopes = self.change.inverse(z, self.parameters_of(found[0], context))
            # Not yet right: beyond this variable, where numbers could grow without bounds.
            right = ops.convert_to_tensor(columns) <= number
            return ops.where(right, x, 0.0), log_slopes

        start = (ops.zeros_like(z), ops.zeros_like(z))
        x, log_slopes = ops.fori_loop(0, self.size, one_more, start)
        return x, ops.sum(log_slopes, axis=-1)


def _masks(size: int, context: int, change: Change, inside: Inside) -> list[Array]:
    """Let outputs of variable i (from 1) depend on variables below i, and on the context (0).

    A hidden unit of degree k sees what has at most degree k; an output of variable i what has a
    lower degree than i.
    """
    # Without a context, units that see nothing would be wasted.
    lowest = 0 if context or size == 1 else 1
    degrees = [np.concatenate([np.zeros(context, int), np.arange(1, size + 1)])]
    degrees += [lowest + np.arange(units) % max(size - lowest, 1) for units in inside.units]
    masks = [before[:, None] <= after for before, after in pairwise(degrees)]
    outputs = np.repeat(np.arange(1, size + 1), change.parameters)
    return [*masks, degrees[-1][:, None] < outputs]
