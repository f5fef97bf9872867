"""What stands where a number has no error: limits that hold, and marks that say why."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from footprint.evaluation.bootstrap import Sampled, bootstrap, normal
from footprint.evaluation.certainty import (
    Certainty,
    certainty,
    highest_share,
    of_difference,
    of_ratio,
    rejection_limit,
)
from footprint.evaluation.columns import COLUMNS, beside, marked, why_without
from footprint.evaluation.marks import legend
from footprint.evaluation.ranking import ranked
from footprint.evaluation.rounding import stated
from footprint.evaluation.shares import density_error, share_band


def of(value, *replicas):
    return Sampled(np.asarray(float(value)), np.asarray(replicas, dtype=np.float64))


def test_the_highest_share_is_that_of_clopper_and_pearson():
    # None of n: (1 - p)^n = 0.05. One of 10 at 95 %, one-sided: tables of the binomial, 0.3942.
    assert highest_share(0, 700) == pytest.approx(1 - 0.05 ** (1 / 700))
    assert highest_share(1, 10) == pytest.approx(0.3942, abs=1e-4)
    assert highest_share(10, 10) == 1


def test_a_limit_of_a_rejection_holds_as_often_as_it_says():
    """Of 300 draws it is above the true rejection in 5 %, where all are counted."""
    stream, separation, efficiency = np.random.default_rng(5), 2.0, 0.5
    true = 1 / norm.sf(separation + norm.isf(efficiency))
    above = 0
    for _ in range(300):
        score = np.concatenate([stream.normal(separation, 1, 120), stream.normal(0, 1, 250)])
        ranking = ranked(score, np.arange(370) < 120)

        def rejection(counts, ranking=ranking):
            with np.errstate(divide="ignore"):
                return {"r": 1 / ranking.roc(counts).false_positive_rate([efficiency])[0]}

        found = bootstrap(rejection, 370, 20)["r"]
        above += rejection_limit(found, 250) > true
    assert above <= 300 * 0.05 + 2 * np.sqrt(300 * 0.05 * 0.95)


@pytest.mark.parametrize(
    ("metric", "sampled", "expected"),
    [
        ("accuracy", of(0.7, 0.6, 0.8), Certainty(np.std([0.6, 0.8], ddof=1))),
        ("auc_macro", of(0.5, 0.5, 0.5), Certainty(0.0, mark="exact")),
        ("separation_auc", of(0.5, 0.5, 0.5), Certainty(0.0, mark="exact")),
        ("rejection_p_at_30", of(1, 1, 1), Certainty(0.0, mark="exact")),
        ("merit_factor", of(0, 0, 0), Certainty(0.0, mark="exact")),
        ("auc_macro", of(1, 1, 1), Certainty(None, mark="no error")),
        ("correlation", of(np.nan, np.nan, np.nan), Certainty(None, mark="undefined")),
        ("speed_up", of(90, np.nan, np.nan), Certainty(None, mark="no error")),
        # All 98 of 98: the sd of a share after a flat prior, sqrt(99 / (100^2 * 101)).
        ("accuracy", of(1, 1, 1), Certainty(np.sqrt(99 / 101) / 100)),
        ("coverage_68", of(100, 100, 100), Certainty(np.sqrt(99 / 101))),
    ],
)
def test_every_number_has_an_error_or_a_mark(metric, sampled, expected):
    found = certainty(metric, sampled, events=98)
    assert (found.mark, found.lower_limit) == (expected.mark, None)
    assert found.error == (None if expected.error is None else pytest.approx(expected.error))


def test_rejections_of_little_background_have_limits():
    nothing, one = of(np.inf, *[np.inf] * 20), of(700, *[np.inf] * 10, *[350.0] * 10)
    for sampled in (nothing, one):
        assert certainty("rejection_p_at_30", sampled, background=700).error is None
    limits = [certainty("rejection_p_at_30", s, background=700).lower_limit for s in (nothing, one)]
    assert limits == pytest.approx([1 / highest_share(0, 700), 1 / highest_share(1, 700)])
    both = certainty("rejection_p_at_30", nothing, [nothing, one], background=700)
    assert both.lower_limit == pytest.approx(np.mean(limits))
    # The resamplings know more: with the fluctuations of the signal it may be lower.
    assert rejection_limit(of(np.inf, 20.0, *[np.inf] * 19), 700) == 20


def test_differences_and_ratios_are_exact_where_both_are_the_same():
    assert of_difference(of(0, 0, 0)) == Certainty(0.0, mark="exact")
    assert of_difference(of(3, 3, 3)).mark == "no error"
    assert of_difference(of(np.inf, 3, 3)).mark == "undefined"
    assert of_ratio(of(1, 1, 1)).mark == "exact"
    assert of_ratio(of(1, 0.9, 1.1)).error == pytest.approx(np.std([0.9, 1.1], ddof=1))


def test_numbers_with_errors_from_elsewhere_have_exactly_these():
    first, second = (normal(4.0, 0.3, 50, ("gan", seed, "time")) for seed in (1, 2))
    assert (first.value, first.error) == (4.0, pytest.approx(0.3))
    assert abs(np.corrcoef(first.replicas, second.replicas)[0, 1]) < 0.5
    assert np.isnan(normal(4.0, np.nan, 50, "x").error)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"value": 0.5, "error": 0.0, "mark": "exact"}, "0.5 (exact)"),
        ({"value": None, "error": None, "mark": "undefined"}, "undefined"),
        ({"value": 6.65, "error": None, "mark": "no error"}, "6.65 (no error)"),
        ({"value": 6.65, "error": None}, "6.65 (no error)"),
        ({"value": None, "error": None}, "–"),  # noqa: RUF001
        ({"value": 700.0, "error": None, "lower_limit": 238.97}, "> 238 (95 %)"),
        ({"value": None, "error": None, "lower_limit": 35126.0}, "> 35100 (95 %)"),
        ({"value": None, "error": None, "lower_limit": 3.999}, "> 3.99 (95 %)"),
        ({"value": 700.0, "error": 90.0, "lower_limit": 238.0}, "700 ± 90"),
    ],
)
def test_numbers_are_written_with_what_stands_beside_them(given, text):
    assert stated(**given) == text


def test_a_legend_explains_what_is_there():
    assert legend(["0.5 (exact)", "1.0 ± 0.1"]) == [
        "exact: by construction, whatever the events are"
    ]
    assert [line.split(":")[0] for line in legend(["undefined", "3 (no error)"])] == [
        "undefined", "no error",
    ]  # fmt: skip


def test_bins_without_events_are_as_uncertain_as_one_event():
    density = Sampled(np.array([0.0, 2.0]), np.array([[0.0, 1.9], [0.0, 2.1]]))
    errors = density_error(density, 0.25, 98.0)
    assert errors == pytest.approx([4 * np.sqrt(99 / 101) / 100, np.std([1.9, 2.1], ddof=1)])


def test_bands_where_nothing_passes_end_where_counting_says():
    rate = Sampled(np.array([0.0, 0.5, 1.0]), np.array([[0.0, 0.4, 1.0], [0.0, 0.6, 1.0]]))
    low, high = share_band(rate, 100.0)
    reach = 1 - 0.15865 ** (1 / 100)
    assert (low[0], high[2]) == (0, 1)
    assert (high[0], 1 - low[2]) == pytest.approx((reach, reach))
    constant = Sampled(np.ones(3), np.ones((2, 3)))
    assert [list(edge) for edge in share_band(constant, 100.0)] == [[1] * 3] * 2


def test_tables_get_marks_where_a_number_is_uncertain():
    table = pd.DataFrame(
        {"method": ["a", "b", "c"], "auc": [0.9, 0.5, np.nan], "error": [0.1, 0.0, np.nan]}
    )
    assert list(marked("auc", table)["mark"]) == ["", "no error", "undefined"]
    assert "mark" not in marked("auc", table.iloc[:1])
    assert list(marked("auc", table.assign(mark=["", "exact", None]))["mark"]) == [
        "", "exact", "undefined",
    ]  # fmt: skip
    rates = pd.DataFrame({"false_positive_rate": [0.1, 1.0], "low": [0.0, 1.0], "high": [0.2, 1.0]})
    assert list(marked("roc", rates)["mark"]) == ["", "exact"]
    limits = pd.DataFrame({"rejection": [5.0], "rejection_error": [None], "rejection_limit": [2.0]})
    assert list(marked("sculpting", limits)) == list(limits)
    curve = pd.DataFrame({"loss": [1.0]})
    assert marked("learning_curve", curve) is curve


def test_columns_without_errors_are_declared():
    assert "counted" in why_without("auc", "events")
    assert "single events" in why_without("stations", "signal")
    assert why_without("auc", "auc") is None
    assert beside("auc", "auc", ["method", "auc"]) is None
    assert all(why and why[0].islower() for why in COLUMNS.values())
