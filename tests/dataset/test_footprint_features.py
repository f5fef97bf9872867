import time as clock

import numpy as np
import pytest

from tests.dataset.power_law import LIGHT, axes, features, grid, showers


def opening_deg(one, other):
    """Angle by the cross product, which is precise for small ones."""
    return np.degrees(np.arcsin(np.linalg.norm(np.cross(one, other), axis=1)))


def test_a_plane_front_gives_back_the_axis_on_any_stations(rng):
    truth = axes(rng, 200, 80.0)
    for altitude in (0.0, 400.0):
        places = rng.uniform(-3000, 3000, (3, 12)) * np.array([[1], [1], [altitude / 3000]])
        along = np.einsum("ks,nk->ns", places, truth)
        signal = rng.uniform(10, 1000, along.shape)
        found, axis, _ = features(signal, 5000.0 - along / LIGHT, places)
        np.testing.assert_allclose(axis, truth, atol=1e-9)
        np.testing.assert_allclose(found["zenith"], np.degrees(np.arccos(truth[:, 2])), atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(axis, axis=1), 1, atol=1e-12)
        assert found["rms_front"].max() < 1e-5
        assert not found["fit_failed"].any()


def test_three_stations_fix_a_plane_and_leave_no_residual(rng):
    places = np.array([[0.0, 1500, 0], [0, 0, 1500], [0, 30, -50]])
    truth = axes(rng, 50)
    along = np.einsum("ks,nk->ns", places, truth)
    found, axis, _ = features(np.full(along.shape, 50.0), -along / LIGHT, places)
    np.testing.assert_allclose(axis, truth, atol=1e-9)
    assert np.isnan(found["chi2_front"]).all()
    assert not found["fit_failed"].any()


def test_times_are_weighted_by_their_errors(rng):
    """With right weights chi2 per degree of freedom is 1, and few events pull beyond 3 sd."""
    places, truth = grid(7, 750.0), axes(rng, 2000, 40)
    along = np.einsum("kij,nk->nij", places, truth)
    signal = 10 ** rng.uniform(1, 4, along.shape)
    error = 480.0 / (1 + np.log10(signal + 1))
    found, axis, _ = features(signal, -along / LIGHT + error * rng.normal(size=error.shape), places)
    assert found["chi2_front"].mean() == pytest.approx(1.0, abs=0.02)
    lever = (places[0] ** 2 / error**2).sum(axis=(1, 2))
    pull = (axis[:, 0] - truth[:, 0]) / (LIGHT / np.sqrt(lever))
    assert pull.std() == pytest.approx(1.0, abs=0.05)


def test_a_spherical_front_bends_upward_and_tilts_a_plane_away_from_the_core():
    places = grid(5, 750.0)
    origin = np.array([0.0, 0.0, 8000.0])
    for side in (-1.0, 0.0, 1.0):
        core = np.array([side * 1500.0, 0.0, 0.0])
        way = np.linalg.norm(places - (origin + core)[:, None, None], axis=0)
        signal, _ = showers(places, np.array([[0.0, 0, 1]]), core[None, :2], least=0.0)
        found, axis, _ = features(signal, way[None] / LIGHT, places)
        # Late far from the core: the plane rises there, as if the shower came from the core's side.
        assert np.sign(np.round(axis[0, 0], 6)) == side
        assert found["curvature"][0] > 0
    # In the middle, curvature is that of a sphere: 1 / (2 R c) = 208 ns/km2.
    signal, _ = showers(places, np.array([[0.0, 0, 1]]), np.zeros((1, 2)), least=0.0)
    way = np.linalg.norm(places - origin[:, None, None], axis=0)
    found, _, _ = features(signal, way[None] / LIGHT, places)
    assert found["curvature"][0] == pytest.approx(208, rel=0.05)
    assert found["delay_near"][0] < 0 < found["delay_far"][0]


