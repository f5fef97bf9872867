"""What a network of one or two input values had learnt after some epochs, against its inputs.

Of one input value as lines, of two as maps. Where there are several trainings the first is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from footprint.figures.names import measured, metric_name, readable, unit_of, with_unit
from footprint.figures.style import COLUMN_INCH, PAGE_INCH, columns_for
from footprint.figures.tables import Tables

Floats = NDArray[np.float64]
MOST_IN_A_ROW = 4
_POINTS_ON_MAP = 300
"""Events that are drawn over a map, lest they hide it."""
_HALF = 0.5
"""The probability at the boundary between two classes."""
_SIDES = ("#2166ac", "#b2182b")
"""Colours of events outside and inside of a class, of the dark ends of the map's colours."""


@dataclass(frozen=True)
class State:
    """The network after one of its epochs.

    Attributes
    ----------
    rows
        What it says over the grid.
    name
        How many epochs it had seen.
    quality
        Its main metric with the error.
    trained
        Whether it is the network that was kept in the end.
    """

    rows: pd.DataFrame
    name: str
    quality: str
    trained: bool


def draw_fit(tables: Tables) -> Figure:
    """Draw the learnt value of a regression with the events: a panel, or a map for each state."""
    states, axes = _states(tables, "function_fit"), _axes(tables)
    points, label = tables.read("function_fit_points"), _target(tables)
    if len(axes) == 1:
        figure = Figure(figsize=(COLUMN_INCH, 3.3))
        panel = figure.subplots()
        _lines(panel, states, "prediction")
        panel.plot(points["first"], points["value"], **_DOTS)
        panel.set(xlabel=axes[0], ylabel=label)
        _stay_near(panel, points["value"])
        _legend(figure, states)
        return figure
    shown = [state.rows["prediction"] for state in states]
    norm = Normalize(*_range([*shown, points["value"]]))
    figure, grid = _panels(len(states), axes)
    for panel, state in zip(grid, states, strict=True):
        mesh = _map(panel, state.rows, "prediction", norm, "viridis")
        few = points.head(_POINTS_ON_MAP)
        look: dict[str, Any] = {"norm": norm, "cmap": "viridis", "edgecolors": "white"}
        panel.scatter(few["first"], few["second"], 7, few["value"], linewidths=0.3, **look)
        panel.set_title(f"{state.name}\n{state.quality}", fontsize=7)
    _bar(figure, mesh, grid, label)
    return figure


def draw_boundary(tables: Tables) -> Figure:
    """Draw the probability of each class that is listed, and where it is one half."""
    states, axes = _states(tables, "decision_boundary"), _axes(tables)
    points = tables.read("decision_boundary_points")
    classes = list(dict.fromkeys(states[0].rows["class"]))
    if len(axes) == 1:
        figure = Figure(figsize=(COLUMN_INCH, 0.7 + 2.2 * len(classes)))
        column = figure.subplots(len(classes), sharex=True, squeeze=False)[:, 0]
        for panel, name in zip(column, classes, strict=True):
            _lines(panel, [_of_class(state, name) for state in states], "probability")
            panel.plot(points["first"], points["truth"] == name, **_DOTS)
            panel.axhline(_HALF, color="0.6", linewidth=0.7, linestyle=(0, (1, 1.5)))
            panel.set(ylabel=f"probability of {readable(name)}", ylim=(-0.06, 1.06))
        column[-1].set_xlabel(axes[0])
        _legend(figure, states)
        return figure
    figure, grid = _panels(len(states) * len(classes), axes)
    norm, pairs = Normalize(0, 1), [(name, state) for name in classes for state in states]
    for panel, (name, state) in zip(grid, pairs, strict=True):
        mesh = _map(panel, _of_class(state, name).rows, "probability", norm, "RdBu_r", half=True)
        _sides(panel, points.head(_POINTS_ON_MAP), name)
        title = f"{state.name}\n{state.quality}"
        panel.set_title(title if len(classes) == 1 else f"{readable(name)}, {title}", fontsize=7)
    what = readable(classes[0]) if len(classes) == 1 else "the class"
    _bar(figure, mesh, grid, f"probability of {what}")
    _name_sides(figure, classes, list(points["truth"].unique()))
    return figure


_DOTS: dict[str, Any] = {
    "color": "0.6",
    "marker": ".",
    "markersize": 2.5,
    "linestyle": "none",
    "zorder": 1,
    "rasterized": True,
}


def _states(tables: Tables, name: str) -> list[State]:
    """List the states of the first training in the order of the table, the kept one last."""
    table, quality = tables.read(name), tables.read("snapshot_quality")
    table = table[table["seed"] == table["seed"].iloc[0]]
    quality = quality[quality["seed"] == table["seed"].iloc[0]]
    states = []
    for row in quality.to_dict("records"):
        chosen = (table["epoch"] == row["epoch"]) & (table["trained"] == row["trained"])
        epochs = f"{row['epoch']:.0f}"
        if row["trained"]:
            label = f"epoch kept, {epochs}"
        else:
            label = f"{epochs} epoch{'s' if row['epoch'] > 1 else ''}"
        value = measured(float(row["value"]), float(np.nan_to_num(row["error"])))
        words = f"{metric_name(str(row['metric']))} {value} {unit_of(str(row['unit']))}".rstrip()
        states.append(State(table[chosen], label, words, bool(row["trained"])))
    return states


