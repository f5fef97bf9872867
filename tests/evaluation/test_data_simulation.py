"""Recorded against simulated events: tests of agreement have the probabilities they state."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import kolmogorov

from footprint.errors import DataError
from footprint.evaluation import data_simulation as room
from footprint.evaluation.data_quantities import Quantity

SEEDS = 300
EVENTS = (1500, 800)


def probabilities(draw, seeds=SEEDS):
    """Both probabilities of many pairs of samples: (simulation, data, weights)."""
    found = [room.agreement(*draw(np.random.default_rng(seed))) for seed in range(seeds)]
    return np.array([(f.ks_probability, f.chi2_probability) for f in found]).T


def alike(rng):
    return rng.normal(size=EVENTS[0]), rng.normal(size=EVENTS[1]), None


def test_probabilities_of_one_distribution_are_uniform():
    for found in probabilities(alike):
        assert stats.kstest(found, "uniform").pvalue > 0.01
        # Four standard deviations of 300 seeds.
        assert np.mean(found < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / SEEDS))


def test_probabilities_stay_near_uniform_with_independent_weights():
    def draw(rng):
        return (
            rng.normal(size=EVENTS[0]),
            rng.normal(size=EVENTS[1]),
            rng.exponential(size=EVENTS[0]),
        )

    for found in probabilities(draw):
        assert stats.kstest(found, "uniform").pvalue > 0.01


def test_a_shift_is_seen_at_the_significance_it_has():
    """Of a normal distribution shifted by d the cumulative ones differ by 2 Phi(d / 2) - 1."""
    shift, (n, m) = 0.25, EVENTS

    def draw(rng):
        return rng.normal(size=n), rng.normal(shift, 1, size=m), None

    both = n * m / (n + m)
    ks, chi2 = probabilities(draw, 200)
    # In the limit the distance is the largest of a Brownian bridge about the true difference.
    t = np.linspace(0, 1, 801)
    steps = np.random.default_rng(1).normal(size=(2000, 800)) / np.sqrt(800)
    walk = np.concatenate([np.zeros((2000, 1)), np.cumsum(steps, axis=1)], axis=1)
    drift = np.sqrt(both) * (t - stats.norm.cdf(stats.norm.ppf(t) - shift))
    largest = np.abs(walk - t * walk[:, -1:] + drift).max(axis=1)
    typical = stats.norm.isf(np.median(ks))
    expected = stats.norm.isf(kolmogorov(np.median(largest)))
    assert typical == pytest.approx(expected, abs=0.4)  # four errors of a median of 200
    edges = stats.norm.ppf(np.linspace(0, 1, 21))
    away = np.diff(stats.norm.cdf(edges, shift)) - 0.05
    expected = stats.ncx2.median(19, both * np.sum(away**2) / 0.05)
    typical_chi2 = stats.norm.isf(np.median(chi2))
    assert typical_chi2 == pytest.approx(stats.norm.isf(stats.chi2.sf(expected, 19)), abs=0.4)
    assert typical > 4


def test_weights_undo_a_known_reweighting():
    """Simulated at mean 0, recorded at mean 0.4: the ratio of densities makes them one."""

    def weighted(rng):
        x = rng.normal(size=EVENTS[0])
        return x, rng.normal(0.4, 1, size=EVENTS[1]), np.exp(0.4 * x - 0.08)

    def plain(rng):
        return (*weighted(rng)[:2], None)

    before, after = probabilities(plain, 100), probabilities(weighted, 200)
    assert np.all(np.median(before, axis=1) < 1e-6)
    for found in after:
        # Weights that go with the value make effective numbers an approximation.
        assert np.mean(found < 0.05) < 0.12
        assert np.mean(found) == pytest.approx(0.5, abs=0.1)


def test_the_distance_is_that_of_scipy_and_events_without_a_value_are_left_out():
    rng = np.random.default_rng(1)
    simulation, data, _ = alike(rng)
    own = room.agreement(simulation, data)
    theirs = stats.ks_2samp(simulation, data)
    assert own.ks == pytest.approx(theirs.statistic)
    assert own.ks_probability == pytest.approx(theirs.pvalue, rel=0.05)
    gaps = np.concatenate([simulation, np.full(100, np.nan)])
    assert room.agreement(gaps, data) == own


def test_a_weight_of_two_counts_as_two_events():
    rng = np.random.default_rng(2)
    simulation, data = rng.normal(size=400), rng.normal(size=300)
    weight = np.where(np.arange(400) < 100, 2.0, 1.0)
    twice = np.concatenate([simulation, simulation[:100]])
    found = room.agreement(simulation, data, weight)
    assert found.ks == pytest.approx(room.agreement(twice, data).ks)
    # But they are not as good as 500 events.
    assert found.ks_probability > room.agreement(twice, data).ks_probability


@pytest.fixture
def compared():
    rng = np.random.default_rng(3)
    truth = np.arange(600) % 2
    score = np.clip(rng.normal(0.3 + 0.4 * truth, 0.15), 0, 1)
    weight = rng.uniform(0.5, 2, 600)
    data = np.clip(rng.normal(0.6, 0.25, 900), 0, 1)
    hits = rng.poisson(4, 600).astype(float), rng.poisson(4, 900).astype(float)
    quantities = [
        Quantity("iron", "score", "score of iron", "", score, data),
        Quantity("hits", "spectator", "hits", "", *hits),
    ]
    return room.compare(quantities, 20, weight, (truth, ("proton", "iron"))), weight, truth


def test_simulation_is_scaled_to_the_data_and_stacked_by_class(compared):
    tables, weight, truth = compared
    table = tables["data_histograms.csv"]
    score = table[table["quantity"] == "score_iron"]
    assert score["low"].iloc[0] == 0
    assert score["high"].iloc[-1] == 1
    assert score["data"].sum() == 900
    assert score["simulation"].sum() == pytest.approx(900)
    assert score["data_error"].to_numpy() == pytest.approx(np.sqrt(score["data"]))
    squares = (weight * 900 / weight.sum()) ** 2
    assert np.sum(score["simulation_error"] ** 2) == pytest.approx(squares.sum())
    filled = score[score["simulation"] > 0]
    assert filled["ratio"].to_numpy() == pytest.approx(filled["data"] / filled["simulation"])
    parts = tables["data_components.csv"]
    parts = parts[parts["quantity"] == "score_iron"]
    sums = parts.groupby("low")["simulation"].sum()
    assert sums.to_numpy() == pytest.approx(score["simulation"].to_numpy())
    iron = parts.loc[parts["class"] == "iron", "simulation"].sum()
    assert iron == pytest.approx(900 * weight[truth == 1].sum() / weight.sum())
    # Whole numbers have a bin each.
    hits = table[table["quantity"] == "spectator_hits"]
    assert np.all(hits["high"] - hits["low"] == 1)
    assert np.all(hits["low"] % 1 == 0.5)


def test_tests_have_means_with_errors(compared):
    tables, weight, _ = compared
    row = tables["data_tests.csv"].set_index("quantity").loc["spectator_hits"]
    assert row["data_mean_error"] == pytest.approx(2 / 30, rel=0.1)  # of a Poisson mean of 4
    effective = weight.sum() ** 2 / (weight**2).sum()
    assert row["effective_events"] == pytest.approx(effective)
    assert row["simulation_mean_error"] == pytest.approx(2 / np.sqrt(effective), rel=0.1)
    assert row["ks_probability"] > 0.01
    assert tables["data_tests.csv"].set_index("quantity").loc["score_iron", "ks_probability"] < 0.01


def test_a_value_that_is_always_the_same_is_compared_too():
    same = Quantity("one", "input", "one", "", np.ones(50), np.ones(40))
    none = Quantity("none", "input", "none", "", np.full(50, np.nan), np.full(40, np.nan))
    tables = room.compare([same, none], 10)
    assert tables["data_histograms.csv"]["data"].sum() == 40
    assert "data_components.csv" not in tables
    tests = tables["data_tests.csv"].set_index("quantity")
    assert tests.loc["input_one", "ks"] == 0
    assert tests.loc["input_one", "degrees"] == 0
    assert pd.isna(tests.loc["input_none", "ks_probability"])


def test_nothing_to_compare_is_said():
    empty = Quantity("one", "input", "one", "", np.ones(50), np.ones(0))
    with pytest.raises(DataError, match=r"0 recorded events .* nothing to compare"):
        room.compare([empty], 10)
