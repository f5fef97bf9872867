"""ROC curves of taggers: background rejection against signal efficiency, and ratios of it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.methods import Method, by_method, methods_of
from footprint.figures.names import measured, metric_name
from footprint.figures.style import COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

SIGNAL_EFFICIENCY = r"signal efficiency $\epsilon_\mathrm{s}$"
REJECTION = r"background rejection $1/\epsilon_\mathrm{b}$"
_FAR = 1e12  # stands for infinity: up to the frame
_RATIOS = (0.2, 2.0)  # the lower panel shows this range at most


def draw(tables: Tables) -> Figure:
    """Draw the rejection of all taggers, and below its ratio to the reference's.

    Of several experiments no ensembles are drawn, they stand beside them in the other figure.
    """
    curves = drawn(tables)
    figure = Figure(figsize=(COLUMN_INCH + 0.9, 4.1 + 0.14 * max(0, len(curves) - 4)))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    metric = _legend_metric(tables)
    for method, rows in curves:
        band(upper, rows, "rejection", method, _label(tables, method, metric))
        band(lower, rows, "ratio", method)
    published = _published(upper, tables)
    lower.axhline(1, **REFERENCE)
    title = f"{metric_name(metric)}" if metric else None
    upper.legend(loc="upper right", title=title, alignment="left", borderaxespad=0.4)
    _frame(upper, lower, len(curves) + published)
    lower.set_xlabel(SIGNAL_EFFICIENCY)
    upper.set_ylabel(REJECTION)
    reference = methods_of(tables)[str(curves[0][1]["reference"].iloc[0])]
    lower.set_ylabel(f"ratio to\n{reference.label}")
    figure.align_ylabels()
    return figure


def drawn(tables: Tables) -> list[tuple[Method, pd.DataFrame]]:
    """List the curves that are drawn, without ensembles where experiments are compared."""
    compared = tables.target.task == "comparison"
    return [
        (method, rows)
        for method, rows in by_method(tables, "tagging_roc")
        if not (compared and method.kind == "ensemble")
    ]


def band(axes: Axes, rows: pd.DataFrame, column: str, method: Method, label: str = "") -> None:
    """Draw a column with its band against the signal efficiency; what is infinite is left out."""
    efficiency = rows["signal_efficiency"].to_numpy(float)
    centre, low, high = (
        rows[name].to_numpy(float) for name in (column, f"{column}_low", f"{column}_high")
    )
    axes.plot(efficiency, np.where(np.isfinite(centre), centre, np.nan), label=label, **method.line)
    axes.fill_between(
        efficiency,
        low,
        np.where(np.isfinite(high), high, _FAR),
        where=np.isfinite(low) & np.isfinite(centre),
        color=method.colour,
        alpha=0.15,
        linewidth=0,
    )


def _legend_metric(tables: Tables) -> str | None:
    """Find the rejection that the legend gives, that at the lowest efficiency."""
    start = f"rejection_{tables.target.tagged}_at_"
    metrics = [name for name in tables.read("comparison")["metric"].unique() if start in name]
    return min(metrics, key=lambda name: float(name.removeprefix(start)), default=None)


def _label(tables: Tables, method: Method, metric: str | None) -> str:
    table = tables.read("comparison")
    rows = table[(table["method"] == method.name) & (table["metric"] == metric)]
    if rows.empty:
        return method.label
    value, error = float(rows["value"].iloc[0]), float(rows["error"].iloc[0])
    return f"{method.label}  {measured(value, error)}"


def _published(axes: Axes, tables: Tables) -> int:
    """Mark published rejections; return how many lines of the legend they take."""
    table = tables.read("comparison")
    start = f"rejection_{tables.target.tagged}_at_"
    rows = table[(table["kind"] == "published") & table["metric"].str.startswith(start)]
    if rows.empty:
        return 0
    efficiency = rows["metric"].str.removeprefix(start).astype(float) / 100
    axes.plot(
        efficiency,
        rows["value"],
        marker="_",
        markersize=9,
        color="0.2",
        linestyle="none",
        zorder=4,
        label="published taggers",
    )
    return 1


def _frame(upper: Axes, lower: Axes, entries: int) -> None:
    """Leave room above the curves for the legend, and show the ratios that are near 1."""
    highest = 10.0
    ratios = [1.0]
    for axes, values in ((upper, None), (lower, ratios)):
        for line in axes.lines:
            found = np.asarray(line.get_ydata(), dtype=float)
            found = found[np.isfinite(found)]
            if values is None:
                highest = max(highest, float(found.max(initial=1.0)))
            else:
                values += found.tolist()
    room = 1.12 + 0.065 * entries  # a line of the legend takes some 5 % of the panel's height
    upper.set(xlim=(0, 1), ylim=(0.9, highest**room), yscale="log")
    log_axis(upper.yaxis)
    low, high = np.quantile(ratios, (0.02, 0.98))
    margin = 0.1 * max(high - low, 0.2)
    lower.set_ylim(max(low - margin, 0), min(high + margin, 3.0))
