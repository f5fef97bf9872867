"""ROC curves of taggers: background rejection against signal efficiency, and ratios of it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.evaluation.quantities import ENOUGH_BACKGROUND
from footprint.figures.methods import Method, by_method, methods_of, rejections
from footprint.figures.names import metric_name, stated
from footprint.figures.style import COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

SIGNAL_EFFICIENCY = r"signal efficiency $\epsilon_\mathrm{s}$"
REJECTION = r"background rejection $1/\epsilon_\mathrm{b}$"
FEWEST = 3
"""Background events that pass at least where a curve is drawn; the table goes on."""
_FAR = 1e12  # stands for infinity: up to the frame
_RATIO = 4.0  # up to which the lower panel reaches at most
_LEGEND_FROM = 0.5  # signal efficiency above which the legend stands
_LINE_INCH = 0.16  # that a line of the legend takes


def draw(tables: Tables) -> Figure:
    """Draw the rejection of all taggers, and below its ratio to the reference's.

    The legend gives the rejection at the lowest signal efficiency that is quoted.
    Of several experiments no means over seeds are drawn, they stand in the other figure.
    """
    curves = drawn(tables)
    height = 4.1 + 0.14 * max(0, len(curves) - 4)
    figure = Figure(figsize=(COLUMN_INCH + 0.9, height))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    metric = next(iter(rejections(tables)), None)
    for method, rows in curves:
        band(upper, rows, "rejection", method, _label(tables, method, metric))
        band(lower, rows, "ratio", method)
    published = _published(upper, tables)
    lower.axhline(1, **REFERENCE)
    upper.set(xlim=(0, 1), yscale="log")
    title = metric_name(metric) if metric else None
    legend_above(upper, title, len(curves) + published, start=0.9, inch=0.66 * height)
    log_axis(upper.yaxis)
    _ratios(lower, curves)
    lower.set_xlabel(SIGNAL_EFFICIENCY)
    upper.set_ylabel(REJECTION)
    reference = methods_of(tables)[str(tables.read("tagging_roc")["reference"].iloc[0])]
    lower.set_ylabel(f"ratio to\n{reference.label}")
    figure.align_ylabels()
    return figure


def drawn(tables: Tables) -> list[tuple[Method, pd.DataFrame]]:
    """List the curves and what of them is drawn; no means over seeds where several compete."""
    compared = tables.target.task == "comparison"
    return [
        (method, rows[rows["background"] >= FEWEST])
        for method, rows in by_method(tables, "tagging_roc")
        if not (compared and method.of)
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


def _label(tables: Tables, method: Method, metric: str | None) -> str:
    table = tables.read("comparison")
    rows = table[(table["method"] == method.name) & (table["metric"] == metric)]
    if rows.empty:
        return method.label
    return f"{method.label}  {stated(rows.iloc[0].to_dict())}"


def _published(axes: Axes, tables: Tables) -> int:
    """Mark published rejections; return how many lines of the legend they take."""
    table, known = tables.read("comparison"), rejections(tables)
    rows = table[(table["kind"] == "published") & table["metric"].isin(known)]
    if rows.empty:
        return 0
    efficiency = rows["metric"].map(known) / 100
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


def legend_above(axes: Axes, title: str | None, entries: int, *, start: float, inch: float) -> None:
    """Put the legend into the upper right corner and the axis' end so that no curve meets it.

    Parameters
    ----------
    axes
        With all curves and the scale of its upright axis.
    title, entries
        The legend's, and how many lines it has.
    start
        Where the upright axis starts.
    inch
        About how high the panel is.
    """
    legend = axes.legend(loc="upper right", title=title, alignment="left", borderaxespad=0.4)
    legend.set_zorder(6)
    scale = axes.yaxis.get_transform()
    points = [np.asarray(line.get_xydata(), dtype=float) for line in axes.lines]
    curve = np.concatenate([p[np.isfinite(p).all(axis=1)] for p in points])
    height = scale.transform(np.append(curve[:, 1].clip(start), start))
    height, bottom = height[:-1] - height[-1], height[-1]
    beside = curve[:, 0] > _LEGEND_FROM
    free = max(1 - _LINE_INCH / inch * (entries + 1.3), 0.2)
    reach = max(1.08 * height.max(initial=1), 1.05 * height[beside].max(initial=0) / free)
    axes.set_ylim(start, float(scale.inverted().transform(np.asarray([bottom + reach]))[0]))


def _ratios(axes: Axes, curves: list[tuple[Method, pd.DataFrame]]) -> None:
    """Show the ratios where they are known, up to `_RATIO`."""
    known = pd.concat([rows[rows["background"] >= ENOUGH_BACKGROUND] for _, rows in curves])
    ratios = known["ratio"][np.isfinite(known["ratio"])]
    low, high = (float(end) for end in (ratios.min(), ratios.max())) if len(ratios) else (1.0, 1.0)
    margin = 0.15 * max(high - low, 0.2)
    axes.set_ylim(max(low - margin, 0), min(high + margin, _RATIO))
