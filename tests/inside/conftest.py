import numpy as np
import pytest

from footprint.files.datasets import Normalisation
from footprint.files.inside import ImageChannel
from footprint.inside.pixels import ImageInput
from footprint.survey.datasets.images import Image
from footprint.training.goals import Goal

SHAPE = (5, 4, 2)


class Mixing:
    """A normalisation that mixes all pixels, as whitening does."""

    def __init__(self, size, seed=3):
        rng = np.random.default_rng(seed)
        self.matrix = rng.normal(size=(size, size)) + 3 * np.eye(size)
        self.shift = rng.normal(size=size)

    def apply(self, values):
        flat = values.reshape(len(values), -1) - self.shift
        return (flat @ self.matrix.T).reshape(values.shape)

    def invert(self, values):
        flat = np.linalg.solve(self.matrix, values.reshape(len(values), -1).T).T
        return (flat + self.shift).reshape(values.shape)


@pytest.fixture
def image():
    """An input of two channels without masks, with some normalisation."""

    def make(normalisation=None, shape=SHAPE, baseline=None):
        ones = np.ones(shape[-1])
        return ImageInput(
            name="image",
            shape=shape,
            images=tuple(Image("image", f"c{k}", None, k, None, "", "") for k in range(shape[-1])),
            channels=tuple(ImageChannel(f"c{k}", f"c{k}", "") for k in range(shape[-1])),
            normalisation=normalisation or Normalisation(0.0 * ones, ones),
            baseline=np.zeros(shape) if baseline is None else baseline,
        )

    return make


@pytest.fixture
def value():
    """A target of one value: physical = 3 * output + 10."""
    shift, scale = np.array(10.0), np.array(3.0)
    return Goal("t", (), Normalisation(shift, scale), log=False, task="regression")


@pytest.fixture
def classes():
    return Goal("t", ("a", "b", "c"), None, log=False, task="classification")


@pytest.fixture
def network():
    """A network of an image (and another input) from a function of Keras tensors."""

    def make(body, shape=SHAPE, units=1, activation=None, other=0):
        import keras

        keras.utils.set_random_seed(1)
        inputs = {"image": keras.Input(shape, name="image")}
        if other:
            inputs["other"] = keras.Input((other,), name="other")
        x = body(inputs["image"])
        if other:
            x = keras.layers.Concatenate()([x, inputs["other"]])
        x = keras.layers.Dense(units, activation=activation, bias_initializer="normal")(x)
        return keras.Model(inputs, {"t": x})

    return make
