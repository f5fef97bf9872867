import numpy as np
import pytest

from footprint.dataset.cut_flow import ALL, CutFlow, cuts_of


@pytest.mark.parametrize(
    ("selection", "cuts"),
    [
        (None, ()),
        ("pt >= 10", ("pt >= 10",)),
        ("(pt > 1) & (abs(eta) < 2)", ("pt > 1", "abs(eta) < 2")),
        ("(a > 1) & (b > 2) & (c > 3)", ("a > 1", "b > 2", "c > 3")),
        ("(a > 1) & ((b > 2) & (c > 3))", ("a > 1", "(b > 2) & (c > 3)")),
        ("(a > 1) | (b > 2)", ("(a > 1) | (b > 2)",)),
        ("~((a > 1) & (b > 2))", ("~((a > 1) & (b > 2))",)),
    ],
)
def test_a_selection_is_taken_apart_where_both_sides_must_hold(selection, cuts):
    assert cuts_of(selection) == cuts


def test_each_cut_counts_what_all_up_to_it_leave():
    x, y = np.arange(10), np.arange(10)[::-1]
    flow = CutFlow("(x >= 3) & (y >= 2)")
    for rows in (slice(0, 4), slice(4, 10)):  # however the events come in blocks
        passed = (x[rows] >= 3) & (y[rows] >= 2)
        flow.add("jets", {"x": x[rows], "y": y[rows]}, passed)
    flow.add("none", {"x": x[:0], "y": y[:0]}, np.zeros(0, dtype=bool))
    rows = [(row["sample"], row["cut"], row["events"]) for row in flow.rows()]
    assert rows == [
        ("jets", ALL, 10), ("jets", "x >= 3", 7), ("jets", "y >= 2", 5),
        ("none", ALL, 0), ("none", "x >= 3", 0), ("none", "y >= 2", 0),
    ]  # fmt: skip


def test_without_a_selection_there_is_one_count():
    flow = CutFlow(None)
    flow.add("jets", {}, np.ones(3, dtype=bool))
    assert flow.rows() == [{"sample": "jets", "cut": ALL, "events": 3}]
