"""Shifts by parameter sets: known changes of made-up predictions give known numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from footprint.config.tagging import Tagging
from footprint.errors import DataError
from footprint.evaluation.at_points import AtPoint, at_point, cuts_of
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.methods import Methods
from footprint.evaluation.nominal_cuts import nominal_cuts
from footprint.evaluation.shifts import Shift, roc_curves, shifts, signals, together, total_shifts
from footprint.evaluation.variations import facts_of, tables_of
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions

HALF = 1000
UP, DOWN, ALONE = Shift("a", "up", "a_up"), Shift("a", "down", "a_down"), Shift("b", "", "b")


def tagged(moved=0.0, first=0):
    """Tops with scores uniform in 0.5 to 1, QCD jets uniform in 0 to 0.75, tops' moved down."""
    grid = (np.arange(HALF) + 0.5) / HALF
    score = np.concatenate([0.5 + 0.5 * grid - moved, 0.75 * grid])
    truth = np.repeat([0, 1], HALF)
    return Predictions(
        method="net", seed=1, task="classification", target=ArraySpec("kind", "", "kind of jet"),
        classes=("top", "qcd"), event_id=np.arange(first, first + 2 * HALF, dtype=np.uint64),
        truth=truth, prediction=np.stack([score, 1 - score], axis=1),
    )  # fmt: skip


@pytest.fixture
def judged(experiment):
    """Measure predictions at the nominal and at other points."""
    evaluation = experiment(bootstrap=60, signal_efficiencies=[0.3, 0.5]).evaluation

    def by_point(**points):
        methods = {name: Methods("net", (found,), {}, ()) for name, found in points.items()}
        every = np.unique(np.concatenate([found.event_id for found in points.values()]))
        cuts = cuts_of(methods["nominal"], evaluation)
        return {
            "net": {p: at_point(m, evaluation, every, cuts, p)["net"] for p, m in methods.items()}
        }

    return by_point


def row(table, metric, point="b"):
    found = table[table["metric"] == metric]
    if "ratio" in table:
        found = found[found["point"] == point]
    assert len(found) == 1
    return found.iloc[0]


def test_cuts_are_the_scores_that_first_reach_the_efficiency():
    cuts = nominal_cuts(tagged(), [0.3, 0.5])
    # Of tops uniform in 0.5 to 1, 30 % lie above 0.85, and half above 0.75.
    assert cuts["top"][0.3] == pytest.approx(0.85, abs=1e-3)
    assert cuts["top"][0.5] == pytest.approx(0.75, abs=1e-3)
    weight = np.where(tagged().prediction[:, 0] > 0.9, 2.0, 1.0)
    weighted = nominal_cuts(tagged(), [0.5], weight)
    # 0.2 of the tops count double: half of 1.2 is reached with these 0.4 and 0.2 below 0.9.
    assert weighted["top"][0.5] == pytest.approx(0.8, abs=2e-3)


def test_a_cut_that_stays_loses_the_signal_that_moves_below_it(judged):
    """Tops move down by 0.05: of 30 % above 0.85, 10 % are lost; QCD stays where it is."""
    table = shifts([ALONE], judged(nominal=tagged(), b=tagged(0.05)))
    at_cut = row(table, "efficiency_top_at_nominal_30")
    assert at_cut["value"] == pytest.approx(0.2, abs=2e-3)
    assert at_cut["change"] == pytest.approx(-0.1, abs=2e-3)
    assert at_cut["ratio"] == pytest.approx(2 / 3, abs=5e-3)
    # Events are the same: a tenth of 1000 tops is lost for sure, sd sqrt(0.1 0.9 / 1000).
    assert at_cut["change_error"] == pytest.approx(np.sqrt(0.09 / HALF), rel=0.3)
    mistag = row(table, "mistag_top_at_nominal_30")
    assert (mistag["value"], mistag["change"]) == (0, 0)
    at_half = row(table, "efficiency_top_at_nominal_50")
    assert at_half["change"] == pytest.approx(-0.1, abs=2e-3)
    # A working point that follows the tops down to 0.45 + 0.5 0.2 = 0.55 for 80 % would take in
    # QCD; the rejection at 50 % efficiency sees the threshold move from 0.75 to 0.70.
    assert row(table, "rejection_top_at_50")["value"] == pytest.approx(0.75 / 0.05, rel=0.03)


def test_a_pair_and_a_set_add_up_in_quadrature_by_side(judged):
    found = judged(
        nominal=tagged(), a_up=tagged(-0.03), a_down=tagged(0.04), b=tagged(0.03)
    )  # fmt: skip
    table = total_shifts([UP, DOWN, ALONE], found)
    total = row(table, "efficiency_top_at_nominal_30")
    assert total["up"] == pytest.approx(0.06, abs=2e-3)
    assert total["down"] == pytest.approx(-np.hypot(0.08, 0.06), abs=2e-3)
    assert (total["parameter_set"], total["shift"], total["point"]) == ("a", "down", "a_down")
    assert total["change"] == pytest.approx(-0.08, abs=2e-3)


