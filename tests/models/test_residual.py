"""Blocks of residual networks, and convolutions in groups of channels."""

import numpy as np
import pytest

RESNEXT = {
    "name": "residual", "filters": [64, 128, 256, 256], "blocks": 3, "bottleneck": 2,
    "groups": 16, "head": "average", "batch_normalisation": True,
}  # fmt: skip


def test_a_grouped_convolution_is_one_for_each_group():
    import keras

    from footprint.models.grouped import GroupedConvolution

    layer = GroupedConvolution(6, 3, groups=3)
    x = np.random.default_rng(0).normal(size=(2, 5, 4, 12)).astype("f4")
    found = np.asarray(layer(x))
    kernel, _ = layer.get_weights()
    assert kernel.shape == (3, 3, 4, 6)
    for group in range(3):
        own = slice(2 * group, 2 * group + 2)
        alone = keras.layers.Conv2D(2, 3, padding="same")
        alone.build((None, 5, 4, 4))
        alone.set_weights([kernel[..., own], np.zeros(2)])
        expected = np.asarray(alone(x[..., 4 * group : 4 * group + 4]))
        np.testing.assert_allclose(found[..., own], expected, rtol=1e-4, atol=1e-5)


def test_sizes_of_blocks(body_of):
    model = {"name": "residual", "filters": [12], "blocks": 1, "head": "average"}
    shapes = {"image": (8, 8, 1)}
    plain, narrow, grouped = (
        body_of(model | options, shapes, {}).count_params()
        for options in ({}, {"bottleneck": 3}, {"bottleneck": 3, "groups": 2})
    )
    rest = (9 * 12 + 12) + 13
    assert plain == rest + 2 * (9 * 12 * 12 + 12)
    assert narrow == rest + (12 * 4 + 4) + (9 * 4 * 4 + 4) + (4 * 12 + 12)
    assert grouped == narrow - 9 * 4 * 2


def test_blocks_with_groups_begin_as_the_identity_and_train(body_of):
    import keras

    model = {"name": "residual", "filters": [8, 8], "blocks": 2, "groups": 4, "head": "average"}
    network = body_of(model, {"image": (8, 8, 1)}, {})
    image = {"image": np.random.default_rng(0).normal(size=(16, 8, 8, 1)).astype("f4")}
    grouped = [layer for layer in network.layers if type(layer).__name__ == "GroupedConvolution"]
    assert len(grouped) == 4

    def change_of_kernels():
        before = network.predict_on_batch(image)
        for layer in grouped:
            layer.kernel.assign(layer.kernel + 0.1)
        return abs(network.predict_on_batch(image) - before).max()

    assert change_of_kernels() == 0
    network.compile(keras.optimizers.Adam(3e-3), loss="mse")
    truth = np.random.default_rng(1).normal(size=(16, 1))
    losses = [float(network.train_on_batch(image, truth)) for _ in range(10)]
    assert losses[-1] < losses[0]
    assert change_of_kernels() > 1e-4


def test_a_network_with_groups_is_saved_and_loaded(body_of, tmp_path):
    import keras

    model = {"name": "residual", "filters": [8], "blocks": 1, "groups": 2, "l2": 1e-3}
    network = body_of(model, {"image": (6, 6, 1)}, {})
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    image = {"image": np.random.default_rng(0).normal(size=(2, 6, 6, 1)).astype("f4")}
    assert np.array_equal(np.asarray(loaded(image)), np.asarray(network(image)))


def test_the_size_of_the_published_resnext(jet_network):
    built = jet_network(RESNEXT, shape=(40, 40, 1))
    assert built.count_params() == pytest.approx(1_460_000, rel=0.03)
