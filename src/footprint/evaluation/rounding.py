"""How a number with its error is written, in tables and on figures alike.

The Particle Data Group's rule says where to stop: of an error's first three digits 100 to 354
keep two, 355 to 949 one.
"""

import math
from collections.abc import Callable

NOTHING = "–"  # noqa: RUF001 - the dash of an empty cell
SMALL, LARGE = 1e-4, 1e5
"""Numbers outside are written with a power of ten."""
TWO_DIGITS_UP_TO = 354


def plain_power(exponent: int) -> str:
    """Write a power of ten without typesetting."""
    return f" × 10^{exponent}"  # noqa: RUF001 - a multiplication sign is meant


def decimals(error: float) -> int:
    """Count the decimals of an error that count; negative for tens, hundreds, ..."""
    exponent = math.floor(math.log10(error))
    leading = round(error / 10.0 ** (exponent - 2))
    return -exponent + (1 if leading <= TWO_DIGITS_UP_TO else 0)


def measured(
    value: float | None,
    error: float | None,
    spread: float | None = None,
    power: Callable[[int], str] = plain_power,
) -> str:
    """Write ``value ± error (± spread)``; what is not known is left out.

    Parameters
    ----------
    value
        The number; without it a dash.
    error
        Its uncertainty; without it, or if it is 0, the value is written to four digits.
    spread
        Its standard deviation over trainings.
    power
        How to write a power of ten.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    known = error is not None and math.isfinite(error) and error > 0
    size = max(abs(value), error if known and error is not None else 0.0)
    if size and not SMALL <= size < LARGE:
        exponent = math.floor(math.log10(size))
        value, error, spread = (
            None if x is None else x / 10.0**exponent for x in (value, error, spread)
        )
        inner = measured(value, error, spread)
        return (f"({inner})" if known else inner) + power(exponent)
    if not known or error is None:
        return f"{value:.4g}" + ("" if spread is None else f" (± {spread:.2g})")
    text = f"{_rounded(value, error)} ± {_rounded(error, error)}"
    return text if spread is None else f"{text} (± {_rounded(spread, error)})"


def _rounded(value: float, error: float) -> str:
    keep = decimals(error)
    return f"{round(value, keep) + 0.0:.{max(keep, 0)}f}"  # never -0.0
