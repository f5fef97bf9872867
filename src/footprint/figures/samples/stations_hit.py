"""Number of stations hit against energy and zenith angle, by mass."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, by_mass, points
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, PAGE_INCH, columns_for

_LABELS = {"lg_energy": LG_ENERGY, "zenith": "zenith angle [degrees]"}


def draw(tables: SampleTables) -> Figure:
    """Draw one panel for each variable."""
    table = tables.read("stations_hit")
    variables = [name for name in _LABELS if name in set(table["variable"])]
    width = PAGE_INCH if len(variables) > 1 else COLUMN_INCH
    figure = Figure(figsize=(width, 2.8))
    grid = figure.subplots(1, len(variables), squeeze=False).ravel()
    for axes, variable in zip(grid, variables, strict=True):
        for name, look, rows in by_mass(table[table["variable"] == variable]):
            line = {"linestyle": "-", "linewidth": 0.7}
            points(axes, rows, "mean", label=name, **line, **look)
        axes.set_xlabel(_LABELS[variable])
        axes.margins(y=0.08)
        axes.set_ylim(bottom=0)
    grid[0].set_ylabel("mean number of stations hit")
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels, width))
    return figure
