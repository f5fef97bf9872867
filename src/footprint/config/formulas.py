"""Formulas in the configuration: checked when read, evaluated over arrays by numexpr."""

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from footprint.errors import ConfigError, suggest


@cache
def _numexpr() -> ModuleType:
    """Import it for the first formula: many jobs have none, and would wait a tenth of a second."""
    import numexpr

    numexpr.set_num_threads(1)
    module: ModuleType = numexpr
    return module


def variables(formula: str) -> tuple[str, ...]:
    """List the names of the arrays that a formula uses.

    Raises
    ------
    ValueError
        The formula cannot be read; it may use arithmetic, comparisons in brackets joined by
        ``&``, ``|``, ``~``, and numexpr's functions (sqrt, log10, cos, where, ...).
    """
    try:
        names, _ = _numexpr().necompiler.getExprNames(formula, {}, sanitize=True)
    except (ValueError, SyntaxError, TypeError, KeyError, AttributeError, NameError) as error:
        msg = (
            f"cannot read the formula '{formula}': {error}; use arithmetic, functions such as "
            f"sqrt and log10, and comparisons in brackets joined by & and |"
        )
        raise ValueError(msg) from error
    return tuple(names)


def _readable(formula: str) -> str:
    variables(formula)
    return formula


def _of_x(formula: str) -> str:
    if set(variables(formula)) != {"x"}:
        msg = f"the transform '{formula}' must be a formula of x alone, such as log10(1 + x)"
        raise ValueError(msg)
    return formula


Formula = Annotated[str, AfterValidator(_readable)]
"""A formula over named arrays."""
Transform = Annotated[str, AfterValidator(_of_x)]
"""A formula of x alone."""


def evaluate(formula: str, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Evaluate a formula in double precision, on integers in 64 bit.

    Parameters
    ----------
    formula
        What to compute.
    arrays
        The values by name, of shapes that broadcast.

    Raises
    ------
    ConfigError
        A name that is not among the arrays, or an operation that does not fit them.
    """
    needed = variables(formula)
    for name in needed:
        if name not in arrays:
            msg = f"the formula '{formula}' uses '{name}', which is not there; "
            raise ConfigError(msg + suggest(name, arrays))
    wide = {name: _widened(arrays[name]) for name in needed}
    try:
        result: NDArray[Any] = _numexpr().evaluate(formula, local_dict=wide, global_dict={})
    except (ValueError, TypeError, NotImplementedError) as error:
        shapes = {name: values.shape for name, values in wide.items()}
        msg = f"the formula '{formula}' cannot be evaluated on arrays of shapes {shapes}: {error}"
        raise ConfigError(msg) from error
    return result


def _widened(values: NDArray[Any]) -> NDArray[Any]:
    kinds = {"f": np.float64, "i": np.int64, "u": np.int64}
    kind = kinds.get(values.dtype.kind)
    return values if kind is None else values.astype(kind)
