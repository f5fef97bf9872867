from dataclasses import replace

import numpy as np
import pytest

from footprint.evaluation import regression as room
from footprint.evaluation.bins import equal_population
from footprint.evaluation.bootstrap import bootstrap


def test_half_width_of_a_normal_is_its_sigma_within_the_error(regression):
    p = regression(events=5000, sd=20, bias=3)
    found = bootstrap(room.measures(p), 5000, 200)
    for name, expected in (("half_width_68", 20), ("sd", 20), ("bias", 3), ("rmse", 409**0.5)):
        assert abs(found[name].value - expected) < 4 * found[name].error, name
    assert found["bias"].error == pytest.approx(20 / 5000**0.5, rel=0.2)
    assert found["sd"].error == pytest.approx(20 / 10_000**0.5, rel=0.2)
    assert found["correlation"].value == pytest.approx(50 / 2900**0.5, abs=0.02)


def test_numbers_agree_with_numpy_also_resampled(regression, rng):
    p = regression(events=200)
    counts = rng.integers(0, 4, 200)
    found = room.measures(p)(counts)
    rows = np.repeat(np.arange(200), counts)
    truth, prediction = p.truth[rows].astype(float), p.prediction[rows].astype(float)
    rest = prediction - truth
    low, high = np.quantile(rest, [0.15865, 0.84135])
    assert found["bias"] == pytest.approx(rest.mean())
    assert found["sd"] == pytest.approx(rest.std())
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean(rest**2)))
    assert found["half_width_68"] == pytest.approx(0.5 * (high - low))
    assert found["correlation"] == pytest.approx(np.corrcoef(truth, prediction)[0, 1])


def test_rmse_of_the_constant_predictor_is_the_sd_of_truth(regression):
    p = regression()
    p = replace(p, prediction=np.full_like(p.truth, p.truth.mean(dtype=float)))
    found = room.measures(p)(np.ones(300, dtype=np.int64))
    assert found["rmse"] == pytest.approx(p.truth.std(dtype=float))
    assert np.isnan(found["correlation"])


def test_half_width_ignores_outliers_and_sd_does_not(regression):
    p = regression(events=2000, sd=1)
    p.prediction[:20] += 1e4
    found = room.measures(p)(np.ones(2000, dtype=np.int64))
    assert found["half_width_68"] == pytest.approx(1, rel=0.1)
    assert found["sd"] > 100


def test_bins_hold_equal_numbers_and_every_event_once(rng):
    values = rng.exponential(size=1000)
    bins = equal_population(values, 8)
    assert [len(entry.members) for entry in bins] == [125] * 8
    assert sorted(np.concatenate([entry.members for entry in bins])) == list(range(1000))
    for entry in bins:
        assert entry.low < entry.centre < entry.high
        assert (values[entry.members] >= entry.low).all()
        assert (values[entry.members] <= entry.high).all()


def test_discrete_values_get_a_bin_each_and_nan_none():
    values = np.asarray([1, 4, 1, np.nan, 56, 4])
    bins = equal_population(values, 4)
    assert [(entry.low, entry.centre, entry.high) for entry in bins] == [
        (1, 1, 1),
        (4, 4, 4),
        (56, 56, 56),
    ]
    assert [entry.members.tolist() for entry in bins] == [[0, 2], [1, 5], [4]]
    assert equal_population(np.full(5, np.nan), 4) == []


def test_heavy_values_get_bins_of_their_own(rng):
    values = np.concatenate([np.ones(50), [2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]])
    bins = equal_population(values, 5)
    assert [(b.low, b.high, len(b.members)) for b in bins] == [(1, 1, 50), (2, 6, 11)]
    assert bins[1].centre == pytest.approx(values[50:].mean())
    # A heavy value amid continuous ones: nothing spans it.
    values = np.concatenate([rng.uniform(-2, -1, 200), np.zeros(400), rng.uniform(1, 3, 200)])
    values = np.append(rng.permutation(values), np.nan)
    bins = equal_population(values, 5)
    assert [len(b.members) for b in bins] == [100, 100, 400, 100, 100]
    assert (bins[2].low, bins[2].centre, bins[2].high) == (0, 0, 0)
    assert bins[1].high < 0 < bins[3].low


@pytest.mark.parametrize("bins", [2, 3, 5, 8, 20])
def test_skewed_integers_are_divided_as_well_as_they_can_be(bins, rng):
    for values in (
        rng.poisson(0.7, 500),
        rng.geometric(0.3, 300),
        rng.integers(0, 30, 400) // 9 * rng.integers(0, 30, 400),
    ):
        found = equal_population(values, bins)
        rows = np.concatenate([b.members for b in found])
        assert sorted(rows) == list(range(len(values)))
        assert len(found) >= 2
        for b in found:
            inside = values[b.members]
            assert b.low <= inside.min() <= b.centre <= inside.max() <= b.high
            heaviest = np.unique(inside, return_counts=True)[1].max()
            assert len(np.unique(inside)) == 1 or heaviest < len(values) / bins


def test_few_events_make_fewer_bins(rng):
    assert len(equal_population(rng.random(25), 8)) == 2
    assert len(equal_population(rng.random(5), 4)) == 1


def test_resolution_in_bins_finds_where_the_bias_is(regression):
    p = regression(events=4000, sd=10)
    p.prediction[p.spectators["mass_number"] == 56] += 30
    bins = equal_population(p.spectators["mass_number"], 8)
    found = bootstrap(room.resolution(p, bins), 4000, 100)
    np.testing.assert_allclose(found["bias"].value, [0, 0, 0, 30], atol=1.5)
    np.testing.assert_allclose(found["sd"].value, 10, rtol=0.1)
    np.testing.assert_allclose(found["half_width_68"].value, 10, rtol=0.15)
    np.testing.assert_allclose(found["bias"].error, 10 / 1000**0.5, rtol=0.3)


def test_density_of_residuals_counts_events_beyond_the_edges(regression):
    p = regression(events=3000, sd=10)
    edges = np.linspace(-10, 10, 21)
    density = room.density(room.residuals(p), edges)(np.ones(3000, dtype=np.int64))["density"]
    assert density.sum() == pytest.approx(0.6827, abs=0.04)


def test_a_relative_smear_is_found_in_per_cent(regression, rng):
    p = regression(events=10_000)
    energy = 10 ** rng.uniform(0.5, 2, 10_000)
    answer = energy * rng.normal(1.03, 0.08, 10_000)
    p = replace(p, truth=energy, prediction=answer, relative=True)
    found = bootstrap(room.measures(p), 10_000, 100)
    expected = {"bias": 3, "sd": 8, "rmse": 73**0.5, "half_width_68": 8}
    for name, value in expected.items():
        sampled = found[f"relative_{name}"]
        assert abs(sampled.value - value) < 4 * sampled.error, name
        assert sampled.error < 0.2
    assert found["sd"].value == pytest.approx((answer - energy).std())
    assert not any(
        name.startswith("relative") for name in room.measures(regression())(np.ones(300, int))
    )
    bins = equal_population(energy, 4)
    binned = room.resolution(p, bins)(np.ones(10_000, dtype=np.int64))
    np.testing.assert_allclose(binned["relative_sd"], 8, rtol=0.1)
    widths = binned["half_width_68"] / [entry.centre for entry in bins]
    np.testing.assert_allclose(widths, 0.08, rtol=0.15)
