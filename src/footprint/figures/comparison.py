"""Comparison: the main metric of the network beside the baselines and the oracle."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from footprint.errors import FileFormatError
from footprint.evaluation.quantities import HEADLINE, sign
from footprint.figures.methods import Method, by_method
from footprint.figures.names import metric_name, stated, with_unit
from footprint.figures.style import COLUMN_INCH, log_axis
from footprint.figures.tables import Tables

_BETTER = {1: "higher is better", -1: "lower is better"}
_DECADE = 10


def draw(tables: Tables) -> Figure:
    """Draw one point a method, with its error and its spread over seeds.

    Raises
    ------
    FileFormatError
        The task's main metric is missing.
    """
    task = tables.target.learnt or tables.target.task
    metric = HEADLINE[task]
    table = tables.read("comparison")
    if metric not in set(table["metric"]):
        msg = f"{tables.path('comparison')}: no metric '{metric}', expected for a "
        msg += f"{task}; found {', '.join(sorted(set(table['metric'])))}"
        raise FileFormatError(msg)
    rows = [
        (method, found[found["metric"] == metric].iloc[0])
        for method, found in by_method(tables, "comparison")
        if metric in set(found["metric"])
    ]
    width = COLUMN_INCH + 0.05 * max(0, max(len(method.label) for method, _ in rows) - 14)
    figure = Figure(figsize=(width, 0.95 + 0.26 * len(rows)))
    axes = figure.subplots()
    for height, (method, row) in enumerate(rows):
        _point(axes, height, method, row)
    label = with_unit(metric_name(metric), str(rows[0][1]["unit"]))
    axes.set_xlabel(f"{label}, {_BETTER[sign(metric)]}")
    values = [float(row["value"]) for _, row in rows]
    if min(values) > 0 and max(values) > _DECADE * min(values):
        axes.set_xscale("log")
        log_axis(axes.xaxis)
    _write_names_and_values(axes, rows)
    point = axes.errorbar([], [], xerr=[], color="0.4", marker="o", linestyle="none")
    keys: dict[str, Any] = {"value and bootstrap error": point}
    if any(row["spread"] > 0 for _, row in rows):
        keys["spread over seeds"] = axes.plot([], [], color="0.4", linewidth=5, alpha=0.35)[0]
    figure.legend(list(keys.values()), list(keys), loc="outside upper center", ncols=2)
    return figure


def _point(axes: Axes, height: int, method: Method, row: "pd.Series[float]") -> None:
    value, spread = float(row["value"]), float(row["spread"])
    if spread > 0:
        axes.plot(
            [value - spread, value + spread],
            [height, height],
            color=method.colour,
            linewidth=5,
            alpha=0.35,
            solid_capstyle="butt",
        )
    look = {**method.points, "linestyle": "none"}
    axes.errorbar(value, height, xerr=np.nan_to_num(float(row["error"])), **look)


def _write_names_and_values(axes: Axes, rows: list[tuple[Method, "pd.Series[float]"]]) -> None:
    """Write the methods on the left and their numbers on the right, first method on top."""
    heights = range(len(rows))
    axes.set_yticks(heights, [method.label for method, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    right = axes.secondary_yaxis("right")
    right.set_yticks(heights, [stated(row.to_dict()) for _, row in rows])
    for side in (axes, right):
        side.tick_params(axis="y", which="both", length=0)
        side.yaxis.set_minor_locator(NullLocator())
    for axis in (axes.yaxis, right.yaxis):
        for text, (method, _) in zip(axis.get_ticklabels(), rows, strict=True):
            text.set_color(method.colour)
    axes.grid(axis="x", linewidth=0.4)
