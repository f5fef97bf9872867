"""Thresholds by mistag rate: by hand, where there is none, and what they are worth in bins."""

from dataclasses import replace

import numpy as np
import pytest

from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging
from footprint.evaluation import working_point_tables
from footprint.evaluation import working_points as room
from footprint.evaluation.bins import equal_population
from footprint.evaluation.bootstrap import Sampled, bootstrap
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import share, share_error
from tests.evaluation.taggers import tagger


def asked(*rates):
    return Tagging(signal="top", mistag_rates=list(rates))


def ones(predictions):
    return np.ones(len(predictions.truth), dtype=np.int64)


def made(score, signal):
    score = np.asarray(score, dtype=np.float64)
    chances = np.stack([1 - score, score], axis=1)
    base = tagger(events=len(score))
    return replace(base, truth=np.asarray(signal, dtype=int), prediction=chances)


def test_the_lowest_threshold_that_tags_no_more_than_is_wanted():
    #         0.9 S | 0.8 S B | 0.7 S | 0.6 B S | 0.5 B B
    p = made([0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.5, 0.5], [1, 1, 0, 1, 0, 1, 0, 0])
    found = room.thresholds(p, asked(0.8, 0.5, 0.25, 0.2))(ones(p))
    np.testing.assert_allclose(found["threshold"], [0.6, 0.6, 0.7, np.nan])
    np.testing.assert_allclose(found["signal_efficiency"], [1, 1, 0.75, np.nan])
    rates = room.rates(p, asked(0.5), found["threshold"])(ones(p))
    np.testing.assert_allclose(rates["mistag_rate"], [0.5, 0.5, 0.25, np.nan])
    np.testing.assert_allclose(rates["signal_efficiency"], found["signal_efficiency"])


def test_a_perfect_tagger_tags_no_background_and_all_signal():
    p = made([1, 1, 0, 0], [1, 1, 0, 0])
    found = room.thresholds(p, asked(0.5, 0.1))(ones(p))
    np.testing.assert_array_equal(found["threshold"], [1, np.nan])  # 0.1 of 2 is no event
    np.testing.assert_array_equal(found["signal_efficiency"], [1, np.nan])


def test_rates_are_those_that_were_asked_for_and_their_errors_binomial():
    p, wanted = tagger(events=8000), asked(0.1, 0.01, 0.001)
    chosen = bootstrap(room.thresholds(p, wanted), 8000, 100)
    fixed = bootstrap(room.rates(p, wanted, chosen["threshold"].value), 8000, 100)
    rate = np.asarray(wanted.mistag_rates)
    np.testing.assert_allclose(fixed["mistag_rate"].value, rate)
    error = np.sqrt(rate * (1 - rate) / 4000)
    np.testing.assert_allclose(fixed["mistag_rate"].error, error, rtol=0.25)
    # At a fixed mistag rate the threshold moves, so the efficiency is known less well.
    assert (chosen["signal_efficiency"].error > fixed["signal_efficiency"].error).all()


def test_thresholds_serve_on_other_events():
    p = tagger(events=40_000)
    half = {n: replace(p, truth=p.truth[n::4], prediction=p.prediction[n::4]) for n in (0, 1, 2, 3)}
    both = [
        replace(
            half[n],
            truth=np.concatenate([half[n].truth, half[n + 1].truth]),
            prediction=np.concatenate([half[n].prediction, half[n + 1].prediction]),
        )
        for n in (0, 2)
    ]
    cuts = room.thresholds(both[0], asked(0.1, 0.01))(ones(both[0]))["threshold"]
    found = room.rates(both[1], asked(0.1, 0.01), cuts)(ones(both[1]))["mistag_rate"]
    pull = (found - [0.1, 0.01]) / np.sqrt(2 * np.asarray([0.09, 0.0099]) / 10_000)
    assert np.abs(pull).max() < 3.5


