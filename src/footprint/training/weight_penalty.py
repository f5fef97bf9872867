"""Penalties on weights (L1, L2), which Keras adds to every loss, of training and validation."""

import keras

PENALTY = "weight_penalty"
"""Column of a history: the penalties at the end of an epoch."""


def has_penalty(network: keras.Model) -> bool:
    """Whether any weight that is trained has a penalty."""
    return any(getattr(w, "regularizer", None) for w in network.trainable_weights)


def weight_penalty(network: keras.Model) -> float:
    """Sum the penalties on weights, which are part of every loss in the history."""
    regularised = (w for w in network.trainable_weights if getattr(w, "regularizer", None))
    return float(sum(float(weight.regularizer(weight)) for weight in regularised))
