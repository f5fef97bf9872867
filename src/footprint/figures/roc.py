"""ROC curves: how much background is rejected at which signal efficiency, one panel a class."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.errors import FileFormatError
from footprint.figures.methods import Method, by_method
from footprint.figures.names import readable, stated
from footprint.figures.style import label_outside, log_axis, panels
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw the background rejection, 1 / false-positive rate, against the signal efficiency."""
    curves, areas = by_method(tables, "roc"), tables.read("auc")
    present = set(tables.read("roc")["class"])
    classes = [name for name in tables.target.classes if name in present]
    figure, grid = panels(len(classes))
    for axes, name in zip(grid, classes, strict=True):
        for method, table in curves:
            rows = table[table["class"] == name]
            if len(rows):
                _curve(axes, rows, method, _area(tables, areas, method.name, name))
        axes.legend(
            loc="upper right",
            title=f"{readable(name)} against the rest: AUC",
            alignment="left",
            borderaxespad=0.3,
        )
    _frame(grid, len(curves))
    return figure


def _area(tables: Tables, areas: pd.DataFrame, method: str, name: str) -> str:
    rows = areas[(areas["method"] == method) & (areas["class"] == name)]
    if rows.empty:
        msg = f"{tables.path('auc')}: no row for method '{method}' and class '{name}', "
        raise FileFormatError(msg + "which roc.csv has")
    return stated({**rows.iloc[0], "value": rows["auc"].iloc[0]})


def _curve(axes: Axes, rows: pd.DataFrame, method: Method, area: str) -> None:
    efficiency = rows["signal_efficiency"].to_numpy(float)
    centre, low, high = (
        _rejection(rows[column].to_numpy(float))
        for column in ("false_positive_rate", "high", "low")
    )
    axes.plot(efficiency, centre, label=f"{method.label}  {area}", **method.line)
    top = np.where(np.isfinite(high), high, 1e12)  # no background left: up to the frame
    known = np.isfinite(low) & np.isfinite(centre)
    axes.fill_between(
        efficiency, low, top, where=known, color=method.colour, alpha=0.2, linewidth=0
    )


def _rejection(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn rates into what the axis shows; nothing passed means infinity, which is not drawn."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(rate > 0, 1 / rate, np.inf))


def _frame(grid: list[Axes], entries: int) -> None:
    """Leave room above the curves for the legend, which stands where all curves have fallen."""
    highest = 10.0
    for axes in grid:
        for line in axes.lines:
            values = np.asarray(line.get_ydata(), dtype=float)
            highest = max(highest, float(np.max(values[np.isfinite(values)], initial=1.0)))
    room = 1.25 + 0.09 * entries  # a line of the legend takes some 6 % of a panel's height
    grid[0].set(xlim=(0, 1), ylim=(0.9, highest**room), yscale="log")
    for axes in grid:
        log_axis(axes.yaxis)
    label_outside(
        grid,
        r"signal efficiency $\epsilon_\mathrm{s}$",
        r"background rejection $1/\epsilon_\mathrm{b}$",
    )
