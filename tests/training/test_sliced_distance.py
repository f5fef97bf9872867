"""Distances between samples: the integral of |F - G|, with weights, along directions."""

import numpy as np
import pytest
from keras import ops
from scipy.stats import norm, wasserstein_distance

from footprint.training.sliced_distance import (
    distances,
    energies,
    look,
    sliced_distance,
    sliced_energy,
)


@pytest.mark.parametrize("weighted", [False, True])
def test_distances_are_those_of_scipy(weighted):
    rng = np.random.default_rng(1)
    real, made = rng.normal(size=(2, 300, 3)).astype(np.float32)
    made = 1.4 * made + [0, 0.3, -2]
    weight = rng.uniform(0, 2, 300).astype(np.float32) if weighted else None
    found = distances(real, made.astype(np.float32), weight)
    for column in range(3):
        expected = wasserstein_distance(real[:, column], made[:, column], weight, weight)
        assert float(found[column]) == pytest.approx(expected, rel=1e-3)


def test_the_distance_of_shifted_normals_is_the_shift_in_standard_deviations():
    rng = np.random.default_rng(2)
    real = ops.convert_to_tensor(rng.normal(5, 3, (4000, 1)).astype(np.float32))
    for shift in (0.0, 0.6, 3.0):
        far = sliced_distance(real, real + shift, None, look(8, 1, 0, 1))
        assert float(far) == pytest.approx(shift / 3, rel=0.03, abs=1e-4)


def test_events_under_wrong_conditions_are_far():
    rng = np.random.default_rng(3)
    given = rng.normal(size=(3000, 1)).astype(np.float32)
    real = given + 0.1 * rng.normal(size=(3000, 1)).astype(np.float32)
    wrong = -real  # the same distribution, but for the conditions
    along = look(64, 1, 1, 1)
    alike = given + 0.1 * rng.normal(size=(3000, 1)).astype(np.float32)
    given, real, wrong, alike = map(ops.convert_to_tensor, (given, real, wrong, alike))
    assert float(sliced_distance(real, alike, given, along)) < 0.03
    assert float(sliced_distance(real, wrong, None, look(64, 1, 0, 1))) < 0.05
    assert float(sliced_distance(real, wrong, given, along)) > 0.3


@pytest.mark.parametrize("weighted", [False, True])
def test_energies_are_those_of_all_pairs(weighted):
    rng = np.random.default_rng(4)
    real, made = rng.normal(size=(2, 60, 3)).astype(np.float32)
    made = (1.4 * made + [0, 0.3, -2]).astype(np.float32)
    weight = rng.uniform(0.2, 2, 60).astype(np.float32) if weighted else np.ones(60, np.float32)
    both = np.outer(weight, weight)
    others = both * (1 - np.eye(60))
    for column, found in enumerate(energies(real, made, weight if weighted else None)):
        x, y = real[:, column], made[:, column]
        cross = np.average(np.abs(x[:, None] - y), weights=both)
        within = [np.average(np.abs(v[:, None] - v), weights=others) for v in (x, y)]
        assert float(found) == pytest.approx(2 * cross - sum(within), abs=1e-4)


def test_the_energy_of_a_single_event_is_finite():
    assert np.isfinite(np.asarray(energies(np.ones((1, 2), "f4"), np.zeros((1, 2), "f4")))).all()


def test_small_batches_are_nearest_where_they_vary_as_much_by_energy_alone():
    """Wasserstein distances of batches are smallest where generated events vary too little."""
    rng = np.random.default_rng(5)
    real, made = rng.normal(size=(2, 24, 4000)).astype(np.float32)
    spreads = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2)
    found = {
        distance: np.array([distance(real, spread * made) for spread in spreads])
        for distance in (distances, energies)
    }
    mean = {distance: values.mean(axis=1) for distance, values in found.items()}
    assert spreads[np.argmin(mean[energies])] == 1.0
    assert abs(mean[energies][3]) < 3 * found[energies][3].std() / np.sqrt(4000)
    assert spreads[np.argmin(mean[distances])] < 0.95


def test_the_energy_of_shifted_normals():
    """2 E|x - y| - 2 E|x - x'| of normals of sd 1, s apart: E|N(s, 2)| is known."""
    rng = np.random.default_rng(6)
    real, made = map(ops.convert_to_tensor, rng.normal(size=(2, 4000, 1)).astype(np.float32))
    shift = 1.5
    apart = 2 / np.sqrt(np.pi) * np.exp(-(shift**2) / 4) + shift * (
        1 - 2 * norm.cdf(-shift / 2**0.5)
    )
    # Along the directions, which all are the value itself, and along the value.
    expected = 2 * (2 * apart - 4 / np.sqrt(np.pi))
    found = sliced_energy(5 + 3 * real, 5 + 3 * (made + shift), None, look(8, 1, 0, 1))
    assert float(found) == pytest.approx(expected, rel=0.06)
