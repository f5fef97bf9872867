"""Muons against the energy, by mass: their number, and their share of the signal."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, beside, by_mass, points
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, columns_for

_LABELS = {
    "relative_muons": "muons relative to mean proton",
    "muon_fraction": "muon fraction of signal",
}


def draw(tables: SampleTables) -> Figure:
    """Draw means with their errors, and as broad bars the spread from shower to shower."""
    table = tables.read("muons")
    quantities = [name for name in _LABELS if name in set(table["quantity"])]
    figure = Figure(figsize=(COLUMN_INCH, 0.9 + 1.8 * len(quantities)))
    grid = figure.subplots(len(quantities), sharex=True, squeeze=False).ravel()
    for axes, quantity in zip(grid, quantities, strict=True):
        masses = by_mass(table[table["quantity"] == quantity])
        for place, (name, look, rows) in enumerate(masses):
            aside = beside(rows, place, len(masses))
            spread = {"elinewidth": 4.0, "alpha": 0.25, "linestyle": "none"}
            axes.errorbar(
                aside["centre"], aside["mean"], yerr=aside["sd"], color=look["color"], **spread
            )
            points(axes, aside, "mean", label=name, **look)
        axes.set_ylabel(_LABELS[quantity])
    grid[-1].set_xlabel(LG_ENERGY)
    figure.align_ylabels()
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure
