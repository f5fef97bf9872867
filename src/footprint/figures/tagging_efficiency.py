"""Signal efficiency and mistag rate at working points, in bins of a spectator."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures import against
from footprint.figures.methods import Method, by_method
from footprint.figures.style import PAGE_INCH, REFERENCE, columns_for, log_axis
from footprint.figures.tables import Tables


def draw(tables: Tables, variable: str) -> Figure:
    """Draw one column of two panels for each working point.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    table = against.rows_of(tables, "tagging_efficiency", variable)
    points = sorted(table["working_point"].unique(), reverse=True)
    methods = [
        (method, rows[rows["variable"] == variable].sort_values("low"))
        for method, rows in by_method(tables, "tagging_efficiency")
    ]
    width = PAGE_INCH * min(1.0, 0.22 + 0.26 * len(points))
    figure = Figure(figsize=(width, 4.0))
    grid = figure.subplots(2, len(points), sharex=True, sharey="row", squeeze=False)
    label = against.variable_label(tables, variable, str(table["units"].iloc[0]))
    for (upper, lower), wanted in zip(grid.T, points, strict=True):
        upper.set_title(f"mistag rate {wanted:g}", loc="left")
        lower.axhline(wanted, **REFERENCE)
        for number, (method, rows) in enumerate(methods):
            chosen = rows[rows["working_point"] == wanted]
            aside = 0.12 * (number - (len(methods) - 1) / 2)
            _points(upper, chosen, "signal_efficiency", method, aside)
            _points(lower, chosen, "mistag_rate", method, aside)
        lower.set_xlabel(label)
    grid[0, 0].set(ylabel="signal efficiency", ylim=(0, 1.05))
    grid[1, 0].set(ylabel="mistag rate", yscale="log")
    rates = [*points, *table.loc[table["mistag_rate"] > 0, "mistag_rate"]]
    grid[1, 0].set_ylim(0.5 * min(rates), 2 * max(rates))
    log_axis(grid[1, 0].yaxis)
    last = table.loc[table["centre"] == table["centre"].max()].iloc[0]
    reach = 2 * float(last["centre"]) - float(last["low"])  # its end is that of the largest value
    grid[0, 0].set_xlim(right=min(float(last["high"]), reach) + 0.02 * reach)
    figure.align_ylabels()
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels, width))
    return figure


def _points(axes: Axes, rows: pd.DataFrame, column: str, method: Method, aside: float) -> None:
    """Draw a point for each bin, methods a little aside of each other, errors upright."""
    centres = rows["centre"] + aside * (rows["high"] - rows["low"]).clip(upper=0.8 * _gap(rows))
    look: dict[str, Any] = {**method.points, "linestyle": "none"}
    if method.in_front:
        look["xerr"] = [(centres - rows["low"]).clip(0), (rows["high"] - centres).clip(0)]
    axes.errorbar(centres, rows[column], yerr=rows[f"{column}_error"], label=method.label, **look)


def _gap(rows: pd.DataFrame) -> float:
    """Distance of the two nearest bins."""
    gaps = rows["centre"].diff().dropna()
    return float(gaps.min()) if len(gaps) else float("inf")
