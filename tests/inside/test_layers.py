import numpy as np


def nested():
    import keras

    inner = keras.Sequential(
        [keras.Input((6, 6, 3)), keras.layers.Conv2D(5, 3, name="deep"), keras.layers.ReLU()]
    )

    @keras.saving.register_keras_serializable(package="test")
    class Own(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.steps = [keras.layers.Conv2D(2, 2, name="in_a_list")]

        def call(self, x):
            return self.steps[0](x)

    image = keras.Input((6, 6, 3), name="image")
    x = keras.layers.Conv2D(3, 1, name="pixelwise")(image)
    x = Own()(inner(x))
    return keras.Model({"image": image}, {"t": keras.layers.Dense(1)(keras.layers.Flatten()(x))})


def test_convolutions_are_found_in_order_at_any_depth():
    from footprint.inside.filters import first_filters
    from footprint.inside.layers import convolutions

    network = nested()
    assert [layer.name for layer in convolutions(network)] == ["pixelwise", "deep", "in_a_list"]
    # A convolution of single pixels has no pattern to show.
    found = first_filters(network, ["red", "green", "blue"])
    assert (found.layer, found.kernel.shape) == ("deep", (3, 3, 3, 5))
    assert found.channels == ("red", "green", "blue")
    assert first_filters(network, ["a", "b"]).channels == ("channel 1", "channel 2", "channel 3")


def test_activations_of_nested_layers_are_what_they_return(rng):
    import keras

    from footprint.inside.activations import activations
    from footprint.inside.layers import convolutions, outputs_of

    network = nested()
    inputs = {"image": rng.normal(size=(2, 6, 6, 3)).astype(np.float32)}
    first, deep, last = convolutions(network)
    found = outputs_of(network, [first, deep, last], inputs)
    np.testing.assert_allclose(found["deep"], deep(first(inputs["image"])), rtol=1e-5)
    assert "call" not in vars(deep)
    shown = activations(network, inputs)
    assert [layer.layer for layer in shown] == ["pixelwise", "in_a_list"]
    np.testing.assert_allclose(
        shown[1].values, found["in_a_list"][..., list(shown[1].maps)], rtol=1e-5
    )
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    assert activations(dense, {"x": np.zeros((1, 4), np.float32)}) == []


def test_the_maps_that_vary_most_are_kept(rng):
    import keras

    from footprint.inside.activations import MAPS, activations

    network = keras.Sequential([keras.Input((5, 5, 1)), keras.layers.Conv2D(MAPS + 4, 1)])
    scale = np.array([0.1, 5, 1, 2, 0.2, 3, 4, 0.3, 6, 7, 0.4, 8], np.float32)
    network.layers[0].set_weights([scale.reshape(1, 1, 1, -1), 100 * np.ones(12, np.float32)])
    network(np.zeros((1, 5, 5, 1)))
    (found,) = activations(network, rng.normal(size=(2, 5, 5, 1)).astype(np.float32))
    assert found.maps == (1, 2, 3, 5, 6, 8, 9, 11)


def test_kernels_of_all_kinds_are_brought_to_one_shape():
    import keras

    from footprint.inside.layers import kernel_of
    from footprint.models.hexagonal import HexagonalConvolution

    shape = (None, 6, 6, 3)
    for layer, expected in (
        (keras.layers.DepthwiseConv2D(3, depth_multiplier=2), (3, 3, 1, 6)),
        (keras.layers.SeparableConv2D(8, (3, 5)), (3, 5, 1, 3)),
        (HexagonalConvolution(4), (3, 3, 3, 4)),
    ):
        layer.build(shape)
        kernel = kernel_of(layer)
        assert kernel.shape == expected
    absent = np.isnan(kernel).all(axis=(2, 3))
    assert sorted(zip(*np.nonzero(absent), strict=True)) == [(0, 0), (2, 2)]
    np.testing.assert_array_equal(kernel[1, 1], layer.kernel[3])
