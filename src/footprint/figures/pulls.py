"""Predicted uncertainties: distribution of the pulls, and errors where a sigma is predicted."""

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.bins import histogram
from footprint.figures.methods import by_method, metric_of
from footprint.figures.names import MINUS, measured, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

_ROOM = 1.15
_WIDE = 4.0
"""Sigmas that differ by more than this factor are shown on logarithmic axes."""


def draw(tables: Tables) -> Figure:
    """Draw the distribution of the pulls of all methods on that of a unit Gaussian."""
    methods, table = by_method(tables, "pulls"), tables.read("pulls")
    figure = Figure(figsize=(COLUMN_INCH, 2.6 + 0.14 * len(methods)))
    axes = figure.subplots()
    x = np.linspace(table["low"].min(), table["high"].max(), 201)
    gauss = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    axes.plot(x, gauss, label="unit Gaussian", **REFERENCE | {"color": "0.2", "zorder": 4.0})
    for method, rows in methods:
        mean, width = (
            measured(*metric_of(tables, method.name, name)) for name in ("pull_mean", "pull_width")
        )
        histogram(axes, rows, f"{method.label}: mean {mean}, width {width}", method.line)
    label = tables.target.label
    axes.set(
        xlim=(x[0], x[-1]),
        xlabel=f"pull (predicted {MINUS} true {label}) / predicted $\\sigma$",
        ylabel="probability density",
    )
    axes.set_ylim(0, _ROOM * max(float((table["density"] + table["error"]).max()), gauss.max()))
    figure.legend(loc="outside upper left", alignment="left")
    return figure


def draw_calibration(tables: Tables) -> Figure:
    """Draw the errors that are made against the sigma that was predicted, and their ratio."""
    figure = Figure(figsize=(COLUMN_INCH, 4.0))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1.3))
    table = tables.read("sigma_calibration")
    low = 0.9 * float(table[["predicted", "observed"]].min().min())
    high = 1.1 * float(table[["predicted", "observed"]].max().max())
    upper.plot([low, high], [low, high], label="as large as predicted", **REFERENCE)
    lower.axhline(1, **REFERENCE)
    for method, rows in by_method(tables, "sigma_calibration"):
        look = method.points | {"linestyle": "none"}
        predicted, observed, error = (
            rows[name].to_numpy(float) for name in ("predicted", "observed", "error")
        )
        upper.errorbar(predicted, observed, yerr=error, label=method.label, **look)
        lower.errorbar(predicted, observed / predicted, yerr=error / predicted, **look)
    if low > 0 and high > _WIDE * low:
        for axes in (upper, lower):
            axes.set(xscale="log")
        upper.set(yscale="log")
    upper.set(xlim=(low, high), ylim=(low, high))
    if upper.get_xscale() == "log":
        log_axis(upper.yaxis)
        log_axis(lower.xaxis)
    what, units = tables.target.label, str(table["units"].iloc[0])
    if str(table["scale"].iloc[0]) == "log10":
        what = f"log$_{{10}}$ {what}"
    upper.set_ylabel(with_unit(f"rms error of {what}", units))
    lower.set(xlabel=with_unit(f"predicted $\\sigma$ of {what}", units), ylabel="ratio")
    upper.legend(loc="upper left")
    figure.align_ylabels()
    return figure
