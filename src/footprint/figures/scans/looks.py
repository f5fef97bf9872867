"""How the values of scanned parameters look in all figures of a scan."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axis import Axis, XAxis
from matplotlib.ticker import NullLocator

from footprint.figures.names import readable
from footprint.figures.scans.tables import Parameter

_LONG = 14
_BEYOND = 1000.0
LOSS = "validation loss"
CHOSEN: dict[str, Any] = {
    "marker": "o",
    "markersize": 8,
    "markerfacecolor": "none",
    "markeredgecolor": "#bd1f01",
    "markeredgewidth": 1.5,
    "linestyle": "none",
}


def label_of(parameter: Parameter) -> str:
    """Name a parameter by the end of its path; layers of a list by their place too."""
    keys = parameter.path.split(".")
    if "layers" in keys:
        return readable(" ".join(["layer", *keys[2:]]))
    return readable(keys[-1])


def far_points(table: pd.DataFrame) -> "pd.Series[bool]":
    """Mark points whose loss is so far above the lowest that others would look all the same."""
    losses = table["validation_loss"]
    lowest = float(losses.min())
    return losses > (_BEYOND * lowest if lowest > 0 else float("inf"))


def levels(table: pd.DataFrame, parameter: Parameter) -> list[Any]:
    """List the different values of a parameter: numbers in order, others as they come."""
    found = list(dict.fromkeys(table[parameter.path]))
    return sorted(found) if parameter.numbers else found


def _told_apart(values: Sequence[Any]) -> list[str]:
    """Write values with as few digits as tell them apart, three at least."""
    for digits in range(3, 17):
        texts = [name if isinstance(name, str) else f"{name:.{digits}g}" for name in values]
        if len(set(texts)) == len(set(values)):
            return texts
    return [str(value) for value in values]


def name_levels(axis: Axis, names: Sequence[Any]) -> None:
    """Mark the places 0, 1, ... of an axis by the values that stand there."""
    texts = _told_apart(names)
    axis.set_ticks(range(len(texts)), texts)
    if isinstance(axis, XAxis) and sum(map(len, texts)) > 2 * _LONG:
        for label in axis.get_ticklabels():
            label.set(rotation=30, ha="right")
    axis.set_minor_locator(NullLocator())
