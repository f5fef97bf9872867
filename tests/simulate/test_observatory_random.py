"""Compiled random numbers against SciPy's distributions."""

import numpy as np
import pytest
from scipy import special, stats

from footprint.simulate import observatory_particles as particles


def start(seed):
    return particles.state_of(np.random.default_rng(seed))


def test_words_are_those_of_the_reference_implementation():
    # First outputs of xoshiro256++ from the state 1, 2, 3, 4, by the authors' C code.
    state = np.array([1, 2, 3, 4], np.uint64)
    words = [int(particles.word(state)) for _ in range(4)]
    assert words == [41943041, 58720359, 3588806011781223, 3591011842654386]


def test_normals_are_normal_into_the_tails():
    values = np.empty(4_000_000)
    particles.fill_normals(start(1), values)
    assert stats.kstest(values[:1_000_000], "norm").pvalue > 1e-3
    counts, edges = np.histogram(values, np.linspace(-5, 5, 101))
    expected = len(values) * np.diff(stats.norm.cdf(edges))
    inner = expected > 20
    chi2 = np.sum((counts - expected)[inner] ** 2 / expected[inner])
    assert stats.chi2.sf(chi2, inner.sum()) > 1e-3
    beyond = np.count_nonzero(np.abs(values) > particles.TAIL)  # the ziggurat's tail
    expected = 2 * stats.norm.sf(particles.TAIL) * len(values)
    assert beyond == pytest.approx(expected, abs=4 * expected**0.5)
    assert np.corrcoef(values[:-1], values[1:])[0, 1] == pytest.approx(0.0, abs=0.002)


def test_normals_continue_where_they_stopped():
    whole, parts = np.empty(1000), np.empty(1000)
    particles.fill_normals(start(2), whole)
    state = start(2)
    particles.fill_normals(state, parts[:333])
    particles.fill_normals(state, parts[333:])
    np.testing.assert_array_equal(whole, parts)


def test_uniform_numbers():
    state = start(3)
    values = [particles.uniform(state) for _ in range(50_000)]
    assert stats.kstest(values, "uniform").pvalue > 1e-3


def test_normal_distribution_by_interpolation():
    z = np.linspace(-9.0, 9.0, 4001)
    found = [particles.beyond(value) for value in z]
    np.testing.assert_allclose(found, special.ndtr(-z), atol=2e-10)


def test_log_factorials():
    k = np.array([0, 1, 2, 8, 9, 10, 100, 12345, 10_000_000])
    found = [particles.log_factorial(float(value)) for value in k]
    np.testing.assert_allclose(found, special.gammaln(k + 1), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize(
    ("n", "p"),
    [
        (1, 0.3),
        (30, 0.02),
        (40, 0.9),
        (150, 0.05),
        (60, 0.5),
        (1000, 0.0101),
        (5000, 0.3),
        (5000, 0.77),
        (1_000_000, 0.02),
        (10_000_000, 1e-7),
    ],
)
def test_binomials(n, p):
    state = start(n)
    values = np.array([particles.binomial(state, n, p) for _ in range(30_000)])
    reference = stats.binom(n, p)
    low, high = reference.ppf([1e-3, 1 - 1e-3])
    edges = np.unique(np.linspace(low, high, 30).astype(int))
    counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
    cumulated = np.concatenate([[0.0], reference.cdf(edges), [1.0]])
    expected = len(values) * np.diff(cumulated)
    kept = expected > 5
    chi2 = np.sum((counts - expected)[kept] ** 2 / expected[kept])
    assert stats.chi2.sf(chi2, kept.sum() - 1) > 1e-3
    assert values.mean() == pytest.approx(n * p, abs=5 * reference.std() / len(values) ** 0.5)


def test_certain_and_impossible_binomials():
    state = start(4)
    assert particles.binomial(state, 7, 1.0) == 7
    assert particles.binomial(state, 7, 0.0) == 0
    assert particles.binomial(state, 0, 0.5) == 0
