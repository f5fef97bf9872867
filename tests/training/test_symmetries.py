"""Turned events are those of turned axes; turns and flips form groups."""

import numpy as np
import pytest

from footprint.errors import TrainingError
from footprint.simulate.array import array_of
from footprint.training.symmetries import Layout, orthogonal, symmetries_of

from .showers import measured, options, primaries, turned

LAYOUTS = [("cartesian", 9, 4), ("cartesian", 14, 4), ("axial", 9, 6), ("offset", 9, 6)]


def layout_of(config):
    array = array_of(config)
    return Layout(np.stack([array.x.ravel(), array.y.ravel(), array.z.ravel()], axis=-1))


def moved(symmetries, element, values):
    """Values of shape (n, stations) after a turn; NaN where none come."""
    sources = symmetries.sources[element]
    return np.where(sources >= 0, values[:, sources], np.nan)


@pytest.mark.parametrize("front", ["plane", "sphere"])
@pytest.mark.parametrize(("layout", "side", "turns"), LAYOUTS)
def test_a_turned_event_is_the_event_of_a_turned_axis(layout, side, turns, front):
    config = options(layout, side, front=front)
    symmetries = symmetries_of(layout_of(config), turns, flips=True)
    showers = primaries(40)
    before = {k: v.reshape(40, side * side, -1) for k, v in measured(config, showers).items()}
    for element, matrix in enumerate(symmetries.matrices):
        after = measured(config, turned(showers, matrix))
        known = symmetries.sources[element] >= 0
        assert known.mean() > (0.8 if layout == "offset" else 0.999)
        for name, tolerance in (("arrival_time", 1e-6), ("signal", 1e-9), ("traces", 1e-9)):
            found = before[name][:, symmetries.sources[element]][:, known]
            truth = after[name].reshape(before[name].shape)[:, known]
            assert np.isfinite(truth).mean() > 0.05
            np.testing.assert_allclose(found, truth, rtol=1e-7, atol=tolerance)


@pytest.mark.parametrize(("layout", "side", "turns"), LAYOUTS)
def test_the_plane_front_turns_with_the_axis(layout, side, turns, rng):
    """Without the generator: T = -(x_s - x_core) . axis / c."""
    array = array_of(options(layout, side))
    places = np.stack([array.x.ravel(), array.y.ravel()], axis=-1)

    def times(axis, core):
        return -(places - core) @ axis / 0.3

    symmetries = symmetries_of(Layout(places), turns, flips=True)
    axis, core = rng.normal(size=2), rng.normal(size=2) * 500
    for element, matrix in enumerate(symmetries.matrices):
        found = moved(symmetries, element, times(axis, core)[None])[0]
        known = np.isfinite(found)
        np.testing.assert_allclose(found[known], times(matrix @ axis, matrix @ core)[known])


def test_a_quarter_turn_takes_x_to_y_and_a_flip_y_to_minus_y():
    config = options("cartesian", 3)
    symmetries = symmetries_of(layout_of(config), 4, flips=True)
    east, north, south = np.zeros((3, 3, 3))
    east[2, 1] = north[1, 2] = south[1, 0] = 1.0
    np.testing.assert_array_equal(moved(symmetries, 1, east.reshape(1, 9)), north.reshape(1, 9))
    np.testing.assert_array_equal(moved(symmetries, 4, north.reshape(1, 9)), south.reshape(1, 9))
    np.testing.assert_array_equal(moved(symmetries, 4, east.reshape(1, 9)), east.reshape(1, 9))
    np.testing.assert_allclose(symmetries.matrices[1] @ [1, 0], [0, 1], atol=1e-12)
    np.testing.assert_allclose(symmetries.matrices[4] @ [0, 1], [0, -1], atol=1e-12)


def test_a_quarter_turn_is_that_of_numpy():
    """Rows run along x and columns along y, so that turning x to y is rot90 of (x, y) axes."""
    symmetries = symmetries_of(layout_of(options("cartesian", 5)), 4, flips=False)
    image = np.arange(25.0).reshape(5, 5)
    for k in range(4):
        found = moved(symmetries, k, image.reshape(1, 25)).reshape(5, 5)
        np.testing.assert_array_equal(found, np.rot90(image, k))


@pytest.mark.parametrize(("layout", "side", "turns"), LAYOUTS[:3])
def test_turns_and_flips_are_a_group(layout, side, turns):
    symmetries = symmetries_of(layout_of(options(layout, side)), turns, flips=True)
    assert len(symmetries) == 2 * turns
    everything = np.arange(side * side)
    np.testing.assert_array_equal(symmetries.sources[0], everything)
    assert len({tuple(sources) for sources in symmetries.sources}) == len(symmetries)
    for a, first in enumerate(symmetries.matrices):
        np.testing.assert_array_equal(np.sort(symmetries.sources[a]), everything)
        back = symmetries.inverse(a)
        np.testing.assert_allclose(symmetries.matrices[back] @ first, np.eye(2), atol=1e-12)
        np.testing.assert_array_equal(symmetries.sources[a][symmetries.sources[back]], everything)
        for b, second in enumerate(symmetries.matrices):
            product = second @ first
            distance = np.abs(symmetries.matrices - product).max(axis=(1, 2))
            assert distance.min() < 1e-12
            # First a, then b: what arrives after b was taken from where a had put it.
            both = symmetries.sources[a][symmetries.sources[b]]
            np.testing.assert_array_equal(both, symmetries.sources[distance.argmin()])


