"""Significance improvement of taggers: signal efficiency over the root of the mistag rate."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.evaluation.tagging import ENOUGH_BACKGROUND
from footprint.figures.methods import Method, metric_of
from footprint.figures.names import measured
from footprint.figures.style import COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables
from footprint.figures.tagging_roc import SIGNAL_EFFICIENCY, band, drawn


def draw(tables: Tables) -> Figure:
    """Draw the improvement of all taggers where enough background passes to know it."""
    curves = drawn(tables)
    figure = Figure(figsize=(COLUMN_INCH + 0.9, 3.3 + 0.14 * max(0, len(curves) - 4)))
    axes = figure.subplots()
    for method, rows in curves:
        known = rows.where(rows["background"] >= ENOUGH_BACKGROUND)
        known["signal_efficiency"] = rows["signal_efficiency"]
        band(axes, known, "improvement", method, _label(tables, method))
        _maximum(axes, known, method)
    efficiency = np.linspace(0, 1, 101)
    axes.plot(efficiency, np.sqrt(efficiency), **REFERENCE)
    axes.set(xlim=(0, 1))
    top = max(float(np.nanmax(np.asarray(line.get_ydata(), dtype=float))) for line in axes.lines)
    axes.set_ylim(0, top * (1.25 + 0.07 * len(curves)))
    axes.legend(loc="upper right", title="largest improvement", alignment="left")
    axes.set_xlabel(SIGNAL_EFFICIENCY)
    axes.set_ylabel(r"significance improvement $\epsilon_\mathrm{s}/\sqrt{\epsilon_\mathrm{b}}$")
    return figure


def _label(tables: Tables, method: Method) -> str:
    value, error = metric_of(
        tables, method.name, f"significance_improvement_{tables.target.tagged}"
    )
    return f"{method.label}  {measured(value, error)}"


def _maximum(axes: Axes, rows: pd.DataFrame, method: Method) -> None:
    if rows["improvement"].notna().any():
        best = rows.loc[rows["improvement"].idxmax()]
        look = {"color": method.colour, "marker": method.marker, "zorder": 5}
        axes.plot(best["signal_efficiency"], best["improvement"], linestyle="none", **look)
