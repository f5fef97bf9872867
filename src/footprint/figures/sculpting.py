"""Spectra of the background before and after cuts on the score: a tagger may sculpt them."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.against import variable_label
from footprint.figures.bins import edges_of, histogram
from footprint.figures.methods import Method, by_method
from footprint.figures.names import measured, per_unit
from footprint.figures.style import PAGE_INCH, log_axis
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw one panel for each signal efficiency, with the spectra that each method leaves."""
    table, spectra = tables.read("spectra"), by_method(tables, "spectra")
    divergences = tables.read("sculpting")
    cuts = sorted(value for value in table["signal_efficiency"].unique() if value < 1)
    methods = [method for method, _ in spectra]
    figure = Figure(figsize=(PAGE_INCH, 2.6 + 0.14 * len(methods)))
    grid = figure.subplots(1, len(cuts), sharex=True, sharey=True, squeeze=False)[0]
    for axes, cut in zip(grid, cuts, strict=True):
        _before(axes, spectra[0][1])
        for method, rows in spectra:
            after = rows[(rows["signal_efficiency"] - cut).abs() < 1e-9]  # noqa: PLR2004
            if after["density"].notna().any():
                chosen = divergences[
                    (divergences["method"] == method.name)
                    & ((divergences["signal_efficiency"] - cut).abs() < 1e-9)  # noqa: PLR2004
                ]
                _after(axes, after, method, chosen)
        axes.set_title(f"signal efficiency {100 * cut:g} %", loc="left")
        axes.set_xlabel(
            variable_label(tables, str(table["variable"].iloc[0]), str(table["units"].iloc[0]))
        )
        axes.legend(loc="upper right", title="JSD [bit]", alignment="left", borderaxespad=0.3)
    positive = table.loc[table["density"] > 0, "density"]
    low, high = float(positive.min()), float(positive.max())
    grid[0].set(yscale="log", ylim=(0.5 * low, high * (high / low) ** (0.25 + 0.1 * len(methods))))
    for axes in grid:
        log_axis(axes.yaxis)
    units = str(table["units"].iloc[0])
    grid[0].set_ylabel(per_unit("background, probability density", units))
    return figure


def _before(axes: Axes, rows: pd.DataFrame) -> None:
    before = rows[rows["signal_efficiency"] == 1]
    axes.stairs(
        before["density"], edges_of(before), fill=True, color="0.85", label="before the cut"
    )


def _after(axes: Axes, rows: pd.DataFrame, method: Method, divergence: pd.DataFrame) -> None:
    label = method.label
    if len(divergence):
        value, error = (float(divergence[name].iloc[0]) for name in ("jsd", "jsd_error"))
        label += f"  {measured(value, error)}"
    look = {"color": method.colour, "linestyle": method.dashes, "linewidth": 1.1}
    histogram(axes, rows, label, look)
