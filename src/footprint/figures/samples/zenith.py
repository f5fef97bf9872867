"""Distribution of the zenith angle beside that of an isotropic flux."""

from matplotlib.figure import Figure

from footprint.figures.bins import edges_of, histogram
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH


def draw(tables: SampleTables) -> Figure:
    """Draw the density as a histogram, the expected one as dashed steps."""
    table = tables.read("zenith")
    figure = Figure(figsize=(COLUMN_INCH, 2.7))
    axes = figure.subplots()
    edges = edges_of(table)
    histogram(axes, table, "showers", {"color": "#0065b3"})
    axes.stairs(
        table["expected"],
        edges,
        baseline=None,
        color="black",
        linestyle=(0, (3, 2)),
        linewidth=1.0,
        label=r"isotropic: sin$\,\theta\,$cos$\,\theta$",
    )
    axes.set(
        xlim=(edges[0], edges[-1]),
        xlabel=r"zenith angle $\theta$ [degrees]",
        ylabel="probability density [1/degree]",
    )
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=2)
    return figure
