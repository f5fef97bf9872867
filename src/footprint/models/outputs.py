"""What goes into a network and what comes out of it, as its builder must know them."""

from dataclasses import dataclass

import keras

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """One input of a network.

    Attributes
    ----------
    shape
        Of one event, the channels being the last axis.
    channels
        Their names: arrays of the events, and ``mask of <array>``.
    """

    shape: Shape
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Output:
    """What a network returns of one target.

    Attributes
    ----------
    units
        Number of classes or of values.
    activation
        ``softmax`` for probabilities, ``linear`` for values.
    """

    units: int
    activation: str


def output_layer(name: str, output: Output) -> keras.layers.Dense:
    """Make the last layer of a target.

    It computes in 32 bit also under mixed precision, where the loss would lose digits.
    """
    return keras.layers.Dense(
        output.units, activation=output.activation, dtype="float32", name=f"output_{name}"
    )
