"""Words and numbers on figures."""

import math

import pytest

from footprint.evaluation.rounding import NOTHING
from footprint.figures.names import log_tick, measured, per_unit, readable, unit_of, with_unit
from footprint.figures.style import columns_for


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (1.2345, 0.0354, "1.234 ± 0.035"),
        (1.2345, 0.0355, "1.23 ± 0.04"),
        (1.2345, 0.0951, "1.23 ± 0.10"),
        (1234.5, 99.7, "1230 ± 100"),
        (34.2, 0.83, "34.2 ± 0.8"),
        (0.5, 0.0, "0.5"),
        (-0.5, 0.12, "\N{MINUS SIGN}0.50 ± 0.12"),
        (-0.004, 1.7, "0.0 ± 1.7"),
        (0.5, math.nan, "0.5"),
        (0.0, 0.0096, "0.000 ± 0.010"),
        (3.1e17, 5.2e15, r"(3.10 ± 0.05)$\times$10$^{17}$"),
        (2e7, math.nan, r"2$\times$10$^{7}$"),
        (math.nan, 0.1, NOTHING),
    ],
)
def test_values_are_rounded_by_their_errors(value, error, text):
    assert measured(value, error) == text


@pytest.mark.parametrize(
    ("units", "text"),
    [
        ("g/cm2", "g/cm$^{2}$"),
        ("GeV/c2", "GeV/c$^{2}$"),
        ("m^-2", "m$^{-2}$"),
        ("log10(E/eV)", "log10(E/eV)"),
        (r"$\mu$m", r"$\mu$m"),
        ("", ""),
    ],
)
def test_powers_in_units_are_raised(units, text):
    assert unit_of(units) == text


def test_axis_labels():
    assert with_unit("energy", "EeV") == "energy [EeV]"
    assert with_unit("charge", "") == "charge"
    assert per_unit("density", "GeV") == "density [1/GeV]"
    assert per_unit("density", "") == "density"
    assert readable("filled_pixels") == "filled pixels"


def test_ticks_of_logarithmic_axes():
    values = (1e-6, 5e-6, 1e-3, 0.5, 10, 1e5)
    texts = ["10$^{-6}$", r"5$\times$10$^{-6}$", "0.001", "0.5", "10", "10$^{5}$"]
    assert [log_tick(value) for value in values] == texts


def test_legends_of_long_names_have_fewer_columns():
    assert columns_for(["cnn", "constant", "linear", "boosting", "oracle"]) == 3
    assert columns_for(["boosting on hand-made features", "cnn"]) == 1
