"""Time traces of stations of one event, from the nearest to the axis to the farthest."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.bins import edges_of
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH

_PARTS = {
    "muons": ("muons", {"color": "#bd1f01", "linewidth": 1.2}),
    "em": (
        "electrons and photons",
        {"color": "#3f90da", "linewidth": 1.2, "linestyle": (0, (4, 1.5))},
    ),
}
"""Columns that a table may have, with their names and looks."""


def draw(tables: SampleTables) -> Figure:
    """Draw one panel a station, with the mean parts of the signal where they are known."""
    table = tables.read("traces")
    stations = [rows for _, rows in table.groupby("station", sort=False)]
    stations.sort(key=lambda rows: float(rows["radius"].iloc[0]))
    figure = Figure(figsize=(COLUMN_INCH, 0.9 + 1.0 * len(stations)))
    grid = figure.subplots(len(stations), sharex=True, squeeze=False).ravel()
    for axes, rows in zip(grid, stations, strict=True):
        edges = edges_of(rows)
        axes.stairs(rows["signal"], edges, fill=True, color="0.82", linewidth=0, label="recorded")
        for column, (label, look) in _PARTS.items():
            if column in rows:
                centre = (rows["low"] + rows["high"]) / 2
                axes.plot(centre, rows[column], label=f"{label}, mean", **look)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(bottom=0)
        _name(axes, float(rows["radius"].iloc[0]))
    width = float(table["high"].iloc[0] - table["low"].iloc[0])
    grid[-1].set_xlabel("time after the front [ns]")
    figure.supylabel(f"signal [VEM per {width:g} ns]", fontsize=8)
    handles, labels = grid[0].get_legend_handles_labels()
    if len(labels) > 1:
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return figure


def _name(axes: Axes, radius: float) -> None:
    text = f"{radius:.0f} m from the axis"
    look: dict[str, Any] = {"ha": "right", "va": "top", "fontsize": 7.5}
    axes.text(0.97, 0.88, text, transform=axes.transAxes, **look)
