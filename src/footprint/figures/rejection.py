"""Rejection of all taggers of a target, one panel for each signal efficiency."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from footprint.errors import FileFormatError
from footprint.figures.methods import Method, by_method, rejections
from footprint.figures.names import stated
from footprint.figures.style import PAGE_INCH, log_axis
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw one point a tagger, with its error and its spread over seeds.

    Raises
    ------
    FileFormatError
        There is no rejection of what is tagged.
    """
    metrics = rejections(tables)
    if not metrics:
        msg = (
            f"{tables.path('comparison')}: no metric 'rejection_{tables.target.tagged}_at_...', "
            f"expected of what is tagged: compare again"
        )
        raise FileFormatError(msg)
    methods = [
        (method, rows)
        for method, rows in by_method(tables, "comparison")
        if rows["metric"].isin(metrics).any()
    ]
    figure = Figure(figsize=(PAGE_INCH, 0.9 + 0.2 * len(methods)))
    grid = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for axes, (metric, efficiency) in zip(grid, metrics.items(), strict=True):
        for height, (method, rows) in enumerate(methods):
            _point(axes, height, method, rows[rows["metric"] == metric])
        axes.set_title(f"signal efficiency {efficiency:g} %", loc="left")
        axes.set_xlabel(r"background rejection $1/\epsilon_\mathrm{b}$")
        axes.set_xscale("log")
        _leave_room(axes)
        log_axis(axes.xaxis)
        axes.grid(axis="x", linewidth=0.4)
        axes.tick_params(axis="y", which="both", length=0)
        axes.yaxis.set_minor_locator(NullLocator())
    grid[0].set_yticks(range(len(methods)), [method.label for method, _ in methods])
    for text, (method, _) in zip(grid[0].get_yticklabels(), methods, strict=True):
        text.set_color(method.colour)
    grid[0].set_ylim(len(methods) - 0.4, -0.6)
    return figure


def _leave_room(axes: Axes) -> None:
    """Leave room on both sides, on the right for the numbers."""
    low, high = np.log10(axes.get_xlim())
    axes.set_xlim(10 ** (low - 0.06 * (high - low)), 10 ** (high + 0.55 * (high - low)))


def _point(axes: Axes, height: int, method: Method, rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    row = rows.iloc[0]
    value, error, spread = (float(row[name]) for name in ("value", "error", "spread"))
    limit = float(row.get("lower_limit", np.nan))
    _write(axes, height, method, row)
    if np.isfinite(limit):
        axes.plot(limit, height, marker=">", color=method.colour, linestyle="none")
        return
    if not np.isfinite(value):
        return
    if spread > 0:
        ends = [max(value - spread, 0.1 * value), value + spread]
        axes.plot(ends, [height] * 2, color=method.colour, linewidth=5, alpha=0.35)
    left = min(np.nan_to_num(error), 0.9 * value)
    look = {**method.points, "linestyle": "none"}
    axes.errorbar(value, height, xerr=[[left], [np.nan_to_num(error)]], **look)


def _write(axes: Axes, height: int, method: Method, row: "pd.Series[float]") -> None:
    """Write the number on the right, or what it is at least where too few events are left."""
    axes.annotate(
        stated(row.to_dict()),
        (1.0, height),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=6.5,
        color=method.colour,
    )
