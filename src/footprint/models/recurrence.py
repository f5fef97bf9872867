"""Memories that read a sequence: LSTM and GRU, from one or from both ends, one or several layers.

Hochreiter, Schmidhuber, Neural Computation 9 (1997) 1735; Cho et al. (2014), with the reset gate
after the product as in cuDNN. A memory of u units that reads x values has 4 (u + x + 1) u
parameters as LSTM and 3 (u + x + 2) u as GRU; from both ends it has twice as many.
"""

from collections.abc import Iterator
from typing import Any

import keras

from footprint.config.family import Cell, Family
from footprint.models.hidden import regulariser

CELLS: dict[Cell, type[keras.layers.Layer]] = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def remembered(
    x: keras.KerasTensor,
    cell: Cell,
    units: list[int],
    config: Family,
    seeds: Iterator[int],
    *,
    bidirectional: bool,
    there: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Read a sequence and return what is remembered at its end.

    The loop over the steps is not unrolled: on one thread of a CPU that trains up to a third
    faster, but takes seconds more before the first step, and keeps a GPU from cuDNN.

    Parameters
    ----------
    x
        Values of each step, shape (n, steps, values).
    cell, units
        Kind and size of the memory of each layer.
    config
        Penalties on the kernels.
    seeds
        Seeds of the layers.
    bidirectional
        Read from both ends, in each layer.
    there
        True for the steps to be read, false for the others behind them, shape (n, steps).

    Returns
    -------
    KerasTensor of shape (n, units) or (n, 2 units)
        The last layer's memory; for both ends first that which has read forward.
    """
    for number, size in enumerate(units, start=1):
        layer = CELLS[cell](
            size,
            kernel_regularizer=regulariser(config),
            recurrent_regularizer=regulariser(config),
            return_sequences=number < len(units),
            seed=next(seeds),
        )
        if bidirectional:
            layer = keras.layers.Bidirectional(layer)
        x = layer(x, mask=there)
    return x


@keras.saving.register_keras_serializable(package="footprint")
class InReadingOrder(keras.layers.Layer):
    """Puts the members of a list in the order in which they are read, padding behind them.

    Padding becomes zero: what it held does not matter.

    Parameters
    ----------
    backwards
        Read the list from its end.
    """

    def __init__(self, *, backwards: bool, **options: Any) -> None:
        super().__init__(**options)
        self.backwards = backwards

    def call(
        self, x: keras.KerasTensor, mask: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Sort lists (n, members, channels) and their mask (n, members, 1) alike."""
        members = x.shape[1]
        place = keras.ops.arange(members, dtype="int32")
        place = members - 1 - place if self.backwards else place
        late = keras.ops.cast(mask[..., 0] == 0, "int32") * members
        order = keras.ops.argsort(place + late, axis=1)[..., None]
        mask = keras.ops.take_along_axis(mask, order, axis=1)
        return keras.ops.take_along_axis(x, order, axis=1) * mask, mask

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "backwards": self.backwards}


@keras.saving.register_keras_serializable(package="footprint")
class StepsToRead(keras.layers.Layer):
    """Which steps are read, from a mask (n, members, 1) with padding behind: (n, members).

    Of a list of padding alone the first is read, all zeros: cuDNN takes no empty sequence.
    """

    def call(self, mask: keras.KerasTensor) -> keras.KerasTensor:
        """Compare with zero."""
        first = keras.ops.arange(mask.shape[1]) == 0
        return keras.ops.logical_or(mask[..., 0] > 0, first)
