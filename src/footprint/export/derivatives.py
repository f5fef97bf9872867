"""Derivatives of formulas of x, as formulas: by how much a transform stretches."""

import ast
import math
from collections.abc import Callable

from footprint.errors import TrainingError

NOTHING, ONE = "0", "1"
SLOPES: dict[str, Callable[[str], str]] = {
    "abs": lambda u: f"where({u} < 0, -1, 1)",
    "arccos": lambda u: f"(-1 / sqrt(1 - {u}**2))",
    "arccosh": lambda u: f"(1 / sqrt({u}**2 - 1))",
    "arcsin": lambda u: f"(1 / sqrt(1 - {u}**2))",
    "arcsinh": lambda u: f"(1 / sqrt(1 + {u}**2))",
    "arctan": lambda u: f"(1 / (1 + {u}**2))",
    "arctanh": lambda u: f"(1 / (1 - {u}**2))",
    "ceil": lambda _: NOTHING,
    "cos": lambda u: f"(-sin({u}))",
    "cosh": lambda u: f"sinh({u})",
    "exp": lambda u: f"exp({u})",
    "expm1": lambda u: f"exp({u})",
    "floor": lambda _: NOTHING,
    "log": lambda u: f"(1 / {u})",
    "log10": lambda u: f"(1 / ({u} * {math.log(10)!r}))",
    "log1p": lambda u: f"(1 / (1 + {u}))",
    "sin": lambda u: f"cos({u})",
    "sinh": lambda u: f"cosh({u})",
    "sqrt": lambda u: f"(0.5 / sqrt({u}))",
    "tan": lambda u: f"(1 / cos({u})**2)",
    "tanh": lambda u: f"(1 / cosh({u})**2)",
}
"""Derivatives of functions of one number u."""


def derivative(formula: str) -> str:
    """Derive a formula by x.

    Parameters
    ----------
    formula
        A transform of the configuration, such as ``log10(1 + x)``.

    Returns
    -------
    str
        The derivative, as a formula of x or a number.

    Raises
    ------
    TrainingError
        It is 0 everywhere or nearly so, as of ``floor(x)``, or a part has no known derivative.
    """
    found = _of(ast.parse(formula, mode="eval").body, formula)
    if found == NOTHING:
        msg = (
            f"the transform '{formula}' is flat, so that there is no density of x: take one that "
            f"rises or falls everywhere"
        )
        raise TrainingError(msg)
    return found


def _of(node: ast.expr, formula: str) -> str:
    if isinstance(node, ast.Constant | ast.Compare):
        return NOTHING
    if isinstance(node, ast.Name):
        return ONE
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Invert):
            return NOTHING
        inner = _of(node.operand, formula)
        return _times("-1", inner) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        return _of_operation(node, formula)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _of_call(node.func.id, node.args, formula)
    raise _unknown(node, formula)


def _of_operation(node: ast.BinOp, formula: str) -> str:
    kind, u, v = type(node.op), _text(node.left), _text(node.right)
    du, dv = _of(node.left, formula), _of(node.right, formula)
    # By the one side, and by the other.
    slopes: dict[type, tuple[str, str]] = {
        ast.Add: (ONE, ONE),
        ast.Sub: (ONE, "-1"),
        ast.Mult: (v, u),
        ast.Div: (f"(1 / {v})", f"(-{u} / {v}**2)"),
        ast.Pow: (f"({v} * {u}**({v} - 1))", f"({u}**{v} * log({u}))"),
        **dict.fromkeys((ast.BitAnd, ast.BitOr, ast.BitXor), (NOTHING, NOTHING)),
    }
    if kind is ast.Mod and dv == NOTHING:
        return du
    if kind not in slopes:
        raise _unknown(node, formula)
    left, right = slopes[kind]
    return _plus(_times(du, left), _times(dv, right))


def _of_call(name: str, given: list[ast.expr], formula: str) -> str:
    if name == "where":
        condition, yes, no = given
        both = _of(yes, formula), _of(no, formula)
        return (
            both[0]
            if both[0] == both[1]
            else f"where({ast.unparse(condition)}, {both[0]}, {both[1]})"
        )
    if name == "arctan2":
        (u, du), (v, dv) = ((_text(part), _of(part, formula)) for part in given)
        square = f"(1 / ({u}**2 + {v}**2))"
        return _plus(_times(_times(du, v), square), _times(_times("-1", _times(dv, u)), square))
    if name not in SLOPES or len(given) != 1:
        raise _unknown(given[0], formula)
    return _times(SLOPES[name](_text(given[0])), _of(given[0], formula))


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _plus(a: str, b: str) -> str:
    if NOTHING in {a, b}:
        return a if b == NOTHING else b
    return f"({a} + {b})"


def _times(a: str, b: str) -> str:
    if NOTHING in {a, b}:
        return NOTHING
    if ONE in {a, b}:
        return a if b == ONE else b
    return f"({a} * {b})"


def _unknown(node: ast.expr, formula: str) -> TrainingError:
    return TrainingError(
        f"the density of an array with transform '{formula}' cannot be exported: the derivative of "
        f"'{ast.unparse(node)}' is not known; write it with arithmetic and "
        f"{', '.join(sorted(SLOPES))}"
    )
