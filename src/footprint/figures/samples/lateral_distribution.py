"""Lateral distribution: mean signal of triggered stations against the distance to the axis."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, by_bin, by_mass, range_of
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import PAGE_INCH, columns_for, label_outside, log_axis, panels

FULL = 0.95
"""Below this share of triggered stations the mean is that of the louder ones."""


def draw(tables: SampleTables) -> Figure:
    """Draw one panel for each bin of energy; points of low trigger efficiency are hollow."""
    table = tables.read("lateral_distribution")
    bins = by_bin(table, "energy_low", "energy_high")
    figure, grid = panels(len(bins))
    names = []
    for axes, (low, high, rows) in zip(grid, bins, strict=True):
        for name, look, chosen in by_mass(rows):
            names.append(name)
            style = {**look, "linestyle": "none", "elinewidth": 0.9}
            full = chosen["efficiency"] >= FULL
            for part, face in ((chosen[full], None), (chosen[~full], "white")):
                label = name if face is None else None
                axes.errorbar(
                    part["centre"],
                    part["signal"],
                    yerr=part["error"],
                    label=label,
                    markerfacecolor=face,
                    **style,
                )
        axes.set(xscale="log", yscale="log")
        axes.set_title(f"{LG_ENERGY} {range_of(low, high)}" if range_of(low, high) else "")
    for axes in grid:
        log_axis(axes.xaxis)
        log_axis(axes.yaxis)
    label_outside(grid, "distance to the axis [m]", "mean signal [VEM]")
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels, PAGE_INCH))
    return figure
