"""Sorting, summing and padding the constituents of jets."""

import numpy as np
import pytest

from footprint.errors import DataError
from footprint.ingest.jets import check_finite, falling_pt, kinematics, padded, ratios, summed

NaN = np.nan


def vectors(pt, eta, phi, mass=0.0):
    pt, eta, phi = (np.asarray(values, dtype=float) for values in (pt, eta, phi))
    pz = pt * np.sinh(eta)
    return pt * np.cos(phi), pt * np.sin(phi), pz, np.sqrt(pt**2 + pz**2 + mass**2)


class TestOrder:
    def test_falling_within_each_jet(self):
        px = np.array([1.0, 3, 2, 9, 5, 6])
        order = falling_pt(px, np.zeros(6), np.array([3, 0, 1, 2]))
        np.testing.assert_array_equal(order, [1, 2, 0, 3, 5, 4])

    def test_equal_ones_stay_in_their_order(self):
        px = np.array([2.0, -3, 2, 3])
        np.testing.assert_array_equal(falling_pt(px, 0 * px, np.array([4])), [1, 3, 0, 2])

    def test_sorted_ones_are_left_alone(self):
        px = np.array([3.0, 2, 1, 9, 8])
        np.testing.assert_array_equal(falling_pt(px, 0 * px, np.array([3, 2])), range(5))

    def test_random_jets_against_a_loop(self):
        rng = np.random.default_rng(1)
        counts = rng.integers(0, 9, 200)
        px, py = rng.normal(size=(2, counts.sum()))
        order = falling_pt(px, py, counts)
        start = 0
        for count in counts:
            pt = np.hypot(px, py)[start : start + count]
            np.testing.assert_array_equal(order[start : start + count], start + np.argsort(-pt))
            start += count


class TestPadded:
    def test_by_hand(self):
        flat = (np.array([1.0, 3, 2, 9]), *np.zeros((2, 4)), np.array([1.0, 3, 2, 9]))
        further = {"pdg_id": np.array([11, 22, 211, -13], np.int16), "charge": np.arange(4)}
        arrays = padded(flat, np.array([3, 0, 1]), 2, further)
        np.testing.assert_array_equal(arrays["constituent_px"], [[3, 2], [NaN, NaN], [9, NaN]])
        np.testing.assert_array_equal(arrays["constituent_pdg_id"], [[22, 211], [0, 0], [-13, 0]])
        np.testing.assert_array_equal(arrays["constituent_charge"], [[1, 2], [NaN, NaN], [3, NaN]])
        np.testing.assert_array_equal(arrays["constituents"], [3, 0, 1])
        types = {name: values.dtype for name, values in arrays.items()}
        assert types["constituent_energy"] == types["constituent_charge"] == np.float32
        assert types["constituent_pdg_id"] == types["constituents"] == np.int32

    @pytest.mark.parametrize("counts", [[], [0, 0]])
    def test_nothing(self, counts):
        arrays = padded((np.empty(0),) * 4, np.array(counts, dtype=int), 5)
        assert arrays["constituent_pz"].shape == (len(counts), 5)
        assert np.isnan(arrays["constituent_pz"]).all()


class TestSummed:
    def test_two_back_to_back_photons(self):
        """In the transverse plane: pT 0, mass 2 pT, whatever the angle."""
        found = summed(vectors([50, 50], [0, 0], [0.3, 0.3 + np.pi]), np.array([2]))
        assert found["jet_pt"][0] == pytest.approx(0, abs=1e-9)
        assert found["jet_mass"][0] == pytest.approx(100)

    def test_mass_of_a_pair(self):
        """M^2 = 2 pT1 pT2 (cosh(delta eta) - cos(delta phi)) of massless particles."""
        found = summed(vectors([30, 20], [1.0, 0.2], [0.5, -0.4]), np.array([2]))
        expected = np.sqrt(2 * 30 * 20 * (np.cosh(0.8) - np.cos(0.9)))
        assert found["jet_mass"][0] == pytest.approx(expected)

    def test_one_constituent_is_the_jet(self):
        found = summed(vectors([30], [-2.0], [3.0], 5.0), np.array([0, 1, 0]))
        for name, value in {"pt": 30, "eta": -2, "phi": 3, "mass": 5}.items():
            np.testing.assert_allclose(found[f"jet_{name}"], [NaN, value, NaN])

    def test_rounding_does_not_give_nan(self):
        px, py, pz = np.array([[300.0], [400.0], [0.0]])
        assert kinematics(px, py, pz, np.array([499.99999]))["jet_mass"] == 0


def test_ratios():
    found = ratios({"tau1": np.array([0.4, 0]), "tau2": np.array([0.2, 0]), "tau3": np.ones(2)})
    np.testing.assert_array_equal(found["tau21"], [0.5, NaN])
    np.testing.assert_array_equal(found["tau32"], [5, NaN])


def test_constituents_that_are_not_finite():
    flat = vectors([1, 2, 3, NaN], np.zeros(4), np.zeros(4))
    check_finite(tuple(values[:3] for values in flat), np.array([1, 2]), np.arange(2), "here")
    expected = r"here: 1 of 4 constituents .* not finite, first in jet 17: \{'px': nan"
    with pytest.raises(DataError, match=expected):
        check_finite(flat, np.array([1, 0, 2, 1]), np.array([11, 13, 15, 17]), "here")