def _of_class(state: State, name: str) -> State:
    rows = state.rows[state.rows["class"] == name]
    return State(rows, state.name, state.quality, state.trained)


def _axes(tables: Tables) -> list[str]:
    table = tables.read("snapshot_axes")
    return [
        with_unit(readable(str(label)), str(units))
        for label, units in zip(table["label"], table["units"], strict=True)
    ]


def _target(tables: Tables) -> str:
    return with_unit(tables.target.label, tables.target.units)


def _looks(states: list[State]) -> list[dict[str, Any]]:
    """Colour snapshots from light to dark with their epochs; the trained network is black."""
    number = max(sum(not state.trained for state in states), 1)
    colours = iter(mpl.colormaps["plasma_r"](np.linspace(0.2, 0.75, number)))
    return [
        {"color": "black", "linewidth": 1.4, "zorder": 4}
        if state.trained
        else {"color": next(colours), "linewidth": 1.3, "zorder": 3}
        for state in states
    ]


def _lines(axes: Axes, states: list[State], value: str) -> None:
    for state, look in zip(states, _looks(states), strict=True):
        axes.plot(state.rows["first"], state.rows[value], **look)
    axes.set_xlim(states[0].rows["first"].min(), states[0].rows["first"].max())


def _legend(figure: Figure, states: list[State]) -> None:
    handles = [Line2D([], [], **look) for look in _looks(states)]
    labels = [f"{state.name}: {state.quality}" for state in states]
    handles.append(Line2D([], [], **(_DOTS | {"markersize": 5, "rasterized": False})))
    labels.append("validation events")
    columns = columns_for(labels, COLUMN_INCH)
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)


def _range(values: list["pd.Series[float]"]) -> tuple[float, float]:
    joined = pd.concat(values)
    return float(joined.min()), float(joined.max())


def _stay_near(axes: Axes, values: "pd.Series[float]") -> None:
    """Show the events' range and some more, wherever a line may run to beyond them."""
    low, high = float(values.min()), float(values.max())
    room = 0.12 * (high - low)
    axes.set_ylim(low - room, high + room)


def _panels(count: int, labels: list[str]) -> tuple[Figure, list[Axes]]:
    """Open a figure with a square panel for each map, with common axes."""
    columns = min(count, MOST_IN_A_ROW)
    rows = -(-count // columns)
    width = COLUMN_INCH if columns == 1 else PAGE_INCH * (0.2 + 0.2 * columns)
    side = (width - 1.2) / columns
    figure = Figure(figsize=(width, (side + 0.4) * rows + 0.35))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for number, axes in enumerate(grid[:count]):
        axes.set_box_aspect(1)
        if number + columns >= count:
            axes.set_xlabel(labels[0])
            axes.xaxis.set_tick_params(labelbottom=True)
        if number % columns == 0:
            axes.set_ylabel(labels[1])
    for surplus in grid[count:]:
        surplus.remove()
    return figure, list(grid[:count])


def _map(
    axes: Axes, rows: pd.DataFrame, value: str, norm: Normalize, colours: str, *, half: bool = False
) -> Any:
    """Draw values over the grid; where asked to, also the line on which they are one half."""
    table = rows.pivot_table(index="second", columns="first", values=value, sort=True)
    x, y, z = table.columns.to_numpy(float), table.index.to_numpy(float), table.to_numpy(float)
    mesh = axes.pcolormesh(x, y, z, norm=norm, cmap=colours, shading="gouraud", rasterized=True)
    if half and z.min() < _HALF < z.max():
        axes.contour(x, y, z, [_HALF], colors="black", linewidths=1.1)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    return mesh


def _marks() -> Iterator[Mapping[str, Any]]:
    """Give the looks of events outside and inside of a class."""
    for colour, marker in zip(_SIDES, ("o", "s"), strict=True):
        look = {"linestyle": "none", "markeredgecolor": "white", "markeredgewidth": 0.3}
        yield {**look, "color": colour, "marker": marker}


def _sides(axes: Axes, points: pd.DataFrame, name: str) -> None:
    """Draw events of a class as squares, all others as circles."""
    inside = points["truth"] == name
    for chosen, look in zip((~inside, inside), _marks(), strict=True):
        own = points[chosen]
        axes.plot(own["first"], own["second"], markersize=2.8, **look)


def _name_sides(figure: Figure, classes: list[str], true: list[str]) -> None:
    """Say which class the markers are of: by name where all panels are of one class."""
    inside, outside = "events of the class", "all others"
    if len(classes) == 1:
        others = [name for name in true if name != classes[0]]
        inside = readable(classes[0])
        outside = readable(others[0]) if len(others) == 1 else outside
    handles = [Line2D([], [], markersize=4.5, **look) for look in _marks()]
    figure.legend(handles, [outside, inside], loc="outside upper center", ncols=2)


def _bar(figure: Figure, mesh: Any, grid: list[Axes], label: str) -> None:
    bar = figure.colorbar(mesh, ax=grid, label=label, shrink=0.9, aspect=25)
    bar.outline.set_linewidth(0.5)
