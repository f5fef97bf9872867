"""Inception units, separable convolutions, residual shortcuts, blocks: sizes and identities."""

import numpy as np
import pytest

IMAGE = {"image": (12, 12, 2)}


def image(n=6, shape=(12, 12, 2), seed=0):
    return {"image": np.random.default_rng(seed).normal(size=(n, *shape)).astype("f4")}


def of_kind(network, *kinds):
    return [layer for layer in network.layers if type(layer).__name__ in kinds]


def conv(a, b, side):
    return side * side * a * b + b


def separable(a, b, side):
    return side * side * a + a * b + b


def test_branches_of_an_inception_unit(body_of):
    model = {"name": "inception", "filters": [6], "bottleneck": 3, "head": "average"}
    network = body_of(model, IMAGE, {})
    (joined,) = of_kind(network, "Concatenate")
    assert [branch.shape[1:] for branch in joined.input] == [(12, 12, 6)] * 4
    sides = sorted(x.kernel_size[0] for x in of_kind(network, "Conv2D"))
    assert sides == [1, 1, 1, 1, 3, 5]
    branches = conv(2, 6, 1) + conv(2, 2, 1) + conv(2, 6, 3) + conv(2, 2, 1) + conv(2, 6, 5)
    assert network.count_params() == branches + conv(2, 6, 1) + (24 + 1)


def test_each_branch_sees_as_far_as_its_kernel(body_of):
    import keras

    network = body_of({"name": "inception", "filters": [4], "activation": "tanh"}, IMAGE, {})
    (joined,) = of_kind(network, "Concatenate")
    branches = keras.Model(network.inputs, joined.input)
    blank, point = image(1), image(1)
    point["image"][0, 6, 6] += 10

    def reach(before, after):
        seen = np.argwhere(np.abs(np.asarray(after) - np.asarray(before)).sum(axis=(0, 3)) > 0)
        return np.ptp(seen, axis=0).tolist()

    found = [reach(a, b) for a, b in zip(branches(blank), branches(point), strict=True)]
    assert found == [[0, 0], [2, 2], [4, 4], [2, 2]]


def test_units_of_an_inception_network_in_blocks(body_of):
    model = {"name": "inception", "filters": [[2, 3], 4], "head": "max"}
    network = body_of(model, IMAGE, {})
    shapes = [x.output.shape[1:] for x in of_kind(network, "Concatenate")]
    assert shapes == [(12, 12, 8), (12, 12, 12), (6, 6, 16)]


def test_size_of_a_separable_network(body_of):
    model = {"name": "separable", "filters": [4, 6], "blocks": 2, "convolutions": 3}
    network = body_of(model, IMAGE, {})
    first = conv(2, 4, 3) + 6 * separable(4, 4, 3)
    halved = separable(4, 6, 3) + 2 * separable(6, 6, 3) + conv(4, 6, 1)
    assert network.count_params() == first + halved + 3 * separable(6, 6, 3) + (6 + 1)
    assert len(of_kind(network, "Add")) == 4


def test_a_separable_network_has_fewer_weights_than_an_ordinary_one(body_of):
    sizes = [
        body_of({"name": name, "filters": [32], "head": "max"}, IMAGE, {}).count_params()
        for name in ("separable", "residual")
    ]
    assert sizes[0] == conv(2, 32, 3) + 4 * separable(32, 32, 3) + 33
    assert sizes[1] == conv(2, 32, 3) + 4 * conv(32, 32, 3) + 33


RESIDUAL = {"name": "residual", "filters": [4, 6], "blocks": 2, "head": "average"}
BRANCHES = [
    RESIDUAL,
    RESIDUAL | {"batch_normalisation": True},
    RESIDUAL | {"filters": [4, 8], "bottleneck": 2, "groups": 2},
    RESIDUAL | {"pre_activation": False},
    RESIDUAL | {"pre_activation": False, "batch_normalisation": True},
    RESIDUAL | {"name": "separable"},
]


