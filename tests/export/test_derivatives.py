"""Derivatives of transforms are those that differences of their values tell."""

import numpy as np
import pytest

from footprint.config.exports import FUNCTIONS
from footprint.config.formulas import evaluate
from footprint.errors import TrainingError
from footprint.export.derivatives import SLOPES, derivative

STEP = 1e-6


def slopes(formula, x):
    """By central differences, and by the formula."""
    above, below = (evaluate(formula, {"x": x + step}) for step in (STEP, -STEP))
    found = evaluate(f"{derivative(formula)} + 0 * x", {"x": x})
    return (above - below) / (2 * STEP), found


@pytest.mark.parametrize("function", sorted(set(SLOPES) - {"ceil", "floor"}))
def test_every_function(function):
    x = np.linspace(1.2, 4, 9) if function == "arccosh" else np.array([0.1, 0.3, 0.55, 0.9])
    expected, found = slopes(f"{function}(x)", x)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "formula",
    [
        "(x - 1.7) * 0.7",
        "-x / 3 + +2",
        "log10(1 + x / 5)",
        "x**2 - 3 * x / (7 + x)",
        "x**(1/3)",
        "2**x * exp(-x)",
        "x**x",
        "1 - 1 / x",
        "where((x > 1) & ~(x >= 2), log(x), 2 * x)",
        "where(x > 1, 3 * x, 3 * x + 1)",
        "arctan2(x, 2 - x)",
        "(2.5 * x) % 7",
    ],
)
def test_rules(formula):
    expected, found = slopes(formula, np.array([0.3, 0.8, 1.2, 1.7, 2.6]))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_all_functions_that_are_exported_have_one():
    assert {*SLOPES, "arctan2", "where"} == set(FUNCTIONS)


@pytest.mark.parametrize("formula", ["floor(x)", "0 * 1 + 3 + 0 * 2", "(x > 2) | (x < 1)"])
def test_what_is_flat_has_no_density(formula):
    with pytest.raises(TrainingError, match=r"is flat, so that there is no density of x"):
        derivative(formula)


def test_what_is_not_known_is_named():
    with pytest.raises(TrainingError, match=r"derivative of 'x << 2' is not known"):
        derivative("1 + (x << 2)")
