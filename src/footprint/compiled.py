"""Compiling functions to machine code, once for each machine.

The machine code is kept in `__pycache__`, or where the environment variable NUMBA_CACHE_DIR
points to, and made anew when the function's own file changes. Numba does not look at the files
of functions that it calls: compiled functions therefore call only those of their own file.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, without changing the order of its arithmetic."""
    return cast("Function", numba.njit(cache=True, error_model="numpy")(function))
