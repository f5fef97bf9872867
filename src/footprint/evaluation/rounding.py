"""How a number with its error is written, in tables and on figures alike.

The Particle Data Group's rule says where to stop: of an error's first three digits 100 to 354
keep two, 355 to 949 one.
"""

import math
from collections.abc import Callable

from footprint.evaluation.marks import UNDEFINED, UNSTATED
from footprint.evaluation.quantities import CONFIDENCE

NOTHING = "–"  # noqa: RUF001 - the dash of an empty cell
SMALL, LARGE = 1e-4, 1e5
"""Numbers outside are written with a power of ten."""
TWO_DIGITS_UP_TO = 354
MOST = 6
"""Decimals of a number without a power of ten; an error below the last one is given as 1 there."""


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
        Its standard deviation over trainings, to the digits of the error; ``<0.1`` if smaller.
    power
        How to write a power of ten.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if error is not None and not (math.isfinite(error) and error > 0):
        error = None
    size = max(abs(value), error or 0.0)
    if size and not SMALL <= size < LARGE:
        exponent = math.floor(math.log10(size))
        error, spread = (None if x is None else x / 10.0**exponent for x in (error, spread))
        inner = _written(value / 10.0**exponent, error, spread)
        return (inner if error is None else f"({inner})") + power(exponent)
    return _written(value, None if error is None else max(error, 10.0**-MOST), spread, MOST)


def stated(
    value: float | None,
    error: float | None,
    spread: float | None = None,
    *,
    lower_limit: float | None = None,
    mark: str = "",
    power: Callable[[int], str] = plain_power,
) -> str:
    """Write a number with what stands beside it: its error, or a limit or a mark in its place.

    Parameters
    ----------
    value, error, spread, power
        As in `measured`.
    lower_limit
        What it is at least; it is written instead of the number, ``> 238 (95 %)``.
    mark
        Why there is no error, one of `marks.MEANING`; without any of them it says that there
        is none.
    """
    if lower_limit is not None and not error:
        return f"> {_below(lower_limit)} ({CONFIDENCE:.0%})".replace("%", " %")
    if mark == UNDEFINED:
        return mark
    text = measured(value, error, spread, power)
    if not mark and not error:
        mark = UNSTATED
    return f"{text} ({mark})" if mark and text != NOTHING else text


def _below(limit: float) -> str:
    """Write a limit to three digits, rounded to the side on which it stays true."""
    if limit <= 0:
        return "0"
    keep = 2 - math.floor(math.log10(limit))
    return _rounded(math.floor(limit * 10.0**keep) / 10.0**keep, keep)


def _written(
    value: float, error: float | None, spread: float | None, most: int | None = None
) -> str:
    if error is None:
        return f"{value:.4g}" + ("" if spread is None else f" (± {spread:.2g})")
    keep = decimals(error) if most is None else min(decimals(error), most)
    text = f"{_rounded(value, keep)} ± {_rounded(error, keep)}"
    if spread is None:
        return text
    small = 0 < spread < 0.5 * 10.0**-keep  # it would be rounded to nothing
    return f"{text} (± {f'<{_rounded(10.0**-keep, keep)}' if small else _rounded(spread, keep)})"


def _rounded(value: float, keep: int) -> str:
    return f"{round(value, keep) + 0.0:.{max(keep, 0)}f}"  # never -0.0
