"""Quantities of all methods in bins of a variable, one panel for each quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.evaluation.bins import suits_logarithm
from footprint.figures.methods import Method, by_method, metric_of
from footprint.figures.names import measured, readable, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for, log_axis
from footprint.figures.tables import Tables

FAR = 5.0
"""A method whose bias is larger than that of the one before it by this factor leaves the panel."""
_DECADE = 10


@dataclass(frozen=True)
class Panel:
    """One quantity on an upright axis.

    Attributes
    ----------
    column, label
        Column of the table, beside ``<column>_error``, and what the axis says.
    signed
        Whether values lie about a line at zero, as a bias; otherwise the axis starts at zero.
    """

    column: str
    label: str
    signed: bool = False


def variables(tables: Tables, name: str) -> list[str]:
    """List the variables of a table; none if there is no such table."""
    if not tables.has(name):
        return []
    return [str(variable) for variable in tables.read(name)["variable"].unique()]


def draw(
    tables: Tables, name: str, variable: str, panels: Sequence[Panel], overall: str | None = None
) -> Figure:
    """Draw the quantities of all methods against a variable.

    Parameters
    ----------
    tables, name
        Where they stand.
    variable
        Against what.
    panels
        Which quantities, from top to bottom.
    overall
        Metric of all events that the legend gives beside each method's name.

    Raises
    ------
    FileFormatError
        The table does not have the variable, or ``comparison.csv`` not the metric.
    """
    table = rows_of(tables, name, variable)
    methods = [
        (method, rows[rows["variable"] == variable].sort_values("low"))
        for method, rows in by_method(tables, name)
    ]
    lines = len(methods) if overall else len(methods) / 2
    figure = Figure(figsize=(COLUMN_INCH, 0.55 + 1.65 * len(panels) + 0.15 * lines))
    grid = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(grid, panels, strict=True):
        if panel.signed:
            axes.axhline(0, **REFERENCE)
        for method, rows in methods:
            _points(axes, rows, panel.column, method)
        axes.set_ylabel(panel.label)
        frame(axes, panel, methods)
    _abscissa(grid[-1], tables, variable, table)
    figure.align_ylabels()
    _legend(figure, tables, [method for method, _ in methods], grid[0], overall)
    return figure


def rows_of(tables: Tables, name: str, variable: str) -> pd.DataFrame:
    """Read the rows of one variable.

    Raises
    ------
    FileFormatError
        There are none.
    """
    table = tables.read(name)
    found = table[table["variable"] == variable]
    if found.empty:
        msg = f"{tables.path(name)}: no variable '{variable}'; "
        raise FileFormatError(msg + suggest(variable, variables(tables, name)))
    return found


def variable_label(tables: Tables, variable: str, units: str) -> str:
    """Name a variable on an axis; the truth is called so."""
    if variable == tables.target.name:
        return with_unit(f"true {tables.target.label}", units)
    true_zenith = tables.target.task == "direction" and variable == "zenith"
    return with_unit(f"true {variable}" if true_zenith else readable(variable), units)


def _points(axes: Axes, rows: pd.DataFrame, quantity: str, method: Method) -> None:
    """Draw a point for each bin, its error upright and the bin's width across."""
    width = [rows["centre"] - rows["low"], rows["high"] - rows["centre"]]
    axes.errorbar(
        rows["centre"],
        rows[quantity].where(np.isfinite(rows[quantity])),
        xerr=width if method.in_front else None,
        yerr=rows[f"{quantity}_error"],
        label=method.label,
        **method.points,
    )


def frame(axes: Axes, panel: Panel, methods: Sequence[tuple[Method, pd.DataFrame]]) -> None:
    """Choose an upright axis on which a method that is far worse does not hide the others.

    Parameters
    ----------
    axes, panel
        What is drawn where.
    methods
        The methods with their rows, which have the panel's column and its error.
    """
    sizes = {
        method: float(np.max(found[np.isfinite(found)], initial=0))
        for method, rows in methods
        for found in [np.abs(rows[panel.column].to_numpy(float))]
    }
    if panel.signed:
        _leave_out_the_worst(axes, panel, methods, sizes)
        return
    lowest = min(float(rows[panel.column].min()) for _, rows in methods)
    if lowest > 0 and max(sizes.values()) > _DECADE * min(sizes.values()):
        axes.set_yscale("log")
        log_axis(axes.yaxis)
    elif lowest >= 0:
        axes.set_ylim(bottom=0 if lowest > 0 else -0.03 * axes.get_ylim()[1])


def _leave_out_the_worst(
    axes: Axes,
    panel: Panel,
    methods: Sequence[tuple[Method, pd.DataFrame]],
    sizes: Mapping[Method, float],
) -> None:
    """Limit a signed axis to the networks, half of the methods, and those not `FAR` beyond."""
    networks = [size for method, size in sizes.items() if method.in_front]
    reach = max([median_low(sizes.values()), *networks])
    for size in sorted(sizes.values()):
        if size <= FAR * reach:
            reach = max(reach, size)
    if reach == 0 or reach == max(sizes.values()):
        return
    ends = [
        rows[panel.column] + side * rows[f"{panel.column}_error"].fillna(0)
        for method, rows in methods
        if sizes[method] <= reach
        for side in (-1, 1)
    ]
    low, high = (float(choose(np.concatenate(ends))) for choose in (np.nanmin, np.nanmax))
    margin = 0.05 * (high - low)
    axes.set_ylim(min(low, 0) - margin, max(high, 0) + margin)


def _abscissa(axes: Axes, tables: Tables, variable: str, table: pd.DataFrame) -> None:
    axes.set_xlabel(variable_label(tables, variable, str(table["units"].iloc[0])))
    first = table[table["method"] == table["method"].iloc[0]]
    if suits_logarithm(first["centre"]) and (first["low"] > 0).all():
        axes.set_xscale("log")
        log_axis(axes.xaxis)


def _legend(
    figure: Figure, tables: Tables, methods: Sequence[Method], axes: Axes, overall: str | None
) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if overall is None:
        figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
        return
    labels = [
        f"{method.label}: {measured(*metric_of(tables, method.name, overall))}"
        for method in methods
    ]
    figure.legend(
        handles,
        labels,
        title="all events",
        loc="outside upper left",
        alignment="left",
        ncols=columns_for(labels),
    )
