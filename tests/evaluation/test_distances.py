from dataclasses import replace

import numpy as np
import pytest

from footprint.evaluation import distances as room
from footprint.evaluation.bins import equal_population
from footprint.evaluation.bootstrap import bootstrap


def rotated(vectors, angle, rng):
    """Turn each vector by an angle [rad] about some axis perpendicular to it."""
    other = np.cross(vectors, rng.normal(size=vectors.shape))
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    return vectors * np.cos(angle) + other * np.sin(angle)


def directions(rng, events):
    vectors = rng.normal(size=(events, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ones(predictions):
    return np.ones(len(predictions.truth), dtype=np.int64)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-5, 0.01, 1.0, np.pi / 2, 3.0, np.pi - 1e-6, np.pi])
def test_opening_angle_of_known_rotations(angle, rng):
    vectors = directions(rng, 200)
    found = room.opening_angle(rotated(vectors, angle, rng), vectors)
    np.testing.assert_allclose(np.radians(found), angle, rtol=1e-6, atol=1e-15)


def test_opening_angle_is_not_lost_in_single_precision(rng):
    vectors = directions(rng, 500)
    turned = rotated(vectors, 1e-4, rng).astype(np.float32)
    found = np.radians(room.opening_angle(turned, vectors.astype(np.float32)))
    np.testing.assert_allclose(found, 1e-4, rtol=5e-3)  # of 6e-8, what float32 rounds to
    lengths = rng.uniform(0.1, 10, (500, 1))
    np.testing.assert_allclose(
        room.opening_angle(lengths * turned, vectors), room.opening_angle(turned, vectors)
    )


def test_zenith_of_known_directions():
    found = room.zenith([[0, 0, 1], [1, 0, 1], [0, -1, 0], [1e-7, 0, 1], [0, 0, -2]])
    np.testing.assert_allclose(found, [0, 45, 90, np.degrees(1e-7), 180])


def test_68_percent_of_a_normal_in_two_dimensions_lie_within_one_and_a_half_sigma(
    direction, position
):
    for p, name in ((direction(20_000, sigma=0.5), "angle"), (position(20_000, 0.5), "distance")):
        found = bootstrap(room.measures(p), 20_000, 100)
        for share, sigmas in (("68", 1.5096), ("50", 1.1774), ("95", 2.4477)):
            sampled = found[f"{name}_{share}"]
            assert abs(sampled.value - 0.5 * sigmas) < 4 * sampled.error, share
            assert sampled.value == pytest.approx(0.5 * sigmas, rel=0.03)
        # A quantile's error is sqrt(q (1 - q) / n) over the density there.
        density = 1.5096 / 0.5 * np.exp(-(1.5096**2) / 2)
        expected = np.sqrt(0.68 * 0.32 / 20_000) / density
        assert found[f"{name}_68"].error == pytest.approx(expected, rel=0.3)


def test_numbers_agree_with_numpy_resampled(position, rng):
    p = position(200, dimensions=3)
    counts = rng.integers(0, 4, 200)
    rows = np.repeat(np.arange(200), counts)
    found = room.measures(p)(counts)
    far = np.linalg.norm(p.prediction - p.truth, axis=1)[rows]
    assert found["distance_68"] == pytest.approx(np.quantile(far, 0.68))
    assert found["distance_95"] == pytest.approx(np.quantile(far, 0.95))
    np.testing.assert_allclose(
        [found["bias_x"], found["bias_y"], found["bias_z"]],
        (p.prediction - p.truth)[rows].mean(axis=0),
    )
    assert next(iter(found)) == "distance_68"


def test_biases_are_found(direction, position):
    p = position(2000, sigma=10, bias=[3, -5])
    found = bootstrap(room.measures(p), 2000, 100)
    for name, expected in (("bias_x", 3), ("bias_y", -5)):
        assert abs(found[name].value - expected) < 4 * found[name].error
        assert found[name].error == pytest.approx(10 / 2000**0.5, rel=0.3)
    truth = direction(500).truth
    zenith, azimuth = np.radians(room.zenith(truth)) + np.radians(2), np.arctan2(*truth.T[1::-1])
    lower = np.stack(
        [np.sin(zenith) * np.cos(azimuth), np.sin(zenith) * np.sin(azimuth), np.cos(zenith)], axis=1
    )
    found = room.measures(direction(500, truth=truth, prediction=lower))(np.ones(500, dtype=int))
    assert found["zenith_bias"] == pytest.approx(2, rel=1e-5)
    assert found["angle_50"] == pytest.approx(2, rel=1e-5)


def test_containment_in_bins_finds_where_the_resolution_is_worse(position):
    p = position(4000, sigma=10)
    heavy = p.spectators["mass_number"] == 56
    p.prediction[heavy] += 3 * (p.prediction - p.truth)[heavy]
    bins = equal_population(p.spectators["mass_number"], 8)
    found = bootstrap(room.containment(p, bins), 4000, 50)["distance_68"]
    np.testing.assert_allclose(found.value, [15.1, 15.1, 15.1, 60.4], rtol=0.08)
    assert (np.abs(found.value - [15.096, 15.096, 15.096, 60.38]) < 4 * found.error).all()


def test_distribution_holds_all_events_and_grows_to_the_share_below(position):
    p = position(1000, sigma=10)
    edges = np.geomspace(1, 20, 31)
    found = room.distribution(p, edges)(ones(p))
    far = np.linalg.norm(p.prediction - p.truth, axis=1)
    np.testing.assert_allclose(found["cumulative"], [np.mean(far < edge) for edge in edges[1:]])
    inside = found["density"] * np.diff(np.log10(edges))
    assert inside.sum() == pytest.approx(np.mean((far >= 1) & (far < 20)))


def test_a_constant_direction_is_as_far_as_the_sky_is_wide(direction):
    p = direction(5000)  # evenly over the upper half of the sphere
    p = replace(p, prediction=np.tile([0.0, 0.0, 1.0], (5000, 1)))
    found = bootstrap(room.measures(p), 5000, 50)
    expected = np.degrees(np.arccos(1 - 0.68))
    assert abs(found["angle_68"].value - expected) < 4 * found["angle_68"].error
    assert abs(found["zenith_bias"].value + np.degrees(1)) < 4 * found["zenith_bias"].error
