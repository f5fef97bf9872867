"""Truth against prediction: a two-dimensional histogram of the test events."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from footprint.evaluation.bins import suits_logarithm
from footprint.figures.names import with_unit
from footprint.figures.style import COLUMN_INCH, log_axis
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw the counts of each bin on a logarithmic colour scale, with the diagonal."""
    table, target = tables.read("truth_vs_prediction"), tables.target
    x = np.unique(table[["truth_low", "truth_high"]])
    y = np.unique(table[["prediction_low", "prediction_high"]])
    counts = np.full((len(y) - 1, len(x) - 1), np.nan)
    filled = table[table["count"] > 0]
    row = np.searchsorted(y, filled["prediction_low"])
    counts[row, np.searchsorted(x, filled["truth_low"])] = filled["count"]
    figure = Figure(figsize=(COLUMN_INCH, 2.9))
    axes = figure.subplots()
    norm = LogNorm(1, max(float(filled["count"].max()), 10))
    mesh = axes.pcolormesh(x, y, counts, norm=norm, cmap="viridis_r", rasterized=True)
    ends = [min(x[0], y[0]), max(x[-1], y[-1])]
    axes.plot(ends, ends, color="black", linewidth=0.9, linestyle=(0, (4, 2)))
    axes.set(
        xlim=(x[0], x[-1]),
        ylim=(y[0], y[-1]),
        xlabel=with_unit(f"true {target.label}", target.units),
        ylabel=with_unit(f"predicted {target.label}", target.units),
    )
    if suits_logarithm(x):  # the bins were made so
        axes.set(xscale="log", yscale="log")
        log_axis(axes.xaxis)
        log_axis(axes.yaxis)
    bar = figure.colorbar(mesh, ax=axes, label="events in a bin")
    log_axis(bar.ax.yaxis)
    bar.outline.set_linewidth(0.5)
    return figure
