"""Gradients with respect to inputs, the one thing that Keras leaves to its backends.

Each function takes a scalar function of tensors, one number an event, that depends on each event's
own values only, so that the gradient of the sum holds the gradients of all events.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from footprint.errors import TrainingError, suggest
from footprint.files.hdf5 import Array

Function = Callable[[Any], Any]
"""From a tensor (n, ...) to a tensor (n,)."""


def gradients(function: Function, values: Array) -> tuple[Array, Array]:
    """Evaluate a function of events and its gradient at each of them.

    Parameters
    ----------
    function
        Made of Keras operations.
    values
        Shape (n, ...).

    Returns
    -------
    tuple of ndarray
        Its values, shape (n,), and its gradients, shape (n, ...).

    Raises
    ------
    TrainingError
        Keras runs on a backend that has no gradients.
    """
    name = keras.backend.backend()
    if name not in BACKENDS:
        msg = f"backend '{name}' has no gradients; {suggest(name, BACKENDS)}: set KERAS_BACKEND"
        raise TrainingError(msg)
    value, gradient = BACKENDS[name](function, values)
    return np.asarray(value), np.asarray(gradient)


def _tensorflow(function: Function, values: Array) -> tuple[Array, Array]:
    import tensorflow as tf

    at = tf.convert_to_tensor(values)
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    gradient = tape.gradient(value, at, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return value.numpy(), gradient.numpy()


def _jax(function: Function, values: Array) -> tuple[Array, Array]:
    import jax

    def total(at: Any) -> tuple[Any, Any]:
        value = function(at)
        return value.sum(), value

    (_, value), gradient = jax.value_and_grad(total, has_aux=True)(jax.numpy.asarray(values))
    return np.asarray(value), np.asarray(gradient)


def _torch(function: Function, values: Array) -> tuple[Array, Array]:
    import torch

    # Keras computes on the accelerator if there is one, and puts tensors there.
    at = keras.ops.convert_to_tensor(values) if keras.backend.backend() == "torch" else None
    at = (torch.as_tensor(values) if at is None else at).detach().requires_grad_()
    value = function(at)
    (gradient,) = torch.autograd.grad(value.sum(), at)
    return value.detach().cpu().numpy(), gradient.cpu().numpy()


BACKENDS: dict[str, Callable[[Function, Array], tuple[Array, Array]]] = {
    "tensorflow": _tensorflow,
    "jax": _jax,
    "torch": _torch,
}
