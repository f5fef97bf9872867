"""Features of constituents, by hand calculation."""

import numpy as np
import pytest

from footprint.config.jet_features import CONSTITUENT_FEATURES
from footprint.jets.features import FEATURES, Constituents, constituent_features
from footprint.jets.steps import relative
from tests.jets.made_up import padded


def of(pt, deta, dphi, most=4, charge=None, wanted=None, **options):
    momenta = padded(pt, deta, dphi, most=most, **options)
    found = relative(*momenta[:3])
    parts = [found.of(part) for part in momenta]
    totals = [part.sum(keepdims=True) for part in parts]
    jets = Constituents(
        *parts,
        found,
        jet_pt=np.hypot(*totals[:2]),
        jet_energy=totals[3],
        charge=None if charge is None else np.array(charge, dtype=float),
    )
    names = wanted or [name for name in FEATURES if charge is not None or name != "charge"]
    return {name: values[0] for name, values in constituent_features(jets, names, most).items()}


def test_configuration_and_computation_name_the_same():
    assert set(FEATURES) == set(CONSTITUENT_FEATURES)


def test_by_hand():
    jet = of([20.0, 10.0], [0.1, -0.2], [0.0, 0.0], axis=(0.5, 3.0), charge=[-1, 0])
    eta = np.array([0.6, 0.3])
    energy = np.array([20.0, 10.0]) * np.cosh(eta)
    mean_eta = np.arcsinh((20 * np.sinh(0.6) + 10 * np.sinh(0.3)) / 30)
    expected = {
        "pt": [20, 10],
        "eta": eta,
        "phi": [3, 3],
        "px": np.array([20, 10]) * np.cos(3),
        "py": np.array([20, 10]) * np.sin(3),
        "pz": np.array([20, 10]) * np.sinh(eta),
        "energy": energy,
        "log_pt": np.log([20, 10]),
        "log_energy": np.log(energy),
        "pt_fraction": [2 / 3, 1 / 3],
        "log_pt_relative": np.log([2 / 3, 1 / 3]),
        "log_energy_relative": np.log(energy / energy.sum()),
        "deta": eta - mean_eta,
        "dphi": [0, 0],
        "delta_r": np.abs(eta - mean_eta),
        "charge": [-1, 0],
    }
    for name, values in jet.items():
        np.testing.assert_allclose(values[:2], expected[name], rtol=1e-5, atol=1e-6, err_msg=name)
        assert np.isnan(values[2:]).all()
        assert values.dtype == np.float32


def test_the_hardest_are_kept_in_falling_order():
    jet = of([10.0, 40.0, 20.0, 30.0], [0.0, 0.1, 0.2, 0.3], [0.0] * 4, charge=[1, 2, 3, 4])
    np.testing.assert_allclose(jet["pt"], [40, 30, 20, 10], rtol=1e-6)
    np.testing.assert_array_equal(jet["charge"], [2, 4, 3, 1])
    px, py, pz, energy = padded([10.0, 40.0, 20.0], [0.0, 0.1, 0.2], [0.0] * 3)
    found = relative(px, py, pz)
    jets = Constituents(*(found.of(p) for p in (px, py, pz, energy)), found, px[:, 0], px[:, 0])
    np.testing.assert_allclose(constituent_features(jets, ["pt"], 2)["pt"], [[40, 20]], rtol=1e-6)


def test_equal_momenta_keep_their_order():
    jet = of([10.0] * 3, [0.0, 0.1, 0.2], [0.0] * 3, charge=[1, 2, 3])
    np.testing.assert_array_equal(jet["charge"][:3], [1, 2, 3])


def test_no_constituents():
    assert all(np.isnan(values).all() for values in of([], [], []).values())


def test_logarithms_of_what_is_not_positive_are_no_numbers_that_pass_unseen():
    px, py, pz, energy = padded([10.0, 5.0], [0.0, 0.1], [0.0, 0.0])
    energy[0, 1] = -1.0
    found = relative(px, py, pz)
    jets = Constituents(*(found.of(p) for p in (px, py, pz, energy)), found, px[:, 0], px[:, 0])
    assert constituent_features(jets, ["log_energy"], 2)["log_energy"][0, 1] == -np.inf


@pytest.mark.parametrize("name", ["log_pt_relative", "pt_fraction"])
def test_only_what_is_wanted_is_computed(name):
    assert list(of([1.0], [0.0], [0.0], wanted=[name])) == [name]
