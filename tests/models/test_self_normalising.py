"""Self-normalising networks: mean 0 and variance 1 through many layers, with alpha dropout too."""

import numpy as np
import pytest

DEEP = {"name": "self_normalising", "units": [300] * 24}
WIDTH = {"x": (300,)}


def moments(network, training):
    """Mean and variance of each activation, on inputs of mean 0 and variance 1."""
    import keras

    outputs = [x.output for x in network.layers if isinstance(x, keras.layers.Activation)]
    inner = keras.Model(network.inputs, outputs)
    x = np.random.default_rng(3).normal(size=(600, 300)).astype("f4")
    found = [np.asarray(y) for y in inner({"x": x}, training=training)]
    return np.array([(y.mean(), y.var()) for y in found])


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_activations_keep_mean_and_variance(body_of, dropout):
    found = moments(body_of(DEEP | {"dropout": dropout}, WIDTH, {}), training=dropout > 0)
    assert found.shape == (24, 2)
    # Each layer is a draw of 300 x 300 weights; deviations come back instead of adding up.
    assert abs(found[:, 0]).max() < 0.1
    assert abs(found[:, 1] - 1).max() < 0.25


@pytest.mark.parametrize("activation", ["selu", "relu", "tanh"])
def test_other_networks_do_not(body_of, activation):
    dense = DEEP | {"name": "dense", "activation": activation, "dropout": 0.1}
    found = moments(body_of(dense, WIDTH, {}), training=True)
    assert abs(found[-1, 1] - 1) > 0.3


def test_heads_of_several_targets_keep_them_too():
    import keras
    from pydantic import TypeAdapter

    from footprint.config.networks import Model
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    model = {"name": "self_normalising", "units": [8], "head_units": [6], "dropout": 0.1}
    outputs = {"a": Output(1, "linear"), "b": Output(3, "softmax")}
    config = TypeAdapter(Model).validate_python(model)
    layers = build_network(config, {"x": Entry((5,), ("c",) * 5)}, outputs, 1).layers
    hidden = [x for x in layers if isinstance(x, keras.layers.Dense) and x.units in {6, 8}]
    assert [type(x.kernel_initializer).__name__ for x in hidden] == ["LecunNormal"] * 3
    assert sum(isinstance(x, keras.layers.AlphaDropout) for x in layers) == 3


@pytest.mark.parametrize("option", [{"activation": "relu"}, {"batch_normalisation": True}])
def test_what_would_not_keep_them_is_refused(body_of, option):
    with pytest.raises(ValueError, match=next(iter(option))):
        body_of(DEEP | option, WIDTH, {})
