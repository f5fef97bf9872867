"""The optimizers of a network: one as a rule, two where a generator and its critic learn."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Learner:
    """An optimizer and what it changes.

    Attributes
    ----------
    optimizer
        Of Keras.
    variables
        Those it changes.
    rate
        Its learning rate in units of the configured one.
    every
        Steps of the training for each of its own.
    """

    optimizer: keras.optimizers.Optimizer
    variables: Sequence[keras.Variable]
    rate: float = 1.0
    every: int = 1


def learners_of(network: keras.Model) -> list[Learner]:
    """List the optimizers of a compiled network."""
    own: list[Learner] | None = getattr(network, "learners", None)
    return [Learner(network.optimizer, network.trainable_variables)] if own is None else own


def kept_part(network: keras.Model) -> keras.Model:
    """Give what is kept of a network after its training: of a pair the generator."""
    kept: keras.Model = getattr(network, "generator", network)
    return kept


def inner(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Take off the scaling of the loss that Keras puts around an optimizer in 16 bit."""
    return getattr(optimizer, "inner_optimizer", optimizer)
