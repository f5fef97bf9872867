"""Batch normalisation with weights: moments by hand, and Keras' own where all weights are one."""

import numpy as np
import pytest


def layer(channels=4):
    from footprint.models.normalisation import MaskedBatchNormalization

    made = MaskedBatchNormalization(momentum=0.9)
    made.build((None, None, channels))
    rng = np.random.default_rng(5)
    made.set_weights([rng.normal(size=channels) for _ in range(3)] + [rng.random(channels) + 0.5])
    return made


def batch(seed=0, shape=(6, 7, 4)):
    rng = np.random.default_rng(seed)
    return (3 + rng.normal(size=shape)).astype("f4")


def test_without_padding_it_is_batch_normalisation():
    import keras

    ours, theirs = layer(), keras.layers.BatchNormalization(momentum=0.9)
    theirs.build((None, None, 4))
    theirs.set_weights(ours.get_weights())
    x, there = batch(), np.ones((6, 7, 1), "f4")
    for training in (True, True, False):
        found = ours(x, there, training=training)
        np.testing.assert_allclose(found, theirs(x, training=training), rtol=1e-4, atol=1e-4)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("kind", ["mask", "shares"])
def test_moments_are_those_of_the_weighted_entries(kind):
    made, x = layer(), batch()
    rng = np.random.default_rng(2)
    weights = (rng.random((6, 7, 1)) < 0.5).astype("f4")
    if kind == "shares":
        weights *= 0.01 * rng.random((6, 7, 1)).astype("f4")
    gamma, beta, mean, variance = made.get_weights()
    rows, per_row = x.reshape(-1, 4).astype("f8"), weights.ravel().astype("f8")
    expected = np.average(rows, axis=0, weights=per_row)
    spread = np.average((rows - expected) ** 2, axis=0, weights=per_row)
    found = np.asarray(made(x, weights, training=True))
    scaled = (x - expected) / np.sqrt(spread + made.epsilon) * gamma + beta
    np.testing.assert_allclose(found, scaled, rtol=1e-3, atol=1e-4)
    after = made.get_weights()
    np.testing.assert_allclose(after[2], 0.9 * mean + 0.1 * expected, rtol=1e-4)
    np.testing.assert_allclose(after[3], 0.9 * variance + 0.1 * spread, rtol=1e-4)


def test_its_gradient_is_that_of_batch_normalisation():
    import keras

    inputs = keras.Input((7, 4))
    there = keras.Input((7, 1))
    x, weights, truth = batch(), np.ones((6, 7, 1), "f4"), batch(1)
    results = []
    for made in (layer(), keras.layers.BatchNormalization(momentum=0.9)):
        ours = not results
        # The layer in front moves by the gradient that passes through the normalisation.
        front = keras.layers.Dense(4, kernel_initializer="identity")
        hidden = front(inputs)
        network = keras.Model([inputs, there], made(hidden, there) if ours else made(hidden))
        made.set_weights(layer().get_weights())
        network.compile(keras.optimizers.SGD(0.1), "mse")
        network.train_on_batch([x, weights], truth)
        results.append(front.get_weights()[0])
    np.testing.assert_allclose(results[0], results[1], rtol=1e-4, atol=1e-5)
    assert abs(results[0] - np.eye(4)).max() > 1e-3


def test_a_batch_of_padding_alone_changes_nothing():
    made = layer()
    before = made.get_weights()
    assert np.isfinite(np.asarray(made(batch(), np.zeros((6, 7, 1), "f4"), training=True))).all()
    for one, other in zip(made.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
