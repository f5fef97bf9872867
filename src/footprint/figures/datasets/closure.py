"""Closure of flattening: spectra before and after, and their ratio to the goal."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from footprint.figures.bins import edges_of
from footprint.figures.datasets.looks import is_steep, name_of
from footprint.figures.datasets.spectra import BEFORE
from footprint.figures.datasets.tables import DatasetTables
from footprint.figures.names import per_unit, readable, with_unit
from footprint.figures.style import COLUMN_INCH, class_colours, log_axis

Floats = NDArray[np.float64]
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "d", "<", ">")
_LEAST, _MOST = 0.25, 1.0
"""How far from 1 ratios are shown at least and at most."""
_SPREAD = 0.5
"""Part of a bin's width over which the points of the classes are spread."""


def draw(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw the spectra of all classes before and after, and their ratio to the goal."""
    table, tests = tables.read("closure"), tables.read("closure_tests")
    target = str(table["target"].iloc[0])
    spectator, units = str(table["spectator"].iloc[0]), str(table["units"].iloc[0])
    classes = tables.classes[target]
    figure = Figure(figsize=(COLUMN_INCH, 3.9))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(2, 1))
    edges = edges_of(_of(table, "train", classes[0]))
    widths = np.diff(edges)
    goal = _of(table, "train", classes[0])["goal"].to_numpy()
    upper.stairs(goal / widths, edges, baseline=None, color="black", linewidth=1.0)
    lower.axhline(1, color="black", linewidth=1.0)
    for number, (name, colour) in enumerate(class_colours(classes).items()):
        train, test = (_of(table, split, name) for split in ("train", "test"))
        upper.stairs(train["before"] / widths, edges, baseline=None, color=colour, **BEFORE)
        shift = _SPREAD * ((number + 0.5) / len(classes) - 0.5)
        place = 0.5 * (edges[1:] + edges[:-1]) + shift * widths
        look = {"color": colour, "marker": _MARKERS[number % len(_MARKERS)]}
        for axes, unit in ((upper, widths), (lower, goal)):
            _points(axes, place, test, unit, look)
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = train["after"] / unit
            axes.stairs(steps, edges, baseline=None, color=colour, linewidth=0.9)
    density = table[["before", "after"]].div(table["high"] - table["low"], axis=0)
    shown = pd.concat([density["before"], density["after"]])
    if is_steep(shown):
        upper.set_yscale("log", nonpositive="clip")
        upper.set_ylim(0.5 * float(shown[shown > 0].min()), 3 * float(shown.max()))
        log_axis(upper.yaxis)
    else:
        upper.set_ylim(0, 1.15 * float(shown.max()))
    lower.set_ylim(*_reach(table))
    upper.set(ylabel=per_unit("probability density", units), xlim=(edges[0], edges[-1]))
    lower.set(xlabel=with_unit(readable(spectator), units), ylabel="ratio to goal")
    _legend(figure, classes, tests)
    figure.align_ylabels()
    yield name_of("flattening", spectator, target=target), figure


def _reach(table: pd.DataFrame) -> tuple[float, float]:
    """Choose the range of ratios such that most points lie inside with their errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        away = (table["after"] - table["goal"]).abs() + table["after_error"]
        away = (away / table["goal"]).replace(np.inf, np.nan).dropna()
    largest = float(away.quantile(0.95)) if len(away) else _LEAST
    reach = min(max(1.1 * largest, _LEAST), _MOST)
    return 1 - reach, 1 + reach


def _of(table: pd.DataFrame, split: str, name: str) -> pd.DataFrame:
    return table[(table["split"] == split) & (table["class"] == name)].reset_index(drop=True)


def _points(
    axes: Axes, place: Floats, rows: pd.DataFrame, unit: Floats, look: dict[str, Any]
) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        axes.errorbar(
            place, rows["after"] / unit, yerr=rows["after_error"] / unit, linestyle="none",
            elinewidth=0.8, markersize=2.6, **look,
        )  # fmt: skip


def _legend(figure: Figure, classes: tuple[str, ...], tests: pd.DataFrame) -> None:
    """Name classes with their chi2 in the test split, and what the lines mean."""
    handles, labels = [], []
    for number, (name, colour) in enumerate(class_colours(classes).items()):
        marker = _MARKERS[number % len(_MARKERS)]
        handles.append(Line2D([], [], color=colour, marker=marker, linewidth=0.9, markersize=3))
        found = tests[
            (tests["split"] == "test") & (tests["class"] == name) & (tests["when"] == "after")
        ].iloc[0]
        labels.append(f"{readable(name)}: $\\chi^2$/ndf = {found['chi2']:.1f}/{found['ndf']:.0f}")
    handles += [Line2D([], [], color="black", linewidth=1.0), Line2D([], [], color="0.3", **BEFORE)]
    labels += ["goal", "before weights"]
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
