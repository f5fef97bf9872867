"""Significance improvement of taggers: signal efficiency over the root of the mistag rate."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.evaluation.quantities import ENOUGH_BACKGROUND
from footprint.figures.methods import Method, metric_of
from footprint.figures.names import measured
from footprint.figures.style import COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables
from footprint.figures.tagging_roc import SIGNAL_EFFICIENCY, band, drawn, legend_above


def draw(tables: Tables) -> Figure:
    """Draw the improvement of all taggers where enough background passes to know it."""
    curves = drawn(tables)
    height = 3.3 + 0.1 * max(0, len(curves) - 4)
    figure = Figure(figsize=(COLUMN_INCH + 0.9, height))
    axes = figure.subplots()
    for method, rows in curves:
        known = rows[rows["background"] >= ENOUGH_BACKGROUND]
        band(axes, known, "improvement", method, _label(tables, method))
        _maximum(axes, known, method)
    efficiency = np.linspace(0, 1, 101)
    axes.plot(efficiency, np.sqrt(efficiency), **REFERENCE)
    axes.set(xlim=(0, 1))
    legend_above(axes, "largest improvement", len(curves), start=0, inch=0.85 * height)
    axes.set_xlabel(SIGNAL_EFFICIENCY)
    axes.set_ylabel(r"significance improvement $\epsilon_\mathrm{s}\,/\,\epsilon_\mathrm{b}^{1/2}$")
    return figure


def _label(tables: Tables, method: Method) -> str:
    value, error = metric_of(
        tables, method.name, f"significance_improvement_{tables.target.tagged}"
    )
    return f"{method.label}  {measured(value, error)}"


def _maximum(axes: Axes, rows: pd.DataFrame, method: Method) -> None:
    if rows["improvement"].notna().any():
        row = int(rows["improvement"].to_numpy(float).argmax())
        place = (rows[name].iloc[[row]] for name in ("signal_efficiency", "improvement"))
        axes.plot(*place, color=method.colour, marker=method.marker, linestyle="none", zorder=5)
