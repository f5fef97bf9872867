"""Means and sds in bins, with errors between events: against formulas and repeated experiments."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binomtest

from footprint.survey import trigger
from footprint.survey.sums import sums, wilson


def test_one_value_an_event_gives_the_familiar_errors(rng):
    values = rng.gamma(3.0, 2.0, (400, 1))
    bins = rng.integers(0, 2, (400, 1))
    found = sums(values, bins, 3)
    for k in range(2):
        chosen = values[bins == k]
        n = len(chosen)
        mean, error = (array[k] for array in found.mean())
        sd, sd_error = (array[k] for array in found.sd())
        assert_allclose([mean, error], [chosen.mean(), chosen.std(ddof=1) / n**0.5])
        assert_allclose(sd, chosen.std(ddof=1))
        fourth = np.mean((chosen - mean) ** 4)
        expected = np.sqrt((fourth - chosen.var() ** 2) / (n - 1)) / (2 * sd)
        assert_allclose(sd_error, expected, rtol=1e-6)
    assert np.isnan([*found.mean(), *found.sd()]).all(axis=0).tolist() == [False, False, True]


def correlated(rng, events=300):
    """Values with a common part in each event, and different numbers of values."""
    values = 5 + rng.normal(0, 1, (events, 1)) + rng.normal(0, 0.5, (events, 12))
    return values, np.where(rng.uniform(size=values.shape) < rng.uniform(size=(events, 1)), 0, -1)


def test_errors_hold_for_values_that_belong_together():
    rng = np.random.default_rng(4)
    found = [sums(*correlated(rng), 1) for _ in range(400)]
    for quantity in ("mean", "sd"):
        values, errors = np.array([getattr(f, quantity)() for f in found])[:, :, 0].T
        assert errors.mean() == pytest.approx(values.std(), rel=0.12)
    values, bins = correlated(rng)
    naive = values[bins == 0].std() / np.sqrt(np.count_nonzero(bins == 0))
    assert sums(values, bins, 1).mean()[1][0] > 1.8 * naive


def test_blocks_add_up_to_the_whole(rng):
    values, bins = rng.normal(size=(50, 6)), rng.integers(-1, 4, (50, 6))
    whole = sums(values, bins, 4)
    parts = sums(values[:13], bins[:13], 4) + sums(values[13:], bins[13:], 4)
    assert_allclose(parts.mean(), whole.mean())
    assert_allclose(parts.sd(), whole.sd())
    assert_allclose(parts.events, whole.events)


def test_a_single_event_has_a_mean_without_error(rng):
    mean, error = sums(rng.normal(size=(1, 5)), np.zeros((1, 5), int), 1).mean()
    assert np.isfinite(mean).all()
    assert np.isnan(error).all()


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (431, 1000)])
def test_binomial_intervals(successes, trials):
    low, high = wilson(np.array([successes]), np.array([trials]))
    interval = binomtest(successes, trials).proportion_ci(0.6826894921370859, method="wilson")
    assert_allclose([low[0], high[0]], interval, atol=1e-12)
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()


def test_stations_that_trigger_together_count_as_fewer():
    rng = np.random.default_rng(5)
    events, each = 500, 10
    alone = rng.uniform(size=(events, each)) < 0.3
    together = np.repeat(rng.uniform(size=(events, 1)) < 0.3, each, axis=1)
    place = np.full((events, each), trigger.RADII.size - 2)
    everywhere = np.array([-np.inf, np.inf])
    for fired, independent in ((alone, events * each), (together, events)):
        found = sums(fired.astype(float), place, trigger.RADII.size - 1)
        (row,) = trigger.table(found, everywhere).to_dict("records")
        assert (row["stations"], row["triggered"]) == (events * each, fired.sum())
        half = (row["efficiency_high"] - row["efficiency_low"]) / 2
        assert half == pytest.approx((0.21 / independent) ** 0.5, rel=0.08)
    sure = sums(np.ones((events, each)), place, trigger.RADII.size - 1)
    assert trigger.table(sure, everywhere)["efficiency_low"].item() == pytest.approx(
        wilson(np.array([5000]), np.array([5000]))[0].item()
    )
