"""Time traces of stations of one event, from the nearest to the axis to the farthest."""

from matplotlib.figure import Figure

from footprint.figures.bins import edges_of
from footprint.figures.samples.looks import shades
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH


def draw(tables: SampleTables) -> Figure:
    """Draw one panel a station."""
    table = tables.read("traces")
    stations = list(table.groupby("station", sort=False))
    stations.sort(key=lambda entry: float(entry[1]["radius"].iloc[0]))
    figure = Figure(figsize=(COLUMN_INCH, 0.7 + 1.0 * len(stations)))
    grid = figure.subplots(len(stations), sharex=True, squeeze=False).ravel()
    for axes, (_, rows), colour in zip(grid, stations, shades(len(stations)), strict=True):
        edges = edges_of(rows)
        axes.stairs(rows["signal"], edges, fill=True, color=colour, alpha=0.25, linewidth=0)
        axes.stairs(rows["signal"], edges, baseline=None, color=colour, linewidth=1.0)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(bottom=0)
        axes.text(
            *(0.97, 0.88, f"{rows['radius'].iloc[0]:.0f} m from the axis"),
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=7.5,
        )
    width = float(rows["high"].iloc[0] - rows["low"].iloc[0])
    grid[-1].set_xlabel("time in the trace [ns]")
    figure.supylabel(f"signal [VEM per {width:g} ns]", fontsize=8)
    return figure