@pytest.mark.parametrize(("layout", "side", "turns"), LAYOUTS[:3])
def test_a_full_circle_and_two_flips_change_nothing(layout, side, turns, rng):
    symmetries = symmetries_of(layout_of(options(layout, side)), turns, flips=True)
    event = rng.normal(size=(1, side * side))
    values = event
    for step in range(1, turns + 1):
        values = moved(symmetries, 1, values)
        assert np.array_equal(values, event) == (step == turns)
    for flip in range(turns, 2 * turns):
        assert not np.array_equal(moved(symmetries, flip, event), event)
        twice = moved(symmetries, flip, moved(symmetries, flip, event))
        np.testing.assert_array_equal(twice, event)


def test_stations_without_partner_get_nothing_and_missing_places_stay():
    config = options("offset", 9)
    symmetries = symmetries_of(layout_of(config), 6, flips=False)
    lost = np.count_nonzero(symmetries.sources < 0, axis=1)
    assert lost[0] == 0
    assert np.all((lost[1:] > 0) & (lost[1:] < 20))
    axial = layout_of(options("axial", 9))
    corners = np.flatnonzero(~axial.exists)
    assert len(corners) == 20
    for sources in symmetries_of(axial, 6, flips=True).sources:
        np.testing.assert_array_equal(sources[corners], corners)


@pytest.mark.parametrize(
    ("layout", "changes", "turns", "flips"),
    [
        ("cartesian", {}, 4, True),
        ("cartesian", {"rows": 5, "columns": 8}, 2, True),
        ("offset", {}, 6, True),
        ("offset", {"rows": 14, "columns": 14}, 2, False),
        ("axial", {}, 6, True),
    ],
)
def test_the_most_that_a_layout_has_is_found(layout, changes, turns, flips):
    found = symmetries_of(layout_of(options(layout, **changes)), None, None)
    assert (found.turns, found.flips) == (turns, flips)


def test_a_list_of_stations_turns_like_the_grid(rng):
    array = array_of(options("axial", 9))
    exists = array.exists
    places = np.stack([array.x[exists], array.y[exists], array.z[exists]], axis=-1)
    order = rng.permutation(len(places))
    grid = symmetries_of(layout_of(options("axial", 9)), 6, flips=True)
    single = symmetries_of(Layout(places[order]), 6, flips=True)
    event = rng.normal(size=(1, 81))
    for element in range(12):
        of_list = moved(single, element, event[:, exists.ravel()][:, order])
        of_grid = moved(grid, element, event)[:, exists.ravel()][:, order]
        np.testing.assert_array_equal(of_list, of_grid)


def test_layouts_without_a_symmetry_are_refused():
    square = layout_of(options("cartesian", 14))
    with pytest.raises(
        TrainingError,
        match=r"turned by 60 degrees, 0 of 196 stations .* at least half. It has turns: 4 and "
        r"flips: true",
    ):
        symmetries_of(square, 6, flips=False)
    with pytest.raises(TrainingError, match=r"turned by 90 degrees.* turns: 6 and flips: true"):
        symmetries_of(layout_of(options("axial", 9)), 4, flips=False)
    with pytest.raises(TrainingError, match=r"mirrored .* It has turns: 2 and flips: false"):
        symmetries_of(layout_of(options("offset", 14)), 2, flips=True)


def test_random_stations_have_no_symmetry(rng):
    with pytest.raises(TrainingError, match="under no turn or flip"):
        symmetries_of(Layout(rng.uniform(-1e4, 1e4, (60, 2))), None, None)
    with pytest.raises(TrainingError, match="1 stations have a position"):
        symmetries_of(Layout(np.zeros((1, 2))), None, None)


def test_stations_of_unequal_height_are_no_partners():
    level = layout_of(options("cartesian", 5)).positions
    slope = level.copy()
    slope[:, 2] = 0.05 * level[:, 0]
    symmetries = symmetries_of(Layout(slope), None, None)
    assert (symmetries.turns, symmetries.flips) == (1, True)
    assert len(symmetries_of(Layout(slope[:, :2]), None, None)) == 8


def test_small_errors_of_the_positions_do_not_matter(rng):
    exact = layout_of(options("cartesian", 9)).positions
    near = exact + rng.uniform(-3.0, 3.0, exact.shape)
    found, truth = (symmetries_of(Layout(p), 4, flips=True) for p in (near, exact))
    np.testing.assert_array_equal(found.sources, truth.sources)


def test_matrices_keep_lengths_and_flips_their_sign():
    matrices = orthogonal(6, flips=True)
    np.testing.assert_allclose(matrices @ matrices.transpose(0, 2, 1), [np.eye(2)] * 12, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(matrices), [1.0] * 6 + [-1.0] * 6)