def test_a_power_law_gives_back_size_slope_and_core(rng):
    truth, core = axes(rng, 100), rng.uniform(-700, 700, (100, 2))
    size = 10 ** rng.uniform(2, 4, (100, 1, 1))
    for places in (grid(), grid(altitudes=rng.uniform(-60, 60, (9, 9)))):
        signal, time = showers(places, truth, core, s1000=size, slope=-4.6)
        found, _, place = features(signal, time, places)
        known = found["stations_hit"] >= 5
        assert known.sum() > 50
        np.testing.assert_allclose(place[known], core[known], atol=0.5)
        np.testing.assert_allclose(found["slope"][known], -4.6, atol=0.01)
        near = np.log10(size.ravel()[known])
        np.testing.assert_allclose(found["lg_S1000"][known], near, atol=0.005)
        np.testing.assert_allclose(found["lg_S600"][known], near - 4.6 * np.log10(0.6), atol=0.005)
        np.testing.assert_allclose(found["bend"][known], 0, atol=0.05)


def test_few_stations_take_the_slope_that_is_expected(rng):
    places, truth = grid(), axes(rng, 300)
    core = rng.uniform(-700, 700, (300, 2))
    signal, time = showers(places, truth, core, s1000=60.0, slope=-5.0, least=20.0)
    found, _, place = features(signal, time, places, slope_sd=0.2)
    few = (found["fit_failed"] == 0) & (found["stations_hit"] < 5)
    assert few.sum() > 20
    assert np.abs(found["slope"][few] + 5).max() < 0.6
    assert np.median(np.linalg.norm(place[few] - core[few], axis=1)) < 250


def test_moving_the_array_moves_the_core_alone(rng):
    places, truth, core = grid(), axes(rng, 50), rng.uniform(-700, 700, (50, 2))
    signal, time = showers(places, truth, core)
    signal = signal * np.exp(0.2 * rng.normal(size=signal.shape))
    time = time + 100 * rng.normal(size=time.shape)
    one, axis, place = features(signal, time, places)
    shift = np.array([-4000.0, 900.0, 0.0])
    other, moved_axis, moved = features(signal, time + 1e5, places + shift[:, None, None])
    np.testing.assert_allclose(moved_axis, axis, atol=1e-9)
    np.testing.assert_allclose(moved - place, np.broadcast_to(shift[:2], place.shape), atol=1e-2)
    for name in set(one) - {"core_distance"}:
        np.testing.assert_allclose(other[name], one[name], rtol=1e-4, atol=1e-4, err_msg=name)


