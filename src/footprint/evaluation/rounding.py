"""How a number with its error is written: the error's two leading digits say where to stop."""

import math

NOTHING = "–"  # noqa: RUF001 - the dash of an empty cell


def decimals(error: float) -> int:
    """Count the decimals that show two digits of an error."""
    return max(0, 1 - math.floor(math.log10(error)))


def measured(value: float | None, error: float | None, spread: float | None = None) -> str:
    """Write ``value ± error (± spread)``; what is not known is left out.

    Parameters
    ----------
    value
        The number; without it a dash.
    error
        Its uncertainty; without it, or if it is 0, the value is written to four digits.
    spread
        Its standard deviation over trainings.
    """
    if value is None:
        return NOTHING
    if not error:
        return f"{value:.4g}" + ("" if spread is None else f" (± {spread:.2g})")
    places = decimals(error)
    text = f"{_unsigned_zero(value, places)} ± {error:.{places}f}"
    return text if spread is None else f"{text} (± {spread:.{places}f})"


def _unsigned_zero(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text
