"""Muons against the energy, by mass: their number, and their share of the signal."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, by_mass, points
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, columns_for

_LABELS = {
    "relative_muons": "muons relative to protons",
    "muon_fraction": "muon fraction of the signal",
}


def draw(tables: SampleTables) -> Figure:
    """Draw means with their errors, and as thin bars the spread from shower to shower."""
    table = tables.read("muons")
    quantities = [name for name in _LABELS if name in set(table["quantity"])]
    figure = Figure(figsize=(COLUMN_INCH, 0.9 + 1.8 * len(quantities)))
    grid = figure.subplots(len(quantities), sharex=True, squeeze=False).ravel()
    for axes, quantity in zip(grid, quantities, strict=True):
        for name, look, rows in by_mass(table[table["quantity"] == quantity]):
            axes.fill_between(
                rows["centre"],
                rows["mean"] - rows["sd"],
                rows["mean"] + rows["sd"],
                color=look["color"],
                alpha=0.2,
                linewidth=0,
            )
            points(axes, rows, "mean", label=name, **look)
        axes.set_ylabel(_LABELS[quantity])
    grid[-1].set_xlabel(LG_ENERGY)
    figure.align_ylabels()
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure
