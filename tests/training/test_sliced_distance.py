"""Distances between samples: the integral of |F - G|, with weights, along directions."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from footprint.training.sliced_distance import distances, look, sliced_distance


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
    real = rng.normal(5, 3, (4000, 1)).astype(np.float32)
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
    assert float(sliced_distance(real, alike, given, along)) < 0.03
    assert float(sliced_distance(real, wrong, None, look(64, 1, 0, 1))) < 0.05
    assert float(sliced_distance(real, wrong, given, along)) > 0.3
