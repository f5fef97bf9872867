"""Layouts of stations, and what arrival times say about them."""

import numpy as np
import pytest

from footprint.ingest.stations import positions, residual_ns
from tests.ingest import public_sets as sets


@pytest.mark.parametrize("layout", ["cartesian", "offset"])
def test_as_the_published_generator_places_them(layout):
    expected = sets.stations(9, layout, 1500).reshape(9, 9, 3)
    found = positions(layout, (9, 9), 1500)
    np.testing.assert_allclose(found[0], expected[..., 0], atol=1e-9)
    np.testing.assert_allclose(found[1], expected[..., 1], atol=1e-9)


@pytest.mark.parametrize(("layout", "neighbours"), [("cartesian", 4), ("offset", 6), ("axial", 6)])
def test_inner_stations_have_their_neighbours_at_one_spacing(layout, neighbours):
    x, y, _ = positions(layout, (9, 9), 1500)
    inner = x[4, 4], y[4, 4]
    distance = np.sort(np.hypot(x - inner[0], y - inner[1]).ravel())
    np.testing.assert_allclose(distance[1 : neighbours + 1], 1500)
    assert distance[neighbours + 1] > 2000


def test_the_array_is_centred():
    for layout in ("cartesian", "axial"):
        np.testing.assert_allclose(positions(layout, (14, 14), 750).mean(axis=(1, 2)), 0, atol=1e-9)


def test_the_residual_is_the_noise_and_an_offset_of_all_times_does_not_count():
    rng = np.random.default_rng(1)
    stations = positions("cartesian", (9, 9), 1500)
    axis = np.tile([0.6, 0.0, 0.8], (50, 1))
    plane = -0.6 * stations[0] / 0.3
    times = plane + rng.normal(0, 40, (50, 9, 9)) + rng.uniform(-1e6, 1e6, (50, 1, 1))
    assert 36 < residual_ns(stations, axis, times) < 44
    # Seen from the other side, the front would run backwards.
    assert residual_ns(stations, axis * [-1, 1, 1], times) > 1e4


def test_events_of_three_stations_say_nothing():
    times = np.full((2, 9, 9), np.nan)
    times[:, 0, :3] = 0
    axis = np.tile([0.0, 0.0, 1.0], (2, 1))
    assert np.isnan(residual_ns(positions("offset", (9, 9), 1500), axis, times))