def test_a_pair_whose_points_move_to_one_side_counts_the_larger():
    def sampled(value):
        return Sampled(np.asarray(value), np.asarray([value, value]))

    changes = {UP: sampled(-3.0), DOWN: sampled(-1.0), ALONE: sampled(-4.0)}
    assert float(together(changes, -1).value) == pytest.approx(-5.0)
    assert float(together(changes, 1).value) == 0
    assert together(changes, -1).replicas == pytest.approx([-5.0, -5.0])


def test_changes_of_other_events_have_independent_errors(judged):
    table = shifts([ALONE], judged(nominal=tagged(), b=tagged(0.05, first=50_000)))
    at_cut = row(table, "efficiency_top_at_nominal_30")
    expected = np.sqrt((0.3 * 0.7 + 0.2 * 0.8) / HALF)
    assert at_cut["change_error"] == pytest.approx(expected, rel=0.25)


def test_roc_curves_of_all_points_lie_around_the_nominal_one(judged):
    found = judged(nominal=tagged(), a_up=tagged(-0.03), a_down=tagged(0.04), b=tagged(0.03))
    table = roc_curves([UP, DOWN, ALONE], found)
    at = table[(table["class"] == "top") & (table["signal_efficiency"] == 0.8)]
    at = at.set_index("point")
    # The threshold of 80 % lies at 0.6, of 0.75 QCD a share of 0.2 above it.
    rates = at["false_positive_rate"]
    assert rates["nominal"] == pytest.approx(0.2, abs=2e-3)
    assert rates["a_down"] == pytest.approx(0.2 + 0.04 / 0.75, abs=2e-3)
    nominal = at.loc["nominal"]
    assert nominal["total_high"] == pytest.approx(0.2 + np.hypot(0.04, 0.03) / 0.75, abs=2e-3)
    assert nominal["total_low"] == pytest.approx(0.2 - 0.03 / 0.75, abs=2e-3)
    assert nominal["low"] < 0.2 < nominal["high"]
    assert pd.isna(at.loc["b", "total_low"])


def depths(bias, sd):
    residuals = np.tile([-1.0, 1.0], 200)
    truth = np.linspace(600, 900, 400)
    return Predictions(
        method="net", seed=1, task="regression", target=ArraySpec("xmax", "g/cm2", "depth"),
        classes=(), event_id=np.arange(400, dtype=np.uint64), truth=truth,
        prediction=truth + sd * residuals + bias,
    )  # fmt: skip


def test_bias_and_resolution_of_values(experiment):
    evaluation = experiment("regression", bootstrap=30).evaluation
    points = {"nominal": depths(0.0, 20.0), "b": depths(7.0, 25.0)}
    methods = {name: Methods("net", (found,), {}, ()) for name, found in points.items()}
    every, cuts = methods["nominal"].first.event_id, cuts_of(methods["nominal"], evaluation)
    found = {"net": {p: at_point(m, evaluation, every, cuts, p)["net"] for p, m in methods.items()}}
    table = shifts([ALONE], found)
    assert row(table, "bias")["change"] == pytest.approx(7.0)
    assert row(table, "sd")["ratio"] == pytest.approx(1.25)
    assert row(table, "sd")["unit"] == "g/cm2"
    tables = tables_of([], [ALONE], found)
    assert set(tables) == {"comparison.csv", "shifts.csv", "total_shifts.csv"}
    assert facts_of("xmax", None, {}, found)["signals"] == []


def test_what_never_is_finite_is_left_out_of_the_sum(judged):
    """With nothing of QCD above the cut no rejection is known, and none is added up."""
    nothing = tagged()
    far = np.where(nothing.truth == 1, 0.1, nothing.prediction[:, 0])
    nothing = replace(nothing, prediction=np.stack([far, 1 - far], axis=1))
    found = judged(nominal=nothing, b=nothing)
    assert "rejection_top_at_30" not in set(total_shifts([ALONE], found)["metric"])
    assert pd.isna(row(shifts([ALONE], found), "rejection_top_at_30")["change"])


def test_a_point_without_predictions_is_named(judged):
    with pytest.raises(DataError, match="'net' has no predictions of point 'b'"):
        shifts([ALONE], judged(nominal=tagged()))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [(("top", "qcd"), ["top"]), (("a", "b", "c"), ["a", "b", "c"]), ((), [])],
)
def test_of_two_classes_the_first_is_looked_for(classes, expected):
    assert signals(AtPoint("network", 1, "", classes, {}, {})) == expected


def test_what_is_tagged_is_looked_for_whatever_the_order_of_the_classes(experiment, judged):
    asked = experiment("classification")
    settings = asked.evaluation.model_copy(update={"tagging": Tagging(signal="qcd")})
    found = judged(nominal=tagged())
    facts = facts_of("jet", None, {"net": asked.model_copy(update={"evaluation": settings})}, found)
    assert facts["classes"] == ["top", "qcd"]
    assert facts["signals"] == ["qcd"]
    other = Tagging(signal="w")
    assert signals(found["net"]["nominal"], [other]) == ["top"]
