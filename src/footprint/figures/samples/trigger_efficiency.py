"""Trigger efficiency of a station against its distance to the axis, in bins of energy."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, by_bin, range_of, shades
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for

_SEEN = 0.005
"""Distances where fewer stations trigger are not shown."""


def draw(tables: SampleTables) -> Figure:
    """Draw the share of live stations that triggered, with its interval."""
    table = tables.read("trigger_efficiency")
    table["centre"] = (table["low"] + table["high"]) / 2
    figure = Figure(figsize=(COLUMN_INCH, 3.1))
    axes = figure.subplots()
    axes.axhline(1, **REFERENCE)
    bins = by_bin(table, "energy_low", "energy_high")
    for (low, high, rows), colour in zip(bins, shades(len(bins)), strict=True):
        below = (rows["efficiency"] - rows["efficiency_low"]).clip(lower=0)
        above = (rows["efficiency_high"] - rows["efficiency"]).clip(lower=0)
        axes.errorbar(
            rows["centre"],
            rows["efficiency"],
            yerr=[below, above],
            label=range_of(low, high) or "all energies",
            color=colour,
            marker="o",
            markersize=2.4,
            linewidth=0.8,
            elinewidth=0.8,
        )
    reached = table.loc[table["efficiency"] > _SEEN, "high"]
    axes.set(
        xlim=(0, float(reached.max()) if len(reached) else None),
        ylim=(0, 1.05),
        xlabel="distance to the axis [m]",
        ylabel="trigger efficiency of a station",
    )
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper center", title=LG_ENERGY, ncols=columns_for(labels)
    )
    return figure
