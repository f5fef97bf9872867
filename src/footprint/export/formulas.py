"""Formulas of the configuration as nodes of an ONNX graph, in double precision as numexpr has it.

ONNX Runtime has few functions in double precision, so the others are written with those it has.
"""

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from footprint.errors import TrainingError, suggest
from footprint.export.graph import DOUBLE, FLOAT, Graph

Value = str | float | bool
"""The name of a tensor, or a number that is known beforehand."""

OPERATORS: dict[type, str] = {
    ast.Add: "Add",
    ast.Sub: "Sub",
    ast.Mult: "Mul",
    ast.Div: "Div",
    ast.Pow: "Pow",
    ast.Mod: "Mod",
}
OF_NUMBERS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: math.fmod,
}
COMPARISONS: dict[type, str] = {
    ast.Lt: "Less",
    ast.LtE: "LessOrEqual",
    ast.Gt: "Greater",
    ast.GtE: "GreaterOrEqual",
    ast.Eq: "Equal",
}
LOGIC: dict[type, str] = {ast.BitAnd: "And", ast.BitOr: "Or", ast.BitXor: "Xor"}
DIRECT = {
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "abs": "Abs",
    "floor": "Floor",
    "ceil": "Ceil",
    "sin": "Sin",
    "cos": "Cos",
    "tanh": "Tanh",
}


def translated(graph: Graph, formula: str, x: str) -> str:
    """Add a formula of x to a graph.

    Parameters
    ----------
    graph
        What is added to.
    formula
        A transform of the configuration, such as ``log10(1 + x)``.
    x
        Name of the tensor of double precision that x stands for.

    Returns
    -------
    str
        Name of the result, of the same shape, double precision.

    Raises
    ------
    TrainingError
        The formula has a function or an operator that cannot be exported.
    """
    made = _Translation(graph, formula, x)
    return made.tensor(made.value(ast.parse(formula, mode="eval").body))