def test_a_quarter_turn_turns_axis_and_core(rng):
    places, truth, core = grid(), axes(rng, 50), rng.uniform(-700, 700, (50, 2))
    signal, time = showers(places, truth, core)
    signal = signal * np.exp(0.2 * rng.normal(size=signal.shape))
    time = time + 100 * rng.normal(size=time.shape)
    one, axis, place = features(signal, time, places)
    turn = [np.rot90(values, axes=(1, 2)) for values in (signal, time)]
    other, turned_axis, turned = features(*turn, places)
    np.testing.assert_allclose(turned_axis, axis[:, [1, 0, 2]] * [-1, 1, 1], atol=1e-9)
    np.testing.assert_allclose(turned, place[:, [1, 0]] * [-1, 1], atol=1e-2)
    np.testing.assert_allclose(other["azimuth"], (one["azimuth"] + 90) % 360, atol=1e-6)
    for name in set(one) - {"azimuth"}:
        np.testing.assert_allclose(other[name], one[name], rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("hit", [[], [4], [4, 5], [3, 4, 5], [0, 4, 8]])
def test_too_few_stations_are_flagged_and_answered(hit):
    places = grid(3, 750.0)
    signal, time = np.full((1, 9), np.nan), np.full((1, 9), np.nan)
    signal[0, hit], time[0, hit] = 100.0, np.arange(len(hit)) * 300.0
    shape = (1, 3, 3)
    traces = np.ones((*shape, 80), dtype=np.float32)
    found, axis, core = features(signal.reshape(shape), time.reshape(shape), places, traces=traces)
    assert found["fit_failed"] == 1
    assert axis.tolist() == [[0, 0, 1]]
    assert found["stations_hit"] == len(hit)
    expected = places[:2].reshape(2, 9)[:, hit].mean(axis=1) if hit else [0, 0]
    np.testing.assert_allclose(core[0], expected, atol=1e-9)
    assert not np.isinf([*found.values()]).any()
    assert np.isnan(found["lg_S1000"])
    assert np.isfinite(found["lg_total_signal"]) == bool(hit)


def test_times_that_no_direction_explains_are_flagged():
    places = grid(3, 750.0)
    time = places[0] / LIGHT * 1.5  # faster than light along the ground
    found, axis, _ = features(np.full((1, 3, 3), 50.0), time[None], places)
    assert found["fit_failed"] == 1
    assert axis[0, 0] < -0.99
    assert np.isfinite(axis).all()


def test_pedestal_is_subtracted_and_absent_stations_are_no_matter(rng):
    places, truth, core = grid(), axes(rng, 20), rng.uniform(-700, 700, (20, 2))
    signal, time = showers(places, truth, core)
    one, _, _ = features(signal, time, places)
    noisy, _, _ = features(signal + 96.0, time, places, pedestal_VEM=96.0)
    np.testing.assert_allclose(noisy["lg_S1000"], one["lg_S1000"], atol=1e-6)
    corners = places.copy()
    corners[:, 0, 0] = corners[:, -1, -1] = np.nan
    gone, _, _ = features(np.where(np.isnan(corners[0]), 50.0, signal), time, corners)
    np.testing.assert_allclose(gone["lg_S1000"], one["lg_S1000"], atol=1e-3)


def test_early_late_asymmetry_points_to_where_the_shower_comes_from(rng):
    places, truth = grid(9, 750.0), axes(rng, 50)
    truth = truth[truth[:, 2] < 0.9]
    core = np.zeros((len(truth), 2))
    signal, time = showers(places, truth, core, least=0.0)
    side = np.einsum("kij,nk->nij", places[:2], truth[:, :2])
    found, _, _ = features(signal * np.exp(1e-4 * side), time, places)
    even, _, _ = features(signal, time, places)
    assert (found["early_late"] > even["early_late"]).mean() > 0.9
    np.testing.assert_allclose(even["early_late"], 0, atol=1e-6)


def test_shape_of_a_trace_that_is_known(rng):
    places, truth, core = grid(), axes(rng, 5), rng.uniform(-700, 700, (5, 2))
    signal, time = showers(places, truth, core)
    bins = np.zeros(80)
    bins[10:20] = 0.1  # flat from 250 to 500 ns
    traces = signal[..., None] * bins
    found, _, _ = features(signal, time, places, traces=traces, noise_VEM=0.0)
    for name, value in {
        "t10_1": 275.0,
        "t50_2": 375.0,
        "risetime_10_50_3": 100.0,
        "risetime_10_90_at_1000": 200.0,
        "falltime_at_1000": 100.0,
        "peak_share_1": 0.1,
        "jumps_1": 0.1,
    }.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-4, err_msg=name)
    np.testing.assert_allclose(found["t50_gradient"], 0, atol=1e-2)
    raised, _, _ = features(
        signal + 96, time, places, traces=traces + 1.2, noise_VEM=0.0, pedestal_VEM=96.0
    )
    np.testing.assert_allclose(raised["t50_1"], 375.0, rtol=1e-3)


def test_times_grow_with_distance_as_they_were_made(rng):
    places, truth, core = grid(), axes(rng, 5, 30), rng.uniform(400, 600, (5, 2))
    signal, time = showers(places, truth, core)
    away = places[None] - np.concatenate([core, np.zeros((5, 1))], axis=1)[:, :, None, None]
    along = (away * truth[:, :, None, None]).sum(axis=1)
    r = np.sqrt((away**2).sum(axis=1) - along**2)
    centre = 1000.0 + 300.0 * np.log(r / 1000.0)
    bins = 25.0 * (np.arange(200) + 0.5)
    traces = np.exp(-((bins - centre[..., None]) ** 2) / (2 * 60.0**2))
    traces *= (signal / traces.sum(axis=-1))[..., None]
    found, _, _ = features(signal, time, places, traces=traces)
    np.testing.assert_allclose(found["t50_at_1000"], 1000.0, atol=3)
    np.testing.assert_allclose(found["t50_gradient"], 300.0, rtol=0.01)
    np.testing.assert_allclose(found["risetime_10_90_at_1000"], 2 * 1.2816 * 60, rtol=0.02)


@pytest.mark.slow
def test_five_thousand_events_a_second(rng):
    places, truth = grid(14, 750.0), axes(rng, 4000)
    signal, time = showers(places, truth, rng.uniform(-350, 350, (4000, 2)), least=20.0)
    features(signal[:2], time[:2], places)
    start = clock.perf_counter()
    features(signal, time, places)
    assert 4000 / (clock.perf_counter() - start) > 5000
