from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from footprint.config.experiments import Separation
from footprint.evaluation import separation as room
from footprint.evaluation.bootstrap import bootstrap

BY_MASS = Separation(spectator="mass_number", between=[1, 56])
BY_CLASS = Separation(between=["proton", "iron"])


@pytest.fixture
def normal(regression, rng):
    """Predict two normal distributions for masses 1 and 56, and something far off for others."""

    def make(events=4000, means=(0.0, 3.0), widths=(1.0, 2.0)):
        p = regression(events=events)
        prediction = np.full(events, 1e3)
        for mass, mean, width in zip((1, 56), means, widths, strict=True):
            chosen = p.spectators["mass_number"] == mass
            prediction[chosen] = rng.normal(mean, width, chosen.sum())
        return replace(p, prediction=prediction)

    return make


def test_two_normal_distributions(normal):
    p = normal(events=20_000)
    found = bootstrap(room.measures(p, BY_MASS), 20_000, 100)
    merit = 3 / 5**0.5
    expected = {"merit_factor": merit, "separation_auc": NormalDist().cdf(merit)}
    for name, value in expected.items():
        assert abs(found[name].value - value) < 4 * found[name].error, name
        assert found[name].value == pytest.approx(value, abs=0.04), name
    # Of a difference of means over known widths; the widths' own errors add some.
    assert 1 < found["merit_factor"].error / np.sqrt(1 / 5000) < 1.6


def test_the_second_kind_is_expected_above(normal):
    p, turned = normal(), Separation(spectator="mass_number", between=[56, 1])
    ones = np.ones(4000, dtype=np.int64)
    found, other = room.measures(p, BY_MASS)(ones), room.measures(p, turned)(ones)
    assert other["merit_factor"] == pytest.approx(-found["merit_factor"])
    assert other["separation_auc"] == pytest.approx(1 - found["separation_auc"])
    assert found["separation_auc"] > 0.8


def test_numbers_agree_with_numpy_resampled(normal, rng):
    p = normal(events=400)
    counts = rng.integers(0, 3, 400)
    drawn = np.repeat(np.arange(400), counts)
    light, heavy = (
        p.prediction[drawn][p.spectators["mass_number"][drawn] == mass] for mass in (1, 56)
    )
    expected = (heavy.mean() - light.mean()) / np.sqrt(light.var() + heavy.var())
    found = room.measures(p, BY_MASS)(counts)
    assert found["merit_factor"] == pytest.approx(expected)
    pairs = heavy[:, None] - light[None, :]
    assert found["separation_auc"] == pytest.approx(np.mean(pairs > 0) + 0.5 * np.mean(pairs == 0))


def test_classes_are_separated_by_the_ratio_of_their_probabilities(classification):
    p = classification(events=3000)
    ratio = np.log(p.prediction[:, 1].astype(float) / p.prediction[:, 0])
    np.testing.assert_allclose(room.discriminant(p, BY_CLASS), ratio, rtol=1e-5)
    proton, iron = (ratio[p.truth == number] for number in (0, 1))
    merit = (iron.mean() - proton.mean()) / np.sqrt(iron.var() + proton.var())
    found = room.measures(p, BY_CLASS)(np.ones(3000, dtype=np.int64))
    assert found["merit_factor"] == pytest.approx(merit, rel=1e-5)
    # Logits differ by 1 in one of two places: normal distributions at -1 and 1, variance 2 each.
    assert found["merit_factor"] == pytest.approx(1, abs=0.12)


def test_probabilities_of_zero_are_far_and_not_infinite(classification):
    p = classification()
    p = replace(p, prediction=np.eye(3, dtype=np.float32)[p.truth])
    assert np.abs(room.discriminant(p, BY_CLASS)).max() == pytest.approx(23 * np.log(2))


@pytest.mark.parametrize("value", [0.0, 0.1, -750.3])
def test_a_constant_separates_nothing(value, normal, rng):
    p = normal()
    p = replace(p, prediction=np.full(4000, value, dtype=np.float32))
    for counts in (np.ones(4000, dtype=np.int64), rng.integers(0, 4, 4000)):
        found = room.measures(p, BY_MASS)(counts)
        assert found == {"merit_factor": 0, "separation_auc": 0.5}


def test_the_truth_separates_without_end(normal):
    p = normal()
    p = replace(p, prediction=np.log(p.spectators["mass_number"]))
    found = room.measures(p, BY_MASS)(np.ones(4000, dtype=np.int64))
    assert found == {"merit_factor": np.inf, "separation_auc": 1}


def test_without_one_kind_nothing_is_known(normal):
    p = normal()
    light = np.flatnonzero(p.spectators["mass_number"] != 56)
    found = room.measures(p, BY_MASS, light)(np.ones(len(light), dtype=np.int64))
    assert np.isnan(list(found.values())).all()
    helium = np.flatnonzero(p.spectators["mass_number"] == 4)
    found = room.measures(p, BY_MASS, helium)(np.ones(len(helium), dtype=np.int64))
    assert np.isnan(list(found.values())).all()


def test_words():
    assert room.words(BY_CLASS) == "proton and iron"
    assert room.words(BY_MASS) == "mass_number 1 and 56"
    assert room.words(Separation(spectator="charge", between=[0.5, 2.0])) == "charge 0.5 and 2"
