"""Learning curve of a generator and its critic: what both gain, and how real the events are."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from footprint.figures.style import CLASS_COLOURS, COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

CRITIC = "critic_loss"
"""Column that tells a critic has been trained, too."""
PANELS: dict[str, tuple[str, float | None]] = {
    "loss": ("generator\nloss", None),
    CRITIC: ("critic\nloss", None),
    "critic_distance": ("critic: real\nminus generated", None),
    "gradient_norm": ("gradient norm\nof the critic", 1.0),
    "validation_loss": ("distance\n(validation)", None),
    "validation_variance_ratio": ("variance ratio\n(validation)", 1.0),
}
"""Name of each column's panel, and its ideal value where there is one."""
_CHOSEN: dict[str, Any] = {"marker": "o", "markersize": 6, "fillstyle": "none", "linestyle": "none"}
_DECADE = 10


def draw(tables: Tables) -> Figure:
    """Draw one panel for each quantity there is, one line a seed."""
    table = tables.read("learning_curve")
    columns = [name for name in PANELS if name in table and table[name].notna().any()]
    if table["learning_rate"].nunique() > 1:
        columns.append("learning_rate")
    figure = Figure(figsize=(COLUMN_INCH, 0.85 * len(columns) + 0.8))
    grid = list(figure.subplots(len(columns), sharex=True, squeeze=False)[:, 0])
    seeds = list(table["seed"].unique())
    for number, seed in enumerate(seeds):
        rows = table[table["seed"] == seed].sort_values("epoch")
        colour = CLASS_COLOURS[number % len(CLASS_COLOURS)]
        for axes, name in zip(grid, columns, strict=True):
            axes.plot(rows["epoch"], rows[name], color=colour, linewidth=1.1)
            if name == "validation_loss":
                _mark(axes, rows, colour)
    for axes, name in zip(grid, columns, strict=True):
        label, ideal = PANELS.get(name, ("learning\nrate", None))
        axes.set_ylabel(label, fontsize=6.5)
        if ideal is not None:
            axes.axhline(ideal, **REFERENCE)
        _logarithmic(axes, table[name])
    grid[-1].set_xlabel("epoch")
    grid[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.align_ylabels()
    handles = [
        Line2D([], [], color=CLASS_COLOURS[number % len(CLASS_COLOURS)], label=f"seed {seed:g}")
        for number, seed in enumerate(seeds)
    ]
    handles.append(Line2D([], [], color="black", **_CHOSEN, label="epoch kept"))
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
    return figure


def _mark(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    losses = rows["validation_loss"].to_numpy(float)
    if np.isfinite(losses).any():
        best = rows.iloc[int(np.nanargmin(losses))]
        axes.plot(best["epoch"], best["validation_loss"], **_CHOSEN, markeredgecolor=colour)


def _logarithmic(axes: Axes, values: "pd.Series[float]") -> None:
    """Take a logarithmic axis for what is positive and spans a decade."""
    if values.min() > 0 and values.max() > _DECADE * values.min():
        axes.set_yscale("log")
        log_axis(axes.yaxis)
