"""Learnt against true density of events whose true density is known."""

from matplotlib.figure import Figure

from footprint.figures.names import MINUS
from footprint.figures.style import CLASS_COLOURS, COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables

_COLOUR = "#0065b3"


def draw(tables: Tables) -> Figure:
    """Draw the logarithms of both densities event by event, and their mean difference in bins."""
    points, bins = tables.read("log_density_points"), tables.read("log_density")
    figure = Figure(figsize=(COLUMN_INCH, 4.2))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1.6))
    low, high = float(points["true"].min()), float(points["true"].max())
    upper.plot([low, high], [low, high], label="as the truth", **REFERENCE)
    upper.scatter(
        points["true"],
        points["learnt"],
        s=2.5,
        color=CLASS_COLOURS[0],
        linewidths=0,
        alpha=0.5,
        rasterized=True,
    )
    look = {"color": _COLOUR, "marker": "o", "linestyle": "none", "zorder": 3}
    widths = [bins["true"] - bins["low"], bins["high"] - bins["true"]]
    upper.errorbar(bins["true"], bins["learnt"], bins["learnt_error"], label="mean", **look)
    upper.set(ylabel="log of the learnt density [nat]")
    upper.legend(loc="upper left")
    lower.axhline(0, **REFERENCE)
    lower.errorbar(bins["true"], bins["gap"], bins["gap_error"], widths, **look)
    lower.set(
        xlabel="log of the true density [nat]",
        ylabel=f"true {MINUS} learnt [nat]",
    )
    figure.align_ylabels()
    return figure
