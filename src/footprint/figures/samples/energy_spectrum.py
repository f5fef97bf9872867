"""Energy spectrum of the sample, by mass."""

from matplotlib.figure import Figure

from footprint.figures.bins import histogram
from footprint.figures.samples.looks import LG_ENERGY, by_mass
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, columns_for, log_axis

_STEEP = 10.0
"""From this ratio of the fullest to the emptiest filled bin on, the scale is logarithmic."""


def draw(tables: SampleTables) -> Figure:
    """Draw showers per unit of lgE, with the error of their number as a band."""
    table = tables.read("energy_spectrum")
    figure = Figure(figsize=(COLUMN_INCH, 2.7))
    axes = figure.subplots()
    for name, look, rows in by_mass(table):
        histogram(axes, rows, name, {"color": look["color"], "linewidth": 1.1})
    filled = table.loc[table["density"] > 0, "density"]
    if len(filled) and filled.max() > _STEEP * filled.min():
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(bottom=0.5 * float(filled.min()))
        log_axis(axes.yaxis)
    else:
        axes.set_ylim(bottom=0)
    axes.set(
        xlim=(table["low"].min(), table["high"].max()),
        xlabel=LG_ENERGY,
        ylabel="showers per unit of lg(E)",
    )
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure
