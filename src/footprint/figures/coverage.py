"""Coverage: how many truths lie within intervals that should hold a given share of them."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures import against
from footprint.figures.against import Panel
from footprint.figures.methods import Method, by_method, metric_of
from footprint.figures.names import measured, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables

NOMINAL = 68.27
_JOINT = (0, (4, 1.5))
_ROOM = 1.15


def draw(tables: Tables) -> Figure:
    """Draw the observed against the nominal coverage, and below it the difference of both."""
    figure = Figure(figsize=(COLUMN_INCH, 4.2))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1.6))
    upper.plot([0, 100], [0, 100], **REFERENCE)
    lower.axhline(0, **REFERENCE)
    reach = 1.0
    for method, rows in by_method(tables, "coverage"):
        for kind, found in rows.sort_values("nominal").groupby("interval", sort=True):
            reach = max(reach, _curve(upper, lower, method, str(kind), found))
            label = _label(tables, method, str(kind))
            upper.plot([], [], label=label, **_look(method, str(kind)))
    _expected(lower, tables.read("coverage"))
    upper.set(xlim=(0, 100), ylim=(0, 100), ylabel="truths within the interval [%]")
    upper.legend(loc="upper left", title="of the 68 % interval")
    lower.set(xlabel="probability within the interval [%]", ylabel="difference [%]")
    lower.set_ylim(-_ROOM * reach, _ROOM * reach)
    figure.align_ylabels()
    return figure


def _look(method: Method, kind: str) -> dict[str, Any]:
    return method.line | ({"linestyle": _JOINT} if kind == "joint" else {})


def _label(tables: Tables, method: Method, kind: str) -> str:
    """Name a curve, with what it says of the 68 % interval."""
    metric = "joint_coverage_68" if kind == "joint" else "coverage_68"
    value = measured(*metric_of(tables, method.name, metric))
    return f"{method.label}{', joint' if kind == 'joint' else ''}: {value} %"


def _curve(upper: Axes, lower: Axes, method: Method, kind: str, rows: pd.DataFrame) -> float:
    """Draw a curve with its band in both panels; return how far it is from the diagonal."""
    nominal, observed, error = (rows[name].to_numpy(float) for name in _COLUMNS)
    look = _look(method, kind)
    for axes, values in ((upper, observed), (lower, observed - nominal)):
        axes.plot(nominal, values, **look)
        low, high = values - error, values + error
        axes.fill_between(nominal, low, high, color=method.colour, alpha=0.2, linewidth=0)
    return float(np.nanmax(np.abs(observed - nominal) + np.nan_to_num(error)))


_COLUMNS = ("nominal", "observed", "error")


def _expected(axes: Axes, table: pd.DataFrame) -> None:
    """Shade where a right posterior would lie with a probability of 68 %, given the events."""
    nominal = np.linspace(0, 100, 101)
    sd = np.sqrt(nominal * (100 - nominal) / float(table["events"].min()))
    axes.fill_between(nominal, -sd, sd, color="0.85", linewidth=0, zorder=0.5)


def draw_in_bins(tables: Tables, variable: str) -> Figure:
    """Draw the coverage of the 68 % interval, and its half-width, against a variable."""
    panels = [
        Panel("coverage_68", "68 % coverage [%]"),
        Panel("interval_68", with_unit("68 % interval (half-width)", tables.target.units)),
    ]
    figure = against.draw(tables, "coverage_in_bins", variable, panels)
    axes = figure.axes[0]
    axes.axhline(NOMINAL, **REFERENCE)
    found = against.rows_of(tables, "coverage_in_bins", variable)
    off = (found["coverage_68"] - NOMINAL).abs() + found["coverage_68_error"].fillna(0)
    reach = _ROOM * max(5.0, float(off.max()))
    axes.set_ylim(max(0.0, NOMINAL - reach), min(100.0, NOMINAL + reach))
    figure.axes[1].set_ylim(0, _ROOM * float(found["interval_68"].max()))
    return figure


def draw_pit(tables: Tables) -> Figure:
    """Draw the distribution of the probability integral transform, 1 where it is right."""
    figure = Figure(figsize=(COLUMN_INCH, 2.8))
    axes = figure.subplots()
    table = tables.read("pit")
    bins = len(table["low"].unique())
    sd = np.sqrt((bins - 1) / float(table["events"].min()))
    axes.axhspan(1 - sd, 1 + sd, color="0.85", linewidth=0, zorder=0.5, label="expected, 68 %")
    axes.axhline(1, **REFERENCE)
    for method, rows in by_method(tables, "pit"):
        centres = 0.5 * (rows["low"] + rows["high"])
        label = f"{method.label}: {measured(*metric_of(tables, method.name, 'pit_distance'))}"
        axes.errorbar(
            centres,
            rows["density"],
            yerr=rows["error"],
            label=label,
            **method.points | {"linestyle": "none"},
        )
    axes.set(xlim=(0, 1), xlabel="probability below the truth (PIT)", ylabel="probability density")
    axes.set_ylim(0, max(1.6, _ROOM * float((table["density"] + table["error"]).max())))
    figure.legend(loc="outside upper left", title="largest distance to a uniform distribution")
    return figure


def draw_posteriors(tables: Tables) -> Figure:
    """Draw the posteriors of a few events, each with its truth, above one another."""
    table = tables.read("posteriors")
    events = [rows for _, rows in table.groupby("event", sort=False)]
    figure = Figure(figsize=(COLUMN_INCH, 0.8 + 0.42 * len(events)))
    axes = figure.subplots()
    colour = by_method(tables, "coverage")[0][0].colour
    for height, rows in enumerate(events):
        edges = np.append(rows["low"].to_numpy(float), float(rows["high"].iloc[-1]))
        density = rows["density"].to_numpy(float)
        top = height + 0.85 * density / (density.max() or 1.0)
        axes.stairs(top, edges, baseline=height, fill=True, color=colour, alpha=0.35, zorder=2)
        axes.stairs(top, edges, baseline=height, color=colour, linewidth=0.9, zorder=2)
        truth = float(rows["truth_value"].iloc[0])
        label = "truth" if height == 0 else None
        axes.plot([truth] * 2, [height, height + 0.9], color="0.1", linewidth=1.2, label=label)
    axes.set(xlabel=with_unit(tables.target.label, tables.target.units), ylabel="events")
    axes.set(yticks=[], ylim=(-0.1, len(events) + 0.05))
    axes.legend(loc="lower right")
    return figure
