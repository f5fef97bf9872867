"""Words and numbers as they stand on a figure: readable names, typeset units, value ± error."""

import math
import re
from collections.abc import Mapping
from typing import Any

from footprint.evaluation import quantities, rounding
from footprint.evaluation.rounding import LARGE, SMALL

_POWER = re.compile(r"(?<=[A-Za-z])\^?(-?\d+)(?![\d(])")
MINUS = "\N{MINUS SIGN}"

_METRICS = {
    "accuracy": "accuracy",
    "auc": "AUC",
    "loss": "loss",
    "mae": "MAE",
    "mse": "MSE",
    "sd": "standard deviation",
}


def readable(name: str) -> str:
    """Write a name from the configuration as words."""
    return name.replace("_", " ")


def metric_name(metric: str) -> str:
    """Write a metric's name as it is spoken."""
    return _METRICS.get(metric, quantities.words(metric))


def span(low: float, high: float) -> str:
    """Write the range of a bin with as many decimals as its width needs; one value as such."""
    if not low < high:
        return f"{low:g}"
    whole = low == round(low) and high == round(high)
    decimals = 0 if whole else max(0, 1 - math.floor(math.log10(high - low)))
    first, last = (f"{value:.{decimals}f}".replace("-", MINUS) for value in (low, high))
    return f"{first} to {last}"


def unit_of(units: str) -> str:
    """Typeset a unit: powers are raised, ``g/cm2`` becomes ``g/cm$^2$``; empty stays empty."""
    if units in {"", "1", "-"}:
        return ""
    return units if "$" in units else _POWER.sub(r"$^{\1}$", units)


def with_unit(name: str, units: str) -> str:
    """Label an axis: ``name [unit]``, or the name alone for a pure number."""
    unit = unit_of(units)
    return f"{name} [{unit}]" if unit else name


def per_unit(name: str, units: str) -> str:
    """Label the axis of a density: ``name [1/unit]``, the unit in brackets if it is a product."""
    unit = unit_of(units)
    if not unit:
        return name
    return f"{name} [1/({unit})]" if re.search(r"[/* ]", unit) else f"{name} [1/{unit}]"


def measured(value: float, error: float) -> str:
    """Write value ± error as the tables do, typeset for a figure."""
    return _typeset(rounding.measured(value, error, power=_power))


def stated(row: Mapping[Any, Any]) -> str:
    """Write a number as the tables do, with its error or with what stands in its place.

    Parameters
    ----------
    row
        ``value``, ``error``, and where there are such ``lower_limit`` and ``mark``.
    """

    def known(name: str) -> float | None:
        found = row.get(name)
        return None if found is None or math.isnan(float(found)) else float(found)

    text = rounding.stated(
        known("value"),
        known("error"),
        lower_limit=known("lower_limit"),
        mark=str(row.get("mark") or ""),
        power=_power,
    )
    return _typeset(text)


def _power(exponent: int) -> str:
    return rf"$\times$10$^{{{exponent}}}$"


def _typeset(text: str) -> str:
    return text.replace("-", MINUS)


def log_tick(value: float, _: int | None = None) -> str:
    """Write the number at a tick of a logarithmic axis, plain where it is short: 0.1, 1, 10."""
    if SMALL <= value < LARGE:
        return f"{value:g}"
    exponent = math.floor(math.log10(value) + 1e-9) if value > 0 else 0
    factor = round(value / 10.0**exponent, 3)
    return (rf"{factor:g}$\times$" if factor != 1 else "") + f"10$^{{{exponent}}}$"
