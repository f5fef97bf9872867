"""Rejection and significance improvement: by hand, against scikit-learn, and in the limits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score, roc_curve

from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging
from footprint.evaluation import tagging as room
from footprint.evaluation.bootstrap import bootstrap, resamplings
from footprint.evaluation.classification import EFFICIENCIES, measures
from footprint.evaluation.quantities import ENOUGH_BACKGROUND
from tests.evaluation.taggers import tagger

TOP = Tagging(signal="top")


def made(score, signal):
    """Predict one number for signal and background."""
    score = np.asarray(score, dtype=np.float64)
    base = tagger(events=len(score))
    chances = np.stack([1 - score, score], axis=1)
    return replace(base, truth=np.asarray(signal, dtype=int), prediction=chances)


def at(values, efficiency):
    return values[np.argmin(np.abs(EFFICIENCIES - efficiency))]


def ones(predictions):
    return np.ones(len(predictions.truth), dtype=np.int64)


def test_by_hand_with_ties():
    #       0.9 S | 0.8 S B | 0.7 B | 0.6 S S B | 0.5 S B B
    p = made([0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5], [1, 1, 0, 0, 1, 1, 0, 1, 0, 0])
    found = room.curves(p, TOP)(ones(p))
    assert np.isinf(at(found["rejection"], 0.2))
    assert at(found["rejection"], 0.21) == at(found["rejection"], 0.4) == 5
    assert at(found["rejection"], 0.41) == at(found["rejection"], 0.8) == pytest.approx(5 / 3)
    assert at(found["rejection"], 1.0) == 1
    assert at(found["improvement"], 0.4) == pytest.approx(0.4 / np.sqrt(1 / 5))
    assert at(found["background"], 0.8) == pytest.approx(3)


def test_rejections_agree_with_scikit_learn_also_resampled():
    p = tagger(events=3000)
    p = replace(p, prediction=np.round(p.prediction, 2))  # ties
    measure = room.curves(p, TOP)
    for counts in resamplings(3000, 3):
        rows = np.repeat(np.arange(3000), counts)
        score, truth = p.prediction[rows, 1], p.truth[rows]
        false, true, _ = roc_curve(truth, score, drop_intermediate=False)
        first = [np.flatnonzero(true >= e - 1e-9)[0] for e in EFFICIENCIES]
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(measure(counts)["rejection"], 1 / false[first])


def test_of_two_classes_the_tagger_s_numbers_are_those_of_the_classification():
    p = tagger()
    curve = room.curves(p, TOP)(ones(p))
    numbers = measures(p, [0.3])(ones(p))
    assert at(curve["rejection"], 0.3) == numbers["rejection_top_at_30"]
    assert set(room.measures(p, TOP, [0.3])(ones(p))) == {"significance_improvement_top"}
    named = Tagging(signal="top", background="qcd")
    assert room.metric_name(p, named) == "top"


def test_a_named_background_is_told_apart_by_the_ratio_of_the_two_probabilities(rng):
    truth = np.arange(900) % 3
    chances = rng.dirichlet([1, 1, 1], 900)
    chances[np.arange(900), truth] += 0.5
    chances /= chances.sum(axis=1, keepdims=True)
    p = replace(tagger(events=900), classes=("qcd", "top", "w"), truth=truth, prediction=chances)
    asked = Tagging(signal="top", background="qcd")
    found = room.measures(p, asked, [0.5])(ones(p))
    assert set(found) == {
        *("auc_top_against_qcd", "rejection_top_against_qcd_at_50"),
        "significance_improvement_top_against_qcd",
    }
    rows = truth < 2
    ratio = chances[rows, 1] / (chances[rows, 0] + chances[rows, 1])
    assert found["auc_top_against_qcd"] == pytest.approx(roc_auc_score(truth[rows], ratio))
    changed = chances.copy()
    changed[truth == 2] = [0, 1, 0]
    again = room.measures(replace(p, prediction=changed), asked, [0.5])(ones(p))
    assert again == found
    nothing = replace(p, prediction=np.tile([0.0, 0.0, 1.0], (900, 1)))
    assert room.measures(nothing, asked, [])(ones(p))["auc_top_against_qcd"] == 0.5


def test_a_tagger_that_guesses_improves_by_the_root_of_the_efficiency():
    p = made(np.random.default_rng(1).random(200_000), np.arange(200_000) % 2)
    improvement = room.curves(p, TOP)(ones(p))["improvement"]
    np.testing.assert_allclose(improvement[9:], np.sqrt(EFFICIENCIES[9:]), rtol=0.03)
    constant = made(np.full(1000, 0.5), np.arange(1000) % 2)
    found = room.measures(constant, TOP, [])(ones(constant))
    assert found["significance_improvement_top"] == 1


def test_a_perfect_tagger_has_no_number_but_a_limit():
    p = made(np.arange(1000) % 2, np.arange(1000) % 2)
    assert np.isinf(room.curves(p, TOP)(ones(p))["rejection"]).all()
    assert np.isnan(room.measures(p, TOP, [])(ones(p))["significance_improvement_top"])
    weight = np.full(1000, 0.25)
    assert room.backgrounds(p, [0.3], None, tagging=TOP) == {"rejection_top_at_30": 500}
    assert room.backgrounds(p, [0.3], weight, tagging=TOP) == {"rejection_top_at_30": 500}


def test_the_largest_improvement_is_not_that_of_a_few_background_events():
    # Half of the signal lies above all but one background event: 0.5 / sqrt(1 / 2000) = 22.
    signal = np.concatenate([np.full(1000, 3.0), np.full(1000, 1.0)])
    background = np.concatenate([[2.0], np.full(99, 1.0), np.zeros(1900)])
    p = made(np.concatenate([signal, background]) / 4, np.repeat([1, 0], 2000))
    found = room.measures(p, TOP, [])(ones(p))["significance_improvement_top"]
    assert found == pytest.approx(1 / np.sqrt(100 / 2000))
    assert ENOUGH_BACKGROUND == 25


def test_the_error_of_a_rejection_of_1200_with_202000_background_jets_is_94():
    events = 202_000
    places = (np.arange(events) + 0.5) / events
    threshold = norm.isf(1 / 1200)
    score = np.concatenate([norm.ppf(places) + threshold - norm.isf(0.3), norm.ppf(places)])
    p = replace(tagger(events=2 * events), truth=np.repeat([1, 0], events))
    p = replace(p, prediction=np.stack([-score, score], axis=1))
    found = bootstrap(room.curves(p, TOP), 2 * events, 80)["rejection"]
    assert at(found.value, 0.3) == pytest.approx(1200, rel=0.005)
    # Counting the background that passes gives 92; the threshold is not known better than
    # the efficiency, which adds 12 in quadrature. The sd of 80 resamplings is good to 8 %.
    assert at(found.error, 0.3) == pytest.approx(93.3, rel=0.25)


@pytest.mark.parametrize("prepare", [room.curves, lambda p, t: room.measures(p, t, [0.3])])
def test_a_weight_of_two_counts_as_two_events_and_a_common_one_not_at_all(prepare):
    p = tagger(events=2000)
    weight = np.random.default_rng(4).integers(1, 4, 2000)
    rows = np.repeat(np.arange(2000), weight)
    twice = replace(p, truth=p.truth[rows], prediction=p.prediction[rows])
    weighted = prepare(p, TOP)(weight * 0.37)
    # The floor of the largest improvement counts events, of which there are more in one.
    repeated = prepare(twice, TOP)(np.ones(len(rows), dtype=np.int64))
    for name in weighted:
        if not name.startswith("significance"):
            scale = 0.37 if name == "background" else 1
            np.testing.assert_allclose(weighted[name], scale * np.asarray(repeated[name]))
    whole = prepare(p, TOP)(weight)
    np.testing.assert_allclose(next(iter(whole.values())), next(iter(weighted.values())))


def test_targets_without_the_signal_are_passed_over():
    settings = Evaluation(tagging="iron")
    assert room.asked_of(tagger(), settings) is None
    assert room.asked_of(tagger(), Evaluation()) is None
    assert room.asked_of(tagger(), Evaluation(tagging="top")) == TOP