@dataclass(frozen=True)
class _Translation:
    graph: Graph
    formula: str
    x: str

    def value(self, node: ast.expr) -> Value:
        """Translate a part of the formula."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        if isinstance(node, ast.Name):
            return self.x
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, [self.value(argument) for argument in node.args])
        raise self._unknown(ast.unparse(node))

    def tensor(self, value: Value) -> str:
        """Give a number its tensor."""
        return value if isinstance(value, str) else self.graph.constant(float(value))

    def add(self, operation: str, *values: Value) -> str:
        """Add a node over tensors and numbers."""
        options: dict[str, Any] = {"fmod": 1} if operation == "Mod" else {}
        return self.graph.add(operation, *(self.tensor(value) for value in values), **options)

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        kind = type(node.op)
        if not isinstance(left, str) and not isinstance(right, str) and kind in OF_NUMBERS:
            return OF_NUMBERS[kind](left, right)
        if kind in LOGIC:
            return self.add(LOGIC[kind], left, right)
        if kind in OPERATORS:
            return self.add(OPERATORS[kind], left, right)
        raise self._unknown(ast.unparse(node))

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.Invert):
            return self.add("Not", value)
        if isinstance(node.op, ast.UAdd):
            return value
        return self.add("Neg", value) if isinstance(value, str) else -value

    def _comparison(self, node: ast.Compare) -> str:
        left, right = self.value(node.left), self.value(node.comparators[0])
        if isinstance(node.ops[0], ast.NotEq):
            return self.add("Not", self.add("Equal", left, right))
        if type(node.ops[0]) not in COMPARISONS:
            raise self._unknown(ast.unparse(node))
        return self.add(COMPARISONS[type(node.ops[0])], left, right)

    def _call(self, name: str, given: list[Value]) -> str:
        if name == "where":
            condition, yes, no = given
            return self.graph.add("Where", self._truth(condition), *map(self.tensor, (yes, no)))
        if name in DIRECT:
            return self.add(DIRECT[name], *given)
        if name not in COMPOSED:
            call = f"{name}(...)"
            raise self._unknown(call)
        return COMPOSED[name](self, *given)

    def _truth(self, value: Value) -> str:
        return value if isinstance(value, str) else self.graph.constant(np.array(bool(value)))

    def _unknown(self, part: str) -> TrainingError:
        known = [*DIRECT, *COMPOSED, "where"]
        name = part.partition("(")[0]
        return TrainingError(
            f"the transform '{self.formula}' cannot be exported: '{part}' has no counterpart in "
            f"ONNX; {suggest(name, known)}, arithmetic and comparisons"
        )

    def _log10(self, x: Value) -> str:
        return self.add("Div", self.add("Log", x), math.log(10.0))

    def _log1p(self, x: Value) -> str:
        """Keep all digits near zero: x log(u) / (u - 1) with u = 1 + x as it is rounded."""
        above = self.add("Add", x, 1.0)
        rest = self.add("Sub", above, 1.0)
        ratio = self.add("Div", self.add("Mul", x, self.add("Log", above)), rest)
        # Where 1 + x is 1 or infinite, the ratio is not.
        large = self.add("Log", above)
        found = self.add("Where", self.add("Equal", above, math.inf), large, ratio)
        return self.add("Where", self.add("Equal", rest, 0.0), x, found)

    def _expm1(self, x: Value) -> str:
        """Keep all digits near zero: (u - 1) x / log(u) with u = exp(x) as it is rounded."""
        power = self.add("Exp", x)
        rest = self.add("Sub", power, 1.0)
        ratio = self.add("Div", self.add("Mul", rest, x), self.add("Log", power))
        near = self.add("Less", self.add("Abs", x), 1.0)
        found = self.add("Where", near, ratio, rest)
        return self.add("Where", self.add("Equal", rest, 0.0), x, found)

    def _sinh(self, x: Value) -> str:
        there, back = self._expm1(x), self._expm1(self.add("Neg", x))
        return self.add("Mul", self.add("Sub", there, back), 0.5)

    def _cosh(self, x: Value) -> str:
        there, back = self.add("Exp", x), self.add("Exp", self.add("Neg", x))
        return self.add("Mul", self.add("Add", there, back), 0.5)

    def _tan(self, x: Value) -> str:
        return self.add("Div", self.add("Sin", x), self.add("Cos", x))

    def _arcsinh(self, x: Value) -> str:
        """Of |x| with its sign: log1p(|x| + x^2 / (1 + sqrt(1 + x^2)))."""
        size = self.add("Abs", x)
        square = self.add("Mul", x, x)
        root = self.add("Add", self.add("Sqrt", self.add("Add", square, 1.0)), 1.0)
        inner = self.add("Add", size, self.add("Div", square, root))
        return self.add("Mul", self.add("Sign", x), self._log1p(inner))

    def _arccosh(self, x: Value) -> str:
        root = self.add("Sqrt", self.add("Sub", self.add("Mul", x, x), 1.0))
        return self.add("Log", self.add("Add", x, root))

    def _arctan(self, x: Value) -> str:
        """Single precision, which ONNX Runtime has, and what that misses, found by its tangent."""
        large = self.add("Greater", self.add("Abs", x), 1.0)
        small = self.add("Where", large, self.add("Div", 1.0, x), x)
        rough = self.graph.add("Atan", self.graph.cast(small, FLOAT))
        angle = self.graph.cast(rough, DOUBLE)
        sine, cosine = self.add("Sin", angle), self.add("Cos", angle)
        above = self.add("Sub", self.add("Mul", small, cosine), sine)
        below = self.add("Add", cosine, self.add("Mul", small, sine))
        found = self.add("Add", angle, self.add("Div", above, below))
        quarter = self.add("Mul", self.add("Sign", x), math.pi / 2)
        return self.add("Where", large, self.add("Sub", quarter, found), found)

    def _arcsin(self, x: Value) -> str:
        inside = self.add("Mul", self.add("Sub", 1.0, x), self.add("Add", 1.0, x))
        return self._arctan(self.add("Div", x, self.add("Sqrt", inside)))

    def _arccos(self, x: Value) -> str:
        ratio = self.add("Div", self.add("Sub", 1.0, x), self.add("Add", 1.0, x))
        return self.add("Mul", self._arctan(self.add("Sqrt", ratio)), 2.0)

    def _arctan2(self, y: Value, x: Value) -> str:
        """Of the sizes, then turned to the quadrant; at the origin 0."""
        size = self._arctan(self.add("Div", self.add("Abs", y), self.add("Abs", x)))
        left = self.add("Less", x, 0.0)
        half = self.add("Where", left, self.add("Sub", math.pi, size), size)
        turned = self.add("Where", self.add("Less", y, 0.0), self.add("Neg", half), half)
        nowhere = self.add("And", self.add("Equal", x, 0.0), self.add("Equal", y, 0.0))
        return self.add("Where", nowhere, 0.0, turned)

    def _arctanh(self, x: Value) -> str:
        there, back = self._log1p(x), self._log1p(self.add("Neg", x))
        return self.add("Mul", self.add("Sub", there, back), 0.5)


COMPOSED: dict[str, Callable[..., str]] = {
    name: getattr(_Translation, f"_{name}")
    for name in (
        *("log10", "log1p", "expm1", "sinh", "cosh", "tan"),
        *("arcsinh", "arccosh", "arctanh", "arctan", "arcsin", "arccos", "arctan2"),
    )
}
