"""Flows small enough for tests, at weights that a training could have reached."""

import numpy as np
from pydantic import TypeAdapter

from footprint.config.networks import Model

TRANSFORMS = ["affine_coupling", "spline_coupling", "autoregressive", "spline_autoregressive"]
CASES = [(kind, size, given) for kind in TRANSFORMS for size, given in ((1, 0), (2, 2), (5, 0))]


def network_of(size, given=0, *, seed=1, shape=None, **options):
    """A network of the density of `x` under the condition `c`, each of so many numbers."""
    from footprint.models.flow import density_network
    from footprint.models.outputs import Entry

    few = {"name": "flow", "blocks": 2, "units": [16, 16]}
    config = TypeAdapter(Model).validate_python({**few, **options})
    entries = {"c": Entry((given,), ("c",) * given)} if given else {}
    entries["x"] = Entry(shape or (size,), ("x",) * size)
    return density_network(config, "x", entries, seed)


def moved(network, by=0.15, seed=5):
    """Move all weights at random, as far from the identity as a training goes."""
    rng = np.random.default_rng(seed)
    for weights in network.trainable_variables:
        weights.assign(arrays(weights)[0] + by * rng.normal(size=weights.shape))
    return network


def chain_of(network):
    return network.get_layer("flow.chain")


def tensors(*arrays):
    """Arrays as the backend has them; Keras brings there what comes to a layer's call alone."""
    import keras

    return [None if array is None else keras.ops.convert_to_tensor(array) for array in arrays]


def arrays(*found):
    """Tensors as NumPy has them."""
    import keras

    return [keras.ops.convert_to_numpy(tensor) for tensor in found]


def forward(chain, values, context=None):
    """From x to z and ln |det dz/dx|, arrays all of them."""
    return arrays(*chain.to_latent(*tensors(values, context)))


def inverse(chain, values, context=None):
    """From z to x and ln |det dz/dx|, arrays all of them."""
    return arrays(*chain.inverse(*tensors(values, context)))


def events(rng, size, given=0, count=200, scale=1.0):
    x = (scale * rng.normal(size=(count, size))).astype(np.float32)
    return x, (rng.normal(size=(count, given)).astype(np.float32) if given else None)


def trained(network, inputs, epochs, rate=5e-3, batch=200, seed=0):
    """Maximum likelihood with a rate that falls to zero."""
    import keras

    from footprint.training.distribution_network import negative

    network.compile(keras.optimizers.Adam(rate), loss={"log_density": negative})
    rng, count = np.random.default_rng(seed), len(inputs["x"])
    for epoch in range(epochs):
        network.optimizer.learning_rate = rate * (1 + np.cos(np.pi * epoch / epochs)) / 2
        for rows in np.split(rng.permutation(count), count // batch):
            given = {name: values[rows] for name, values in inputs.items()}
            network.train_on_batch(given, {"log_density": np.zeros((batch, 1), np.float32)})
    return network
