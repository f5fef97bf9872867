"""Formulas in ONNX are those of numexpr, to the digits that float32 keeps, and many more."""

import numpy as np
import pytest
from onnx import TensorProto

from footprint.config.exports import FUNCTIONS
from footprint.config.formulas import evaluate
from footprint.errors import TrainingError
from footprint.export.formulas import COMPOSED, DIRECT, translated
from footprint.export.graph import Graph
from tests.export.graphs import session

POINTS = np.concatenate(
    [np.geomspace(1e-12, 1e6, 50), -np.geomspace(1e-12, 30, 30), [0.0, 0.5, -0.5, np.nan]]
)


def computed(formula, x=POINTS):
    graph = Graph("p")
    result = translated(graph, formula, "x")
    run = session(
        graph.nodes,
        graph.constants,
        {"x": (TensorProto.DOUBLE, ())},
        {result: (TensorProto.DOUBLE, 1)},
    )
    return run.run(None, {"x": x})[0]


@pytest.mark.parametrize("function", sorted({*DIRECT, *COMPOSED} - {"arctan2"}))
def test_every_function(function):
    formula = f"{function}(x)"
    with np.errstate(all="ignore"):
        expected = evaluate(formula, {"x": POINTS})
    np.testing.assert_allclose(computed(formula), expected, rtol=1e-9, atol=0)


@pytest.mark.parametrize(
    "formula",
    [
        "log10(1 + x)",
        "10**x - 1",
        "x**(1/3)",
        "x**2 - 3 * x / 7",
        "(x - 1.7) * 0.7",
        "-x + +1",
        "abs(x) % 3",
        "where(x > 0, log(x), -1)",
        "where((x > 1) & ~(x >= 2) | (x != x), 1, 0) * x",
        "where((x < 3) ^ (x <= 0.5), x, 2 * x)",
        "where(x == 0.5, 7, x)",
        "arctan2(x, 2)",
        "arctan2(x, -0.3)",
        "arctan2(x - 0.5, x)",
        "arctan2(1, x)",
        "arctan2(x, 0 * x)",
    ],
)
def test_arithmetic_and_comparisons(formula):
    with np.errstate(all="ignore"):
        expected = evaluate(formula, {"x": POINTS}).astype(float)
    np.testing.assert_allclose(computed(formula), expected, rtol=1e-12, atol=0)


def test_studies_are_checked_by_the_functions_there_are():
    assert set(FUNCTIONS) == {*DIRECT, *COMPOSED, "where"}


def test_an_unknown_function_is_refused_with_those_there_are():
    with pytest.raises(TrainingError) as caught:
        computed("1 + fmod(x, 2)")
    text = str(caught.value)
    assert "'1 + fmod(x, 2)' cannot be exported: 'fmod(...)'" in text
    assert "log10" in text


def test_an_unknown_operator_is_refused():
    with pytest.raises(TrainingError, match=r"'x << 2' has no counterpart"):
        computed("x << 2")
