"""Names of branches, and flags of what no training event had."""

import numpy as np
import pytest

from footprint.application.columns import Layout, filled, outside
from footprint.application.network import open_network
from footprint.errors import ConfigError
from footprint.export.description import ArrayIn, Domain, TargetOut
from tests.application.made_up import domain, network


def entry(**changes):
    return ArrayIn(name="x", shape=(2,), units="", description="", domain=domain(**changes))


def test_outside_is_beyond_the_smallest_and_largest_value():
    values = np.array([[0, 100], [-1e-3, 5], [5, 100.01], [50, 50]])
    assert outside(entry(), values).tolist() == [False, True, True, False]


def test_what_is_missing_is_outside_where_training_missed_nothing():
    values = np.array([[1, np.nan], [1, 2]])
    assert outside(entry(), values).tolist() == [True, False]
    assert outside(entry(missing=0.1), values).tolist() == [False, False]


def test_what_was_never_measured_is_outside_when_it_is():
    nothing = Domain(minimum=None, maximum=None, quantiles={}, missing=1.0)
    never = ArrayIn(name="x", shape=(2,), units="", description="", domain=nothing)
    values = np.array([[1, np.nan], [np.nan, np.nan]])
    assert outside(never, values).tolist() == [True, False]


def target(**changes):
    usual = {"name": "t", "target": "axis", "shape": (), "units": "", "description": "",
             "task": "regression", "classes": (), "domain": None}  # fmt: skip
    return TargetOut(**(usual | changes))


def test_a_branch_for_each_class_and_coordinate(tmp_path):
    said = open_network(network(tmp_path / "n.onnx", {"x": ((), "")})).said
    layout = Layout("new", said)
    assert layout.answers_of(target()) == ["new_axis"]
    assert layout.answers_of(target(shape=(3,))) == ["new_axis_x", "new_axis_y", "new_axis_z"]
    assert layout.answers_of(target(shape=(2,))) == ["new_axis_x", "new_axis_y"]
    assert layout.answers_of(target(shape=(4,)))[3] == "new_axis_3"
    assert layout.answers_of(target(uncertainty=True)) == ["new_axis_sigma"]
    classes = target(shape=(2,), classes=("p", "fe"), target="mass")
    assert layout.answers_of(classes) == ["new_mass_p", "new_mass_fe"]


def test_two_branches_of_one_name_are_refused(tmp_path):
    path = network(tmp_path / "n.onnx", {"x": ((), "")}, targets=("outside_x",))
    layout = Layout("new", open_network(path).said)
    with pytest.raises(ConfigError, match=r"apply.new: two branches .*\['new_outside_x'\]"):
        layout.specs()


def test_rows_without_answer_are_nan_and_not_flagged(tmp_path):
    opened = open_network(network(tmp_path / "n.onnx", {"x": ((), ""), "y": ((), "")}))
    rows = np.array([False, True, True, False, True])
    arrays = {"x": np.array([1.0, 200.0, 3.0]), "y": np.array([-1.0, 20.0, 30.0])}
    found = filled(Layout("new", opened.said), opened, arrays, rows)
    np.testing.assert_array_equal(found["new_sum"], [np.nan, 0, 220, np.nan, 33])
    assert found["new_selected"].tolist() == rows.tolist()
    assert found["new_outside_domain"].tolist() == [False, True, True, False, False]
    assert found["new_outside_x"].tolist() == [False, False, True, False, False]
    assert found["new_outside_y"].tolist() == [False, True, False, False, False]
    assert found["new_sum"].dtype == np.float32
