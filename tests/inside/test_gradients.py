import numpy as np
import pytest

from footprint.errors import TrainingError


@pytest.mark.parametrize("name", ["tensorflow", "jax", "torch"])
def test_each_backend_finds_the_gradient_of_a_known_function(name, rng):
    backend = pytest.importorskip(name)
    from footprint.inside.gradients import BACKENDS

    exp = {"tensorflow": lambda m: m.exp, "jax": lambda m: m.numpy.exp, "torch": lambda m: m.exp}
    x = rng.normal(size=(4, 3)).astype(np.float32)

    def function(at):
        return exp[name](backend)(at[:, 0]) * at[:, 1]

    value, gradient = BACKENDS[name](function, x)
    expected = np.zeros_like(x)
    expected[:, 0] = np.exp(x[:, 0]) * x[:, 1]
    expected[:, 1] = np.exp(x[:, 0])
    np.testing.assert_allclose(value, expected[:, 0], rtol=1e-5)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5)


def test_what_does_not_depend_on_the_input_has_no_gradient(rng):
    from footprint.inside.gradients import gradients

    x = rng.normal(size=(3, 2)).astype(np.float32)
    import keras

    _, gradient = gradients(lambda at: keras.ops.ones((3,)) + 0 * keras.ops.sum(at, 1), x)
    assert not gradient.any()


def test_another_backend_is_refused(monkeypatch):
    import keras

    from footprint.inside.gradients import gradients

    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(TrainingError, match=r"'numpy' has no gradients.*known: jax, tens.*KERAS"):
        gradients(lambda at: at, np.zeros((1, 2), np.float32))
