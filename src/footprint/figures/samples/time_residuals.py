"""Shape of the shower front: arrival after a plane front against the distance to the axis."""

from matplotlib.figure import Figure

from footprint.figures.samples.looks import by_bin, shades
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for

FEWEST = 20
"""Bins of fewer stations are left out if there are others: they stretch the scale with noise."""


def draw(tables: SampleTables) -> Figure:
    """Draw mean and standard deviation of the residuals in bins of the zenith angle."""
    table = tables.read("time_residuals")
    table = table[table["stations"] >= min(FEWEST, table["stations"].max())].copy()
    table["centre"] = (table["low"] + table["high"]) / 2
    figure = Figure(figsize=(COLUMN_INCH, 4.3))
    upper, lower = figure.subplots(2, sharex=True)
    upper.axhline(0, **REFERENCE)
    bins = by_bin(table, "zenith_low", "zenith_high")
    markers = ("o", "s", "^", "D")
    for (low, high, rows), colour, marker in zip(bins, shades(len(bins)), markers, strict=False):
        style = {"color": colour, "marker": marker, "linewidth": 0.7, "elinewidth": 0.9}
        label = f"{low:g} to {high:g}"
        upper.errorbar(rows["centre"], rows["mean"], yerr=rows["mean_error"], label=label, **style)
        lower.errorbar(rows["centre"], rows["sd"], yerr=rows["sd_error"], **style)
    upper.set_ylabel("mean delay [ns]")
    lower.set_ylabel("standard deviation of the delay [ns]")
    lower.set_ylim(bottom=0)
    lower.set_xlabel("distance to the axis [m]")
    figure.align_ylabels()
    handles, labels = upper.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        title="zenith angle [degrees]",
        ncols=columns_for(labels),
    )
    return figure
