"""Decorrelation: how little the background is sculpted, against how much of it is rejected."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.methods import Method, by_method
from footprint.figures.names import readable
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for, log_axis
from footprint.figures.tables import Tables
from footprint.figures.tagging_roc import REJECTION

FEWEST = 10
"""Background events that pass at least where a point is drawn; the table has all."""


def draw(tables: Tables) -> Figure:
    """Draw 1 / JSD of all taggers against their rejection, a point for each signal efficiency."""
    compared = tables.target.task == "comparison"
    methods = [
        (method, rows[(rows["passing"] >= FEWEST) & (rows["jsd"] > 0)])
        for method, rows in by_method(tables, "sculpting")
        if not (compared and method.of)
    ]
    methods = [(method, rows) for method, rows in methods if len(rows)]
    figure = Figure(figsize=(COLUMN_INCH + 0.5, 3.2 + 0.1 * len(methods)))
    axes = figure.subplots()
    for method, rows in methods:
        _points(axes, rows, method)
    _chance(axes, methods)
    axes.set(xscale="log", yscale="log")
    lowest = [float((1 / rows["jsd"]).min()) for _, rows in methods]
    axes.set_ylim(bottom=0.8 * min([1.0, *lowest]))
    axes.set_xlabel(REJECTION)
    name = readable(str(tables.read("sculpting")["variable"].iloc[0]))
    axes.set_ylabel(f"1 / JSD of {name} [1/bit]")
    for axis in (axes.xaxis, axes.yaxis):
        log_axis(axis)
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        columns = columns_for(labels, figure.get_figwidth())
        figure.legend(handles, labels, loc="outside upper center", ncols=columns)
    return figure


def _points(axes: Axes, rows: pd.DataFrame, method: Method) -> None:
    """Join the points by a line; filled ones are those of quoted efficiencies."""
    error_x = rows["rejection_error"].fillna(0)
    inverse, error = 1 / rows["jsd"], rows["jsd_error"].fillna(0)
    low = inverse - 1 / (rows["jsd"] + error)
    high = 1 / (rows["jsd"] - error).clip(lower=1e-3 * rows["jsd"]) - inverse
    axes.errorbar(
        rows["rejection"],
        inverse,
        xerr=[error_x.clip(upper=0.9 * rows["rejection"]), error_x],
        yerr=[low, high],
        label=method.label,
        markerfacecolor="white",
        **method.points,
    )
    quoted = rows["quoted"] == 1
    axes.plot(
        rows["rejection"][quoted],
        inverse[quoted],
        color=method.colour,
        marker=method.marker,
        linestyle="none",
        zorder=4,
    )


def _chance(axes: Axes, methods: list[tuple[Method, pd.DataFrame]]) -> None:
    """Draw what chance alone would give to a tagger that sculpts nothing."""
    if not methods:
        reason = f"fewer than {FEWEST} background events pass any cut"
        axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center")
        return
    every = pd.concat([rows for _, rows in methods]).dropna(subset="jsd_of_chance")
    every = every.sort_values("rejection")
    axes.plot(every["rejection"], 1 / every["jsd_of_chance"], label="no sculpting", **REFERENCE)
