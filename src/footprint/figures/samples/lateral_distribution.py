"""Lateral distribution: mean signal of triggered stations against the distance to the axis."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.samples.looks import LG_ENERGY, by_bin, by_mass, range_of
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, PAGE_INCH, REFERENCE, columns_for, log_axis

FULL = 0.95
"""Below this share of triggered stations the mean is that of the louder ones."""
_RATIOS = (0.7, 1.3)


def draw(tables: SampleTables) -> Figure:
    """Draw the signals, and below them over the mean of all masses, for each bin of energy.

    Points of low trigger efficiency are hollow, and have no ratio.
    """
    table = tables.read("lateral_distribution")
    bins = by_bin(table, "energy_low", "energy_high")
    width = PAGE_INCH if len(bins) > 1 else COLUMN_INCH
    figure = Figure(figsize=(width, 3.7))
    upper, lower = figure.subplots(
        2, len(bins), sharex=True, sharey="row", squeeze=False, height_ratios=(2.2, 1)
    )
    for (low, high, rows), signals, ratios in zip(bins, upper, lower, strict=True):
        ratios.axhline(1, **REFERENCE)
        for name, look, chosen in by_mass(rows):
            full = chosen["efficiency"] >= FULL
            _points(signals, chosen[full], "signal", "error", label=name, **look)
            _points(signals, chosen[~full], "signal", "error", markerfacecolor="white", **look)
            _points(ratios, chosen[full], "relative", "relative_error", **look)
        signals.set_title(f"{LG_ENERGY} {range_of(low, high)}" if range_of(low, high) else "")
    upper[0].set(yscale="log", ylabel="mean signal [VEM]")
    lower[0].set(xscale="log", ylim=_RATIOS, ylabel="over mean of masses")
    log_axis(upper[0].yaxis)
    for axes in lower:
        log_axis(axes.xaxis)
    lower[-1].set_xlabel("distance to the axis [m]")
    figure.align_ylabels()
    handles, labels = upper[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels, width))
    return figure


def _points(axes: Axes, rows: pd.DataFrame, quantity: str, error: str, **look: Any) -> None:
    style = {"linestyle": "none", "elinewidth": 0.9, "markersize": 3.0, **look}
    axes.errorbar(rows["centre"], rows[quantity], yerr=rows[error], **style)
