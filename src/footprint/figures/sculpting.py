"""Spectra of the background before and after cuts on the score: a tagger may sculpt them."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from footprint.figures.against import variable_label
from footprint.figures.bins import edges_of
from footprint.figures.methods import Method, by_method
from footprint.figures.names import measured, per_unit
from footprint.figures.style import PAGE_INCH, columns_for, log_axis
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw one panel for each signal efficiency, with the spectra that each method leaves."""
    table, divergences = tables.read("spectra"), tables.read("sculpting")
    spectra = by_method(tables, "spectra")
    cuts = sorted(value for value in table["signal_efficiency"].unique() if value < 1)
    figure = Figure(figsize=(PAGE_INCH, 3.1))
    grid = figure.subplots(1, len(cuts), sharex=True, sharey=True, squeeze=False)[0]
    units = str(table["units"].iloc[0])
    label = variable_label(tables, str(table["variable"].iloc[0]), units)
    for axes, cut in zip(grid, cuts, strict=True):
        _before(axes, spectra[0][1])
        for number, (method, rows) in enumerate(spectra):
            numbers = _at(divergences[divergences["method"] == method.name], cut)
            _after(axes, _at(rows, cut), method, numbers, number - (len(spectra) - 1) / 2)
        axes.set_title(f"signal efficiency {100 * cut:g} %", loc="left")
        axes.set_xlabel(label)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(loc="upper right", title="JSD [bit]", alignment="left", borderaxespad=0.3)
    positive = table.loc[table["density"] > 0, "density"]
    low, high = float(positive.min()), float(positive.max())
    room = 0.15 + 0.1 * len(spectra)  # a line of a legend takes some 6 % of a panel's height
    grid[0].set(yscale="log", ylim=(0.5 * low, high * (high / low) ** room))
    for axes in grid:
        log_axis(axes.yaxis)
    grid[0].set_ylabel(per_unit("background, probability density", units))
    handles = [Patch(color="0.85"), *(_key(method) for method, _ in spectra)]
    names = ["before the cut", *(method.label for method, _ in spectra)]
    columns = columns_for(names, PAGE_INCH)
    figure.legend(handles, names, loc="outside upper center", ncols=columns)
    return figure


def _at(rows: pd.DataFrame, cut: float) -> pd.DataFrame:
    return rows[np.isclose(rows["signal_efficiency"], cut)]


def _before(axes: Axes, rows: pd.DataFrame) -> None:
    before = _at(rows, 1.0)
    axes.stairs(before["density"], edges_of(before), fill=True, color="0.85")


def _after(
    axes: Axes, rows: pd.DataFrame, method: Method, divergence: pd.DataFrame, aside: float
) -> None:
    """Draw points in bins that are not empty, methods a little aside of each other."""
    filled = rows[rows["density"] > 0]
    value, error = (float(divergence[name].iloc[0]) for name in ("jsd", "jsd_error"))
    if filled.empty or not math.isfinite(value):
        return
    centres = filled["low"] + (0.5 + 0.15 * aside) * (filled["high"] - filled["low"])
    look = {**method.points, "linestyle": "none", "markersize": 2.5}
    label = measured(value, error)
    axes.errorbar(centres, filled["density"], yerr=filled["error"], label=label, **look)


def _key(method: Method) -> Line2D:
    return Line2D([], [], color=method.colour, marker=method.marker, linestyle="none")
