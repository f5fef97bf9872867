"""Bins with round edges, and groups of mass."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from footprint.survey.groups import bin_of, joint, masses_of, round_edges


@pytest.mark.parametrize(
    ("values", "most", "edges"),
    [
        ([18.5001, 19.9999], 8, [18.5, 18.75, 19.0, 19.25, 19.5, 19.75, 20.0]),
        ([18.5001, 19.9999], 4, [18.5, 19.0, 19.5, 20.0]),
        ([19.0, 19.0], 8, [19.0, 19.1]),
        ([17.03, 20.9], 8, [17.0, 17.5, 18.0, 18.5, 19.0, 19.5, 20.0, 20.5, 21.0]),
    ],
)
def test_edges_are_round_and_hold_all_values(values, most, edges):
    found = round_edges(np.array(values, np.float32), most)
    assert_allclose(found, edges)
    assert np.all(bin_of(np.array(values, np.float32), found) >= 0)


def test_bins_include_both_ends_and_nothing_beyond():
    values = np.array([0.0, 0.5, 1.0, 2.0, 2.1, -0.1, np.nan])
    assert bin_of(values, np.array([0.0, 1.0, 2.0])).tolist() == [0, 0, 1, 1, -1, -1, -1]


def test_joint_bins_count_like_a_matrix():
    rows, columns = np.array([[0], [1], [-1]]), np.array([[0, 2, -1]])
    expected = [[0, 2, -1], [3, 5, -1], [-1, -1, -1]]
    assert joint((rows, 2), (columns, 3)).tolist() == expected


def test_masses_have_their_names_light_ones_first():
    masses = masses_of(np.array([56, 1, 9, 1]), 4)
    assert masses.names == ("proton", "A = 9", "iron")
    assert masses.group.tolist() == [2, 0, 1, 0]
    for unknown in (None, np.arange(1, 9)):
        together = masses_of(unknown, 8)
        assert together.names == ("all masses",)
        assert together.numbers == ()
        assert not together.group.any()
