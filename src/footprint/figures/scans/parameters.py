"""Validation loss of all points of a scan against each of its parameters."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from footprint.figures.scans.looks import CHOSEN, LOSS, far_points, label_of, levels, name_levels
from footprint.figures.scans.tables import Parameter, ScanTables
from footprint.figures.style import COLUMN_INCH, PAGE_INCH, log_axis

_COLUMNS = 2
_DECADE = 10
_POINT: dict[str, Any] = {"marker": "o", "linestyle": "none", "color": "#0065b3", "alpha": 0.8}
_FAILED: dict[str, Any] = {"marker": "x", "linestyle": "none", "color": "0.35"}
_FAR: dict[str, Any] = {"marker": "^", "linestyle": "none", "color": "#0065b3", "alpha": 0.8}
_TOP = 0.96
_MARGIN = 0.5


def draw(tables: ScanTables) -> Figure:
    """Draw a panel for each parameter; failed and far points stand at the upper edge."""
    table = tables.points()
    count = len(tables.parameters)
    columns = min(count, _COLUMNS)
    rows = -(-count // _COLUMNS)
    width = PAGE_INCH if columns > 1 else COLUMN_INCH
    figure = Figure(figsize=(width, 2.4 * rows + 0.35))
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    far = far_points(table)
    losses = table.loc[~far, "validation_loss"].dropna()
    for axes, parameter in zip(grid.flat, tables.parameters, strict=False):
        _panel(axes, table, parameter, far)
        axes.set_xlabel(label_of(parameter))
    for surplus in grid.flat[count:]:
        surplus.remove()
    for axes in grid[:, 0]:
        axes.set_ylabel(LOSS)
    if losses.min() > 0 and losses.max() > _DECADE * losses.min():
        grid[0, 0].set_yscale("log")
        for axes in grid[:, 0]:
            log_axis(axes.yaxis)
    _legend(figure, table, far)
    return figure


def _panel(axes: Axes, table: pd.DataFrame, parameter: Parameter, far: "pd.Series[bool]") -> None:
    names = levels(table, parameter)
    places = table[parameter.path]
    if not parameter.numbers:
        places = places.map(names.index)
    failed, chosen = table["status"] == "failed", table["status"] == "chosen"
    near = ~failed & ~far
    axes.plot(places[near], table.loc[near, "validation_loss"], **_POINT)
    axes.plot(places[chosen], table.loc[chosen, "validation_loss"], **CHOSEN)
    edge = blended_transform_factory(axes.transData, axes.transAxes)
    for which, look in ((failed, _FAILED), (far, _FAR)):
        axes.plot(places[which], np.full(which.sum(), _TOP), transform=edge, **look)
    axes.margins(y=0.12)  # below the upper edge, where points without a loss stand
    if not parameter.numbers:
        axes.set_xlim(-_MARGIN, len(names) - 1 + _MARGIN)
        name_levels(axes.xaxis, names)
    elif parameter.log:
        axes.set_xscale("log")
        log_axis(axes.xaxis)


def _legend(figure: Figure, table: pd.DataFrame, far: "pd.Series[bool]") -> None:
    handles = [
        Line2D([], [], **_POINT, label="point"),
        Line2D([], [], **CHOSEN, label="chosen"),
    ]
    if (table["status"] == "failed").any():
        handles.append(Line2D([], [], **_FAILED, label="failed"))
    if far.any():
        handles.append(Line2D([], [], **_FAR, label="far above"))
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
