"""Graphs of nearest neighbours against loops over all pairs."""

import numpy as np
import pytest

JETS, MOST, FEATURES = 5, 11, 3


def clouds(seed=0):
    """Points with masks, one jet of none, one of one, one of three, the others of more."""
    rng = np.random.default_rng(seed)
    numbers = np.array([0, 1, 3, 7, MOST])
    there = np.arange(MOST) < numbers[:, None]
    return rng.normal(size=(JETS, MOST, FEATURES)).astype("f4"), there[..., None].astype("f4")


def nearest(points, mask, neighbours):
    """Indices of the nearest others of each point, by sorting all distances."""
    found = {}
    for jet in range(len(points)):
        others = np.flatnonzero(mask[jet, :, 0])
        for i in others:
            rest = [j for j in others if j != i]
            rest.sort(key=lambda j: np.sum((points[jet, i] - points[jet, j]) ** 2))
            found[jet, i] = rest[:neighbours]
    return found


def graph(points, mask, neighbours):
    from footprint.models.edges import NearestNeighbours

    index, there = NearestNeighbours(neighbours)(points, mask)
    return np.asarray(index), np.asarray(there)


@pytest.mark.parametrize("neighbours", [1, 4, 10])
def test_neighbours_are_the_nearest_others_of_the_jet(neighbours):
    points, mask = clouds()
    index, there = graph(points, mask, neighbours)
    assert index.shape == (JETS, MOST, neighbours)
    expected = nearest(points, mask, neighbours)
    for jet in range(JETS):
        for i in range(MOST):
            assert list(index[jet, i][there[jet, i, :, 0] > 0]) == expected.get((jet, i), [])


def test_no_more_neighbours_than_there_are_others():
    points, mask = clouds()
    index, there = graph(points, mask, 40)
    assert index.shape[2] == MOST - 1
    assert there[:, 0, :, 0].sum(axis=1).tolist() == [0, 0, 2, 6, 10]


def test_points_at_the_same_place_are_neighbours_of_each_other():
    points, mask = np.zeros((1, 3, 2), "f4"), np.ones((1, 3, 1), "f4")
    points[0, 2] = 9
    index, _ = graph(points, mask, 1)
    assert index[0, :2, 0].tolist() == [1, 0]


def test_an_edge_convolution_is_the_loop_over_edges():
    import keras

    from footprint.models.edges import EdgeFeatures, MeanOverNeighbours, NearestNeighbours

    points, mask = clouds()
    tensors = keras.Input((MOST, FEATURES)), keras.Input((MOST, 1))
    neighbours, there = NearestNeighbours(4)(*tensors)
    x = keras.layers.Activation("relu")(EdgeFeatures(6)(tensors[0], neighbours))
    x = keras.layers.Dense(5, activation="relu")(x)
    network = keras.Model(tensors, MeanOverNeighbours()(x, there))
    rng = np.random.default_rng(1)
    kernel, bias, second, shift = weights = [
        rng.normal(size=shape) for shape in ((2 * FEATURES, 6), (6,), (6, 5), (5,))
    ]
    network.set_weights(weights)
    said = np.asarray(network.predict_on_batch([points, mask]))
    expected = np.zeros_like(said)
    for (jet, i), others in nearest(points, mask, 4).items():
        edges = []
        for j in others:
            own, difference = points[jet, i], points[jet, j] - points[jet, i]
            hidden = np.maximum(np.concatenate([own, difference]) @ kernel + bias, 0)
            edges.append(np.maximum(hidden @ second + shift, 0))
        expected[jet, i] = np.mean(edges, axis=0) if edges else 0
    there = mask[..., 0] > 0
    np.testing.assert_allclose(said[there], expected[there], rtol=1e-4, atol=1e-5)
    assert np.ptp(said[there]) > 1


def test_the_second_graph_is_among_features(body_of):
    """Constituents far apart in the plane but alike in features see each other there."""
    channels = {"parts": ("deta", "dphi", "charge")}
    model = {
        "name": "particle_net", "coordinates": ["deta", "dphi"], "dropout": 0, "units": [],
        "batch_normalisation": False, "blocks": [{"neighbours": 1, "channels": [4]}] * 2,
    }  # fmt: skip
    network = body_of(model, {"parts": (6, 3)}, channels)
    layers = [layer for layer in network.layers if type(layer).__name__ == "NearestNeighbours"]
    inputs = [layer.input[0] for layer in layers]
    assert [tuple(tensor.shape[1:]) for tensor in inputs] == [(6, 2), (6, 4)]


# Edges 2C F + the layers after it, shortcut, and 4C for each normalisation; 7 channels; 256; 2.
def published(channels, blocks, units):
    total = 0
    for first, *rest in blocks:
        total += 2 * channels * first + channels * (last := [first, *rest][-1]) + 4 * last
        total += sum(a * b for a, b in zip([first, *rest], rest, strict=False))
        total += 4 * sum([first, *rest])
        channels = last
    return total + (channels + 1) * units + 4 * units + (units + 1) * 2


@pytest.mark.parametrize(
    ("blocks", "units", "trainable"),
    [([[64] * 3, [128] * 3, [256] * 3], 256, 366_000), ([[32] * 3, [64] * 3], 128, 26_000)],
)
def test_sizes_are_the_published_ones(jet_network, blocks, units, trainable):
    options = [{"neighbours": 7, "channels": channels} for channels in blocks]
    model = {"name": "particle_net", "coordinates": ["c0", "c1"], "blocks": options}
    built = jet_network(model | {"units": [units]})
    assert built.count_params() == published(7, blocks, units)
    free = sum(int(np.prod(weight.shape)) for weight in built.trainable_variables)
    assert free == pytest.approx(trainable, rel=0.03)
    if units == 256:
        assert jet_network(
            {"name": "particle_net", "coordinates": ["c0", "c1"]}
        ).count_params() == published(7, blocks, units)