def test_rates_in_bins_add_up_to_the_overall_ones():
    p, cuts = tagger(events=3000), [0.5, 0.9, np.nan]
    bins = equal_population(p.spectators["jet_pt"], 5)
    found = room.rates_in_bins(p, asked(0.1), cuts, bins)(ones(p))
    overall = room.rates(p, asked(0.1), cuts)(ones(p))
    for name, events in (("signal_efficiency", "signal"), ("mistag_rate", "background")):
        total = (found[name] * found[events][:, None]).sum(axis=0) / overall[events]
        np.testing.assert_allclose(total, overall[name])
    assert np.isnan(found["mistag_rate"][:, 2]).all()


def test_events_of_other_classes_count_neither_as_signal_nor_as_background():
    p = tagger(events=900)
    third = np.where(np.arange(900) < 300, 2, p.truth)
    chances = np.concatenate([p.prediction, np.zeros((900, 1))], axis=1)
    q = replace(p, classes=("qcd", "top", "w"), truth=third, prediction=chances)
    named = Tagging(signal="top", background="qcd")
    found = room.rates(q, named, [0.5])(ones(q))
    assert found["signal"] + found["background"] == 600
    bins = equal_population(q.spectators["jet_pt"], 3)
    inside = room.rates_in_bins(q, named, [0.5], bins)(ones(q))
    assert inside["background"].sum() == found["background"]


def test_weighted_events_are_worth_their_effective_number():
    # Background of weights 1 and 3: (40 * 1 + 40 * 3)^2 / (40 * 1 + 40 * 9) = 64 events.
    p = tagger(events=160)
    weight = np.where(np.arange(160) // 2 % 2 == 1, 3.0, 1.0)
    assert room.rates(p, asked(0.1), [0.5])(ones(p))["effective_background"] == 80
    for scale in (1, 0.01):
        found = room.rates(p, asked(0.1), [0.5])(scale * weight)
        assert found["background"] == pytest.approx(160 * scale)
        assert found["effective_background"] == pytest.approx(64)
        assert found["effective_signal"] == pytest.approx(64)
    perfect = replace(p, prediction=np.stack([1.0 - p.truth, p.truth], axis=1))
    methods = Methods("net", (perfect,), {}, (), weight=0.01 * weight)
    settings = Evaluation(tagging={"signal": "top", "mistag_rates": [0.1]}, bootstrap=20)
    (point,) = working_point_tables.choose(methods, settings, settings.tagging)
    # None of 64 tagged: sd of a beta distribution of 1 and 65.
    assert point.rows[0]["mistag_rate"] == 0
    assert point.rows[0]["mistag_rate_error"] == pytest.approx(np.sqrt(65 / (66**2 * 67)))


def test_without_signal_there_is_no_threshold():
    p = made([0.5, 0.6, 0.7], [1, 0, 0])
    found = room.thresholds(p, asked(0.5))(np.asarray([0, 1, 1]))
    assert np.isnan(found["threshold"]).all()


def test_a_share_of_none_or_all_is_not_certain():
    replicas = np.tile([0.0, 0.5, 1.0], (50, 1)) + np.random.default_rng(1).normal(
        0, 0.05, (50, 3)
    ) * [0, 1, 0]
    error = share_error(Sampled(np.asarray([0.0, 0.5, 1.0]), replicas), np.full(3, 8.0))
    flat = np.sqrt(1 * 9 / (10**2 * 11))  # sd of a beta distribution of 1 and 9
    assert error[0] == error[2] == pytest.approx(flat)
    assert error[1] == pytest.approx(0.05, rel=0.3)
    assert np.isnan(share(np.zeros(2), np.ones((2, 1)))).all()


def test_all_of_weighted_events_are_all_whatever_rounding_does():
    weights = np.random.default_rng(0).exponential(size=(40, 200))
    values = np.stack([share(weight, np.ones((200, 1))) for weight in weights])
    assert (values != 1).any()
    error = share_error(Sampled(values[:, 0], np.ones((50, 40))), np.full(40, 100.0))
    np.testing.assert_allclose(error, np.sqrt(101 / (102**2 * 103)), rtol=1e-6)
