"""Distances of distributions, against closed forms and against SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import sqrtm
from scipy.stats import ks_2samp, wasserstein_distance

from footprint.evaluation import several_observables as several
from footprint.evaluation.bootstrap import bootstrap_of_two
from footprint.evaluation.two_distributions import ks_probability, pair
from tests.evaluation.samples_of import normal


def measured(first, second, weights=None):
    counts = weights or (np.ones(len(first)), np.ones(len(second)))
    return pair(first, second, counts).wasserstein_and_ks(*counts)


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(2, 40), st.booleans())
def test_scipy_finds_the_same(seed, n, m, whole):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(0, 2, n), rng.normal(1, 3, m)
    if whole:
        first, second = np.round(first), np.round(second)  # ties
    weights = rng.uniform(0.1, 2, n), rng.uniform(0.1, 2, m)
    wasserstein, ks = measured(first, second)
    assert_allclose(wasserstein, wasserstein_distance(first, second), rtol=1e-9, atol=1e-12)
    assert_allclose(ks, ks_2samp(first, second).statistic, atol=1e-12)
    weighted, _ = measured(first, second, weights)
    assert_allclose(weighted, wasserstein_distance(first, second, *weights), rtol=1e-9)


@pytest.mark.parametrize("shift", [0.3, 2.0])
def test_a_shift_is_the_distance_of_two_normals(shift):
    wasserstein, _ = measured(normal(1, 40000), normal(2, 40000, shift))
    assert wasserstein == pytest.approx(shift, abs=0.02)


def test_twice_the_width_is_its_mean_absolute_deviation():
    """W1 of N(0, 1) and N(0, 2) is (2 - 1) E|x|, the mean absolute deviation."""
    wasserstein, _ = measured(normal(1, 40000), normal(2, 40000, width=2.0))
    assert wasserstein == pytest.approx(np.sqrt(2 / np.pi), rel=0.02)


def test_an_event_drawn_twice_counts_as_two():
    first, second = normal(1, 30), normal(2, 40, 0.5)
    counts = (
        np.random.default_rng(3).integers(0, 3, 30),
        np.random.default_rng(4).integers(0, 3, 40),
    )
    repeated = [np.repeat(*entry) for entry in zip((first, second), counts, strict=True)]
    wasserstein, ks = pair(first, second).wasserstein_and_ks(*counts)
    assert_allclose(wasserstein, wasserstein_distance(*repeated))
    assert_allclose(ks, ks_2samp(*repeated).statistic)


def test_events_without_the_quantity_do_not_count():
    first, second = normal(1, 30), normal(2, 40)
    holes = np.append(first, [np.nan, np.nan]), np.append(np.nan, second)
    assert_allclose(measured(*holes), measured(first, second))
    nothing = pair(first, np.full(40, np.nan))
    assert np.isnan(nothing.wasserstein_and_ks(np.ones(30), np.ones(40))).all()
    assert np.isnan(nothing.chi_squared(np.ones(30), np.ones(40)))


def test_chi_squared_is_one_for_the_same_distribution():
    found = [
        pair(a, b).chi_squared(np.ones(900), np.ones(700))
        for k in range(60)
        for a, b in [(normal(2 * k, 900), normal(2 * k + 1, 700))]
    ]
    assert np.mean(found) == pytest.approx(1, abs=4 * np.sqrt(2 / 19 / 60))
    assert np.var(found) == pytest.approx(2 / 19, rel=0.6)
    moved = pair(normal(1, 900), normal(2, 700, 0.5)).chi_squared(np.ones(900), np.ones(700))
    assert moved > 3


def test_weights_of_events_leave_chi_squared_at_one():
    found = []
    for k in range(60):
        rng = np.random.default_rng(k)
        values, weights = rng.normal(0, 1, (2, 900)), rng.uniform(0.2, 3, (2, 900))
        found.append(pair(*values, tuple(weights)).chi_squared(*weights))
    assert np.mean(found) == pytest.approx(1, abs=4 * np.sqrt(2 / 19 / 60))


def test_kolmogorovs_probability_is_scipys_for_many_events():
    first, second = normal(1, 5000), normal(2, 4000, 0.03)
    found = ks_2samp(first, second, method="asymp")
    chance = ks_probability(found.statistic, np.ones(5000), np.ones(4000))
    assert chance == pytest.approx(found.pvalue, rel=0.05)
    # Twice the weight says nothing more.
    assert ks_probability(found.statistic, 2 * np.ones(5000), np.ones(4000)) == chance


def test_the_error_of_a_distance_is_its_scatter():
    """The bootstrap error against the sd over independent samples."""
    found = [measured(normal(2 * k, 400), normal(2 * k + 1, 400, 1.0))[0] for k in range(200)]
    both = pair(normal(901, 400), normal(902, 400, 1.0))
    sampled = bootstrap_of_two(
        lambda a, b: {"w": both.wasserstein_and_ks(a, b)[0]}, (400, 400), 200
    )
    assert sampled["w"].error == pytest.approx(np.std(found), rel=0.2)


def test_samples_of_one_length_are_resampled_alike():
    """Real and generated events under the same conditions: the difference of pairs is exact."""
    first = normal(1, 300)
    second = first + 0.25
    means = bootstrap_of_two(
        lambda a, b: {"shift": b @ second / b.sum() - a @ first / a.sum()}, (300, 300), 50
    )
    assert means["shift"].error == pytest.approx(0, abs=1e-12)
    other = normal(2, 200)
    apart = bootstrap_of_two(
        lambda a, b: {"shift": b @ other / b.sum() - a @ first / a.sum()}, (300, 200), 400
    )
    assert apart["shift"].error == pytest.approx(np.sqrt(1 / 300 + 1 / 200), rel=0.15)


def test_frechet_is_that_of_two_normals():
    rng = np.random.default_rng(5)
    parts = []
    for _ in range(2):
        root = rng.normal(0, 1, (4, 4))
        parts.append((rng.normal(0, 1, 4), root @ root.T))
    (m1, c1), (m2, c2) = parts
    expected = ((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * np.real(sqrtm(c1 @ c2)))
    assert several.frechet(*parts) == pytest.approx(expected, rel=1e-9)
    assert several.frechet(parts[0], parts[0]) == pytest.approx(0, abs=1e-6)


def test_frechet_of_one_dimension():
    """(m1 - m2)^2 + (s1 - s2)^2."""
    one = (np.array([1.0]), np.array([[4.0]]))
    two = (np.array([4.0]), np.array([[9.0]]))
    assert several.frechet(one, two) == pytest.approx(9 + 1)


def test_moments_are_numpys():
    table = np.random.default_rng(1).normal(0, 1, (50, 3))
    counts = np.random.default_rng(2).integers(0, 3, 50)
    mean, covariance = several.moments(table, counts)
    repeated = np.repeat(table, counts, axis=0)
    assert_allclose(mean, repeated.mean(axis=0))
    assert_allclose(covariance, np.cov(repeated, rowvar=False, ddof=0))
    assert_allclose(several.correlations(covariance), np.corrcoef(repeated, rowvar=False))
    assert_allclose(several.variances(table, counts), repeated.var(axis=0))


def test_what_conditions_explain_is_taken_away():
    rng = np.random.default_rng(3)
    given_, noise = rng.uniform(-1, 1, (2000, 2)), rng.normal(0, 0.1, 2000)
    table = (1 + 2 * given_[:, 0] - given_[:, 1] ** 2 + noise)[:, None]
    rest = several.unexplained(table, given_, np.ones(2000))
    assert rest.std() == pytest.approx(0.1, rel=0.05)


def test_distinct_events_are_counted():
    table = np.repeat(np.arange(5.0)[:, None], 20, axis=0)
    assert several.distinct(table, np.ones(1)) == 5
