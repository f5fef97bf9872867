"""Learning curves of all networks of one target: the validation loss, epoch by epoch."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from footprint.figures.methods import Method, by_method
from footprint.figures.style import COLUMN_INCH, columns_for, log_axis
from footprint.figures.tables import Tables

_DECADE = 10
_SHARE = 0.02  # of the losses, the first epochs', that may lie above the frame
_CHOSEN: dict[str, Any] = {"marker": "o", "markersize": 5, "fillstyle": "none", "linestyle": "none"}


def draw(tables: Tables) -> Figure:
    """Draw a line for each training in its network's look, and mark the epoch that was kept."""
    curves = by_method(tables, "learning_curves")
    figure = Figure(figsize=(COLUMN_INCH + 0.7, 2.9 + 0.1 * len(curves)))
    axes = figure.subplots()
    for method, rows in curves:
        for _, training in rows.sort_values("epoch").groupby("seed"):
            _training(axes, method, training)
    _frame(axes, pd.concat([rows["validation_loss"] for _, rows in curves]))
    axes.set(xlabel="epoch", ylabel=_label(tables))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if max(rows["epoch"].max() for _, rows in curves) <= 2 * _DECADE:
        axes.xaxis.set_minor_locator(MaxNLocator(1))
    handles = [Line2D([], [], label=method.label, **method.line) for method, _ in curves]
    handles.append(Line2D([], [], color="0.3", **_CHOSEN, label="epoch kept"))
    columns = columns_for([str(handle.get_label()) for handle in handles], figure.get_figwidth())
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure


def _training(axes: Axes, method: Method, rows: pd.DataFrame) -> None:
    axes.plot(rows["epoch"], rows["validation_loss"], **method.line | {"linewidth": 1.1})
    kept = rows[rows["kept"] == 1].head(1)
    look = _CHOSEN | {"markeredgecolor": method.colour, "zorder": method.line["zorder"] + 1}
    axes.plot(kept["epoch"], kept["validation_loss"], **look)


def _frame(axes: Axes, losses: "pd.Series[float]") -> None:
    """Choose a logarithmic axis where losses span decades; else leave out a first bad epoch."""
    low, high = float(losses.min()), float(losses.max())
    if low > 0 and high > _DECADE * low:
        axes.set_yscale("log")
        log_axis(axes.yaxis)
        return
    most = float(losses.quantile(1 - _SHARE))
    if high - low > 2 * (most - low) > 0:
        axes.set_ylim(low - 0.05 * (most - low), most + 0.05 * (most - low))


def _label(tables: Tables) -> str:
    return "validation loss" + ("" if tables.target.classes else " (normalised target)")
