"""Opening angles of directions and distances of positions: their distribution, and in bins."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.evaluation.quantities import HEADLINE
from footprint.figures import against
from footprint.figures.against import Panel
from footprint.figures.bins import edges_of, histogram
from footprint.figures.methods import Method, by_method, metric_of
from footprint.figures.names import measured, unit_of, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

CONTAINED = 0.68
"""Share of the events within the distance that is quoted."""


def draw(tables: Tables) -> Figure:
    """Draw how the distances of all methods are distributed, and what share lies below each.

    The distance that contains 68 % is marked in the lower panel and written in the legend.
    """
    methods = by_method(tables, "distances")
    figure = Figure(figsize=(COLUMN_INCH, 3.7 + 0.14 * len(methods)))
    upper, lower = figure.subplots(2, sharex=True)
    lower.axhline(CONTAINED, **REFERENCE)
    for method, rows in methods:
        value, error = metric_of(tables, method.name, HEADLINE[tables.target.task])
        histogram(upper, rows, f"{method.label}: {measured(value, error)}", method.line)
        _cumulative(lower, rows, method, value)
    upper.set(ylabel="share of events per decade")
    upper.set_ylim(bottom=0)
    table = tables.read("distances")
    lower.set(
        xlim=(table["low"].min(), table["high"].max()),
        ylim=(0, 1.02),
        xscale="log",
        xlabel=with_unit(_distance(tables), _units(tables)),
        ylabel="share of events within",
    )
    log_axis(lower.xaxis)
    figure.align_ylabels()
    unit = unit_of(_units(tables))
    title = "68 % of the events within" + (f", in {unit}" if unit else "")
    handles, labels = upper.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", title=title, alignment="left")
    return figure


def draw_containment(tables: Tables, variable: str) -> Figure:
    """Draw the distance that contains 68 % of the events, of all methods against a variable.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    name = "opening angle" if tables.target.task == "direction" else "distance"
    panel = Panel("distance_68", with_unit(f"68 % of {name}s within", _units(tables)))
    return against.draw(tables, "containment", variable, [panel])


def _units(tables: Tables) -> str:
    return "deg" if tables.target.task == "direction" else tables.target.units


def _distance(tables: Tables) -> str:
    what = "opening angle" if tables.target.task == "direction" else "distance"
    return f"{what} of predicted and true {tables.target.label}"


def _cumulative(axes: Axes, rows: pd.DataFrame, method: Method, contained: float) -> None:
    """Draw the share below a distance, with its error, and mark where it is 68 %."""
    upper_edges = edges_of(rows)[1:]
    share, error = rows["cumulative"], rows["cumulative_error"].fillna(0)
    axes.plot(upper_edges, share, **method.line)
    axes.fill_between(
        upper_edges, share - error, share + error, color=method.colour, alpha=0.2, linewidth=0
    )
    axes.vlines(contained, 0, CONTAINED, color=method.colour, linewidth=0.7)
    axes.plot([contained], [CONTAINED], marker=method.marker, color=method.colour, zorder=4)
