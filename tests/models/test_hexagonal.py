"""Convolutions on triangular grids, against sums over neighbours found by geometry."""

import numpy as np
import pytest

# Directions of the kernel's seven weights in degrees, None for the station itself.
DIRECTIONS = [180, 120, 240, None, 60, 300, 0]
HEIGHT = np.sqrt(3) / 2


def places(layout, rows, columns):
    """Positions of the stations in units of the spacing, shape (rows, columns, 2)."""
    i, j = np.mgrid[:rows, :columns]
    x = i + (0.5 * (j % 2) if layout == "offset" else 0.5 * j)
    return np.stack([x, HEIGHT * j], axis=-1)


@pytest.mark.parametrize(
    ("layout", "columns"), [("offset", 7), ("offset", 8), ("offset", 9), ("axial", 9)]
)
def test_stations_stand_where_the_generator_puts_them(layout, columns):
    from footprint.simulate import array

    x, y = getattr(array, layout)(9, columns)
    distance = np.stack([x, y], axis=-1) - places(layout, 9, columns)
    there = np.isfinite(x)
    assert there.sum() == (61 if layout == "axial" else 9 * columns)
    spread = np.ptp(distance[there], axis=0)
    np.testing.assert_allclose(spread, 0, atol=1e-12)


def summed(values, places, kernel, bias):
    """Sum over each station and its six neighbours, a weight for each direction."""
    flat, xy = values.reshape(-1, values.shape[-1]), places.reshape(-1, 2)
    result = np.tile(bias, (len(flat), 1))
    for weight, degrees in zip(kernel, DIRECTIONS, strict=True):
        angle = np.radians(degrees or 0)
        step = np.zeros(2) if degrees is None else np.array([np.cos(angle), np.sin(angle)])
        distance = np.linalg.norm(xy[:, None] + step - xy[None], axis=-1)
        result += (distance < 1e-6) @ flat @ weight
    return result.reshape(*values.shape[:-1], -1)


def convolution(channels, filters=3, seed=0, **options):
    from footprint.models.hexagonal import HexagonalConvolution

    rng = np.random.default_rng(seed)
    layer = HexagonalConvolution(filters, **options)
    layer.build((None, None, None, channels))
    layer.set_weights([rng.normal(size=(7, channels, filters)), rng.normal(size=filters)])
    return layer


def test_a_convolution_sums_over_the_neighbours_in_axial_coordinates():
    values = np.random.default_rng(1).normal(size=(2, 6, 7, 2)).astype("f4")
    layer = convolution(2)
    for event, found in zip(values, np.asarray(layer(values)), strict=True):
        expected = summed(event, places("axial", 6, 7), *layer.get_weights())
        np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (4, 5), (5, 4), (14, 14)])
def test_offset_columns_are_sheared_so_that_neighbours_stay_neighbours(rows, columns):
    from footprint.models.hexagonal import OffsetToAxial

    values = np.random.default_rng(1).normal(size=(1, rows, columns, 2)).astype("f4")
    sheared = np.asarray(OffsetToAxial()(values))
    widest = (columns - 1) // 2
    assert sheared.shape == (1, rows + widest, columns, 2)
    assert np.count_nonzero(sheared) == values.size
    layer = convolution(2)
    found = np.asarray(layer(sheared))[0]
    expected = summed(values[0], places("offset", rows, columns), *layer.get_weights())
    for j in range(columns):
        start = widest - j // 2
        np.testing.assert_allclose(found[start : start + rows, j], expected[:, j], atol=1e-4)


def test_strides_keep_every_second_row_and_column():
    values = np.random.default_rng(1).normal(size=(2, 7, 10, 2)).astype("f4")
    every, second = convolution(2), convolution(2, strides=2)
    found = np.asarray(second(values))
    assert found.shape == (2, 4, 5, 3)
    np.testing.assert_allclose(found, np.asarray(every(values))[:, ::2, ::2], atol=1e-5)


def turned(values):
    """Turn a square array in axial coordinates by 60 degrees about its middle."""
    result, middle = np.zeros_like(values), values.shape[0] // 2
    for row, column in np.argwhere(np.any(values != 0, axis=-1)):
        r, q = row - middle, column - middle
        # The step along a row becomes the step along a column, which becomes their difference.
        result[middle + q + r, middle - r] = values[row, column]
    return result


def disc(radius, size=13, channels=1):
    """Random values within a radius about the middle, in steps from station to station."""
    r, q = np.mgrid[:size, :size] - size // 2
    steps = (abs(r) + abs(q) + abs(r + q)) // 2
    values = np.random.default_rng(3).normal(size=(size, size, channels)).astype("f4")
    return np.where(steps[..., None] <= radius, values, 0)


def test_turned_means_turned():
    xy, values = places("axial", 13, 13), disc(3)
    to, frm = xy[turned(values)[..., 0] != 0], xy[values[..., 0] != 0]
    turn = np.array([[0.5, -HEIGHT], [HEIGHT, 0.5]])
    expected = (frm - xy[6, 6]) @ turn.T + xy[6, 6]
    assert len(to) == len(frm) == 37
    assert all(np.min(np.linalg.norm(to - place, axis=1)) < 1e-9 for place in expected)


def symmetric(network):
    """Give all six directions of each hexagonal kernel one weight, and no bias."""
    rng = np.random.default_rng(5)
    for layer in network.layers:
        if type(layer).__name__ == "HexagonalConvolution":
            kernel, bias = layer.get_weights()
            kernel = np.repeat(rng.normal(size=(1, *kernel.shape[1:])), 7, axis=0)
            kernel[3] = rng.normal(size=kernel.shape[1:])
            layer.set_weights([kernel, 0 * bias])


def test_a_turned_footprint_gives_the_turned_features():
    layer = convolution(2)
    kernel, bias = layer.get_weights()
    kernel[[0, 1, 2, 4, 5, 6]] = kernel[0]
    layer.set_weights([kernel, bias])
    values = disc(4, channels=2)
    one, two = np.asarray(layer(np.stack([values, turned(values)]))) - bias
    np.testing.assert_allclose(two, turned(np.where(abs(one) > 1e-6, one, 0)), atol=1e-5)


def test_a_network_of_sixfold_symmetry_says_the_same_of_a_turned_footprint(body_of):
    model = {"name": "hexagonal", "layout": "axial", "filters": [3, 4], "blocks": 1}
    network = body_of(model, {"footprint": (13, 13, 1)}, {})
    values = disc(2)
    pair = {"footprint": np.stack([values, turned(values)])}
    one, two = network.predict_on_batch(pair)
    network_of_any_weights = abs(one - two)
    symmetric(network)
    one, two = network.predict_on_batch(pair)
    np.testing.assert_allclose(one, two, rtol=1e-5)
    assert abs(one) > 1e-3
    assert network_of_any_weights > 1e-6


def test_the_layout_offset_is_the_sheared_layout_axial(body_of):
    from footprint.models.hexagonal import OffsetToAxial

    model = {"name": "hexagonal", "filters": [3, 4], "head": "flatten"}
    offset = body_of(model, {"footprint": (5, 4, 1)}, {})
    axial = body_of({**model, "layout": "axial"}, {"footprint": (6, 4, 1)}, {})
    axial.set_weights(offset.get_weights())
    values = np.random.default_rng(1).normal(size=(3, 5, 4, 1)).astype("f4")
    expected = axial.predict_on_batch({"footprint": np.asarray(OffsetToAxial()(values))})
    found = offset.predict_on_batch({"footprint": values})
    np.testing.assert_allclose(found, expected, rtol=1e-5)