@pytest.mark.parametrize("model", BRANCHES)
def test_branches_add_nothing_at_first(body_of, model):
    import keras

    inputs = image()
    network = body_of(model, IMAGE, {})
    for add in of_kind(network, "Add"):
        shortcut, change = keras.Model(network.inputs, add.input)(inputs)
        assert np.ptp(np.asarray(shortcut)) > 0
        assert not np.asarray(change).any()
    assert len(of_kind(network, "Add")) == 4
    kernels = [v for v in network.trainable_variables if not np.asarray(v).any()]
    for variable in kernels:
        variable.assign(variable + 0.1)
    (first, *_) = of_kind(network, "Add")
    _, change = keras.Model(network.inputs, first.input)(inputs)
    assert np.asarray(change).any()


@pytest.mark.parametrize("normalised", [False, True])
def test_with_pre_activation_sums_pass_on_unchanged(body_of, normalised):
    """The way of the shortcuts is linear up to the last activation (He et al. 2016, eq. 4)."""
    import keras

    stem = {"image": (12, 12, 2)}
    model = {"name": "residual", "filters": [4], "blocks": 3, "batch_normalisation": normalised}
    before, after = (
        body_of(model | {"pre_activation": order}, stem, {}) for order in (True, False)
    )

    def last_sum(network, inputs):
        return np.asarray(keras.Model(network.inputs, of_kind(network, "Add")[-1].output)(inputs))

    def opposite(network):
        """Output for -x, which is minus the output for x where all is linear (no biases yet)."""
        x = image()
        return last_sum(network, x), last_sum(network, {"image": -x["image"]})

    one, other = opposite(before)
    np.testing.assert_allclose(one, -other, rtol=1e-5, atol=1e-6)
    assert one.min() < 0
    one, other = opposite(after)
    assert one.min() >= 0
    assert abs(one + other).max() > 0.1


def test_residual_blocks_add_to_what_comes_in(body_of):
    """An oracle: the block written down with the layers' own weights."""
    import keras

    model = {"name": "residual", "filters": [3], "blocks": 1, "activation": "elu"}
    inputs = image()
    for pre_activation in (True, False):
        network = body_of(model | {"pre_activation": pre_activation}, IMAGE, {})
        first, one, two = of_kind(network, "Conv2D")
        two.kernel.assign(np.random.default_rng(2).normal(size=two.kernel.shape))
        (add,) = of_kind(network, "Add")
        elu = keras.activations.elu
        x = first(inputs["image"])
        shortcut = x if pre_activation else elu(x)
        expected = shortcut + two(elu(one(elu(x))))
        found = keras.Model(network.inputs, add.output)(inputs)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_deep_network_like_vgg(body_of):
    model = {"name": "cnn", "filters": [[4, 4], [6, 6, 6]], "pool_last": True, "units": [5]}
    network = body_of(model, IMAGE, {})
    assert [x.output.shape[1:] for x in of_kind(network, "MaxPooling2D")] == [(6, 6, 4), (3, 3, 6)]
    convolutions = conv(2, 4, 3) + conv(4, 4, 3) + conv(4, 6, 3) + 2 * conv(6, 6, 3)
    assert network.count_params() == convolutions + (3 * 3 * 6 * 5 + 5) + (5 + 1)


def test_spatial_dropout_takes_whole_channels_and_block_dropout_pixels(body_of):
    import keras

    model = {"name": "cnn", "filters": [8], "spatial_dropout": 0.4, "activation": "sigmoid"}
    for rates, kind in (({}, "SpatialDropout2D"), ({"block_dropout": 0.4}, "Dropout")):
        network = body_of(model | rates | ({"spatial_dropout": 0.0} if rates else {}), IMAGE, {})
        (layer,) = of_kind(network, kind)
        inner = keras.Model(network.inputs, layer.output)
        lost = (np.asarray(inner(image(40), training=True)) == 0).mean(axis=(1, 2))
        assert lost.mean() == pytest.approx(0.4, abs=0.1)
        assert (set(np.unique(lost)) == {0.0, 1.0}) == (kind == "SpatialDropout2D")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"name": "inception", "filters": [8, [6]], "bottleneck": 4},
         "filters must be multiples of bottleneck 4, found 6"),
        ({"name": "cnn", "spatial_dropout": 1.0}, "spatial_dropout"),
        ({"name": "separable", "convolutions": 0}, "convolutions"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(fault_of, model, words):
    assert words in fault_of(model, IMAGE, {})
