import numpy as np
import pytest

from footprint.evaluation.bootstrap import Sampled, bootstrap, mean, resamplings, spread


def mean_of(values):
    return lambda counts: {"mean": np.dot(counts, values) / counts.sum()}


def test_error_of_a_mean_is_sd_over_root_n(rng):
    values = rng.normal(3, 2, 500)
    found = bootstrap(mean_of(values), 500, 1000)["mean"]
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(values.std() / 500**0.5, rel=0.1)
    low, high = found.band()
    assert 0.5 * (high - low) == pytest.approx(found.error, rel=0.1)


def test_resamplings_are_the_same_every_time_and_keep_the_number_of_events():
    first, second = list(resamplings(50, 4)), list(resamplings(50, 4))
    np.testing.assert_array_equal(first, second)
    assert {int(counts.sum()) for counts in first} == {50}
    assert not np.array_equal(first[0], first[1])


def test_differences_are_paired(rng):
    shared = rng.normal(0, 10, 400)
    near, far = shared + rng.normal(0, 0.1, 400), shared
    a, b = (bootstrap(mean_of(v), 400, 300)["mean"] for v in (near, far))
    assert (a - b).error == pytest.approx(0.1 / 20, rel=0.2)
    assert a.error > 50 * (a - b).error


def test_mean_and_spread_over_seeds():
    one = Sampled(np.asarray(1.0), np.asarray([1.0, 2.0]))
    two = Sampled(np.asarray(3.0), np.asarray([3.0, 6.0]))
    np.testing.assert_allclose(mean([one, two]).replicas, [2, 4])
    assert mean([one, two]).value == 2
    assert spread([one, two]) == pytest.approx(2**0.5)
    assert spread([one]) is None


def test_no_error_is_stated_where_many_replicas_are_undefined():
    replicas = np.ones((20, 3))
    replicas[:2, 1] = np.nan
    replicas[:3, 2] = np.nan
    found = Sampled(np.asarray([1.0, 1.0, 1.0]), replicas).error
    np.testing.assert_array_equal(found, [0, 0, np.nan])


def test_no_error_is_stated_where_more_than_one_per_cent_of_replicas_are_infinite():
    replicas = np.ones((200, 3))
    replicas[:2, 1] = np.inf
    replicas[:3, 2] = np.inf
    found = Sampled(np.asarray([1.0, 1.0, 1.0]), replicas)
    np.testing.assert_array_equal(found.error, [0, 0, np.nan])
    np.testing.assert_array_equal((found - found).error, [0, 0, np.nan])
    assert np.isnan(Sampled(np.asarray(np.inf), np.ones(20)).error)
