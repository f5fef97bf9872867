"""Spectra of the spectators by class, with and without weights."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from footprint.figures.bins import edges_of, histogram
from footprint.figures.datasets.looks import EVERYTHING, is_steep, name_of
from footprint.figures.datasets.tables import DatasetTables
from footprint.figures.names import per_unit, readable, with_unit
from footprint.figures.style import COLUMN_INCH, class_colours, columns_for, log_axis

BEFORE: dict[str, Any] = {"linestyle": (0, (1.2, 1.2)), "linewidth": 0.9}
"""Lines of spectra before the weights."""


def draw(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw one figure for each spectator and target: unit area, errors as bands."""
    table = tables.read("spectra")
    for (target, spectator), rows in table.groupby(["target", "spectator"], sort=False):
        classes = tables.classes.get(str(target), (EVERYTHING,))
        yield name_of("spectrum", str(spectator), target=str(target)), _spectrum(rows, classes)


def _spectrum(table: pd.DataFrame, classes: tuple[str, ...]) -> Figure:
    figure = Figure(figsize=(COLUMN_INCH, 2.7))
    axes = figure.subplots()
    colours = class_colours(classes)
    last = table["weighted"].max()
    for name in classes:
        rows = table[table["class"] == name]
        look = {"color": colours[name], "linewidth": 1.2}
        histogram(axes, rows[rows["weighted"] == last], readable(name), look)
        before = rows[rows["weighted"] < last]
        if len(before):
            axes.stairs(
                before["density"], edges_of(before), baseline=None, color=colours[name], **BEFORE
            )
    _scales(axes, table)
    spectator, units = readable(str(table["spectator"].iloc[0])), str(table["units"].iloc[0])
    axes.set(xlabel=with_unit(spectator, units), ylabel=per_unit("probability density", units))
    handles, labels = axes.get_legend_handles_labels()
    if last:
        handles.append(Line2D([], [], color="0.3", **BEFORE))
        labels.append("before weights")
    if list(labels) != [EVERYTHING]:
        figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure


def _scales(axes: Axes, table: pd.DataFrame) -> None:
    edges = np.unique(np.concatenate([table["low"], table["high"]]))
    axes.set_xlim(edges[0], edges[-1])
    widths = np.diff(edges)
    if edges[0] > 0 and widths.max() > 2 * widths.min():
        axes.set_xscale("log")
        axes.set_xlim(edges[0], edges[-1])
        log_axis(axes.xaxis)
    positive = table.loc[table["density"] > 0, "density"]
    if is_steep(positive):
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(0.5 * float(positive.min()), 2 * float(positive.max()))
        log_axis(axes.yaxis)
    else:
        axes.set_ylim(bottom=0)
