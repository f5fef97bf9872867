"""How masses and bins of energy look in all figures of a sample."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from footprint.figures.style import class_colours

LG_ENERGY = "lg(E/eV)"
_MARKERS = ("o", "s", "^", "D", "v")
_STEP = 0.14  # of a bin's width
_LAST_SHADE = 0.88  # the map's end is too bright for lines on white


def by_mass(table: pd.DataFrame) -> list[tuple[str, dict[str, Any], pd.DataFrame]]:
    """Take a table apart by mass, light ones first: name, look, rows."""
    names = [str(name) for name in table["mass"].unique()]
    colours = class_colours(names)
    return [
        (
            name,
            {"color": colours[name], "marker": _MARKERS[index % len(_MARKERS)]},
            table[table["mass"] == name],
        )
        for index, name in enumerate(names)
    ]


def by_bin(table: pd.DataFrame, low: str, high: str) -> list[tuple[float, float, pd.DataFrame]]:
    """Take a table apart by bins of another variable, in order: edges, rows."""
    bins = table[[low, high]].drop_duplicates().sort_values(low)
    return [
        (float(first), float(last), table[(table[low] == first) & (table[high] == last)])
        for first, last in bins.itertuples(index=False)
    ]


def shades(count: int) -> list[Any]:
    """Colours of what is ordered, dark to bright, told apart also by colour-blind readers."""
    return list(mpl.colormaps["viridis"](np.linspace(0, _LAST_SHADE, count)))


def range_of(low: float, high: float) -> str:
    """Write the edges of a bin; nothing where it has none."""
    if not np.isfinite([low, high]).all():
        return ""
    return f"{low:g} to {high:g}"


def points(axes: Axes, rows: pd.DataFrame, quantity: str, **look: Any) -> None:
    """Draw a point for each bin at its centre, with its error."""
    style = {"linestyle": "none", "elinewidth": 0.9, "markersize": 3.2, **look}
    axes.errorbar(rows["centre"], rows[quantity], yerr=rows[f"{quantity}_error"], **style)


def beside(rows: pd.DataFrame, place: int, places: int) -> pd.DataFrame:
    """Move the points of one of several masses a little aside, so that none hides another."""
    step = _STEP * (rows["high"] - rows["low"])
    return rows.assign(centre=rows["centre"] + step * (place - (places - 1) / 2))
