"""ROC curves under parameter sets: the nominal one, what each set makes of it, and all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.errors import FileFormatError, suggest
from footprint.figures.methods import methods_of
from footprint.figures.names import readable
from footprint.figures.style import CLASS_COLOURS, COLUMN_INCH, REFERENCE, columns_for, log_axis
from footprint.figures.tables import Tables

NOMINAL = "nominal"
_BANDS: dict[str, dict[str, Any]] = {
    "total": {"color": "0.82", "linewidth": 0, "zorder": 1.0},
    "statistical": {"color": "#0065b3", "alpha": 0.3, "linewidth": 0, "zorder": 1.5},
}
_KNOWN = 0.5
"""Where the statistical band of the ratio is wider, curves set no limits."""
_WIDEST = (0.0, 3.0)
_MARKUP = re.compile(r"\\[A-Za-z]+|[${}_^]")
"""What a label holds beside the letters that are seen."""


@dataclass(frozen=True)
class Curve:
    """Background rejection at one point, against the signal efficiency, shape (m,) each."""

    efficiency: NDArray[np.float64]
    rejection: NDArray[np.float64]


def names(tables: Tables) -> Iterator[tuple[str, str]]:
    """List the networks and the classes they look for, a figure for each pair."""
    table = tables.read("shifted_roc")
    for name, method in methods_of(tables).items():
        if method.in_front and name in set(table["method"]):
            yield from ((name, signal) for signal in tables.target.signals)


def draw(tables: Tables, method: str, signal: str) -> Figure:
    """Draw the ROC curves of one network for one class against the rest.

    Raises
    ------
    FileFormatError
        The table does not have the method with this class.
    """
    table = tables.read("shifted_roc")
    rows = table[(table["method"] == method) & (table["class"] == signal)]
    if rows.empty:
        there = sorted({f"{m} {c}" for m, c in zip(table["method"], table["class"], strict=True)})
        msg = f"{tables.path('shifted_roc')}: no curve of '{method}' and class '{signal}'; "
        raise FileFormatError(msg + suggest(f"{method} {signal}", there))
    nominal = rows[rows["point"] == NOMINAL]
    sets = [str(name) for name in rows["parameter_set"].unique() if name]
    figure = Figure()
    main, ratio = figure.subplots(2, sharex=True, height_ratios=[2.2, 1])
    own = _curve(nominal, "false_positive_rate")
    for axes, unit in ((main, np.ones_like(own.rejection)), (ratio, own.rejection)):
        _draw_bands(axes, nominal, unit)
        for number, name in enumerate(sets):
            _draw_set(axes, rows[rows["parameter_set"] == name], unit, number)
        axes.plot(own.efficiency, own.rejection / unit, color="k", label=NOMINAL, zorder=3)
    _frame(main, ratio, _well_known(nominal), signal)
    handles, labels = main.get_legend_handles_labels()
    columns = columns_for([_MARKUP.sub("", label) for label in labels])
    figure.set_size_inches(COLUMN_INCH, 3.4 + 0.145 * -(-len(labels) // columns))
    figure.legend(
        handles,
        labels,
        loc="outside upper left",
        alignment="left",
        title=f"{methods_of(tables)[method].label}: {readable(signal)} against the rest",
        ncols=columns,
    )
    figure.align_ylabels()
    return figure


def _curve(rows: pd.DataFrame, column: str) -> Curve:
    rate = rows[column].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rejection = np.where(rate > 0, 1 / rate, np.nan)
    return Curve(rows["signal_efficiency"].to_numpy(float), rejection)


def _draw_bands(axes: Axes, nominal: pd.DataFrame, unit: NDArray[np.float64]) -> None:
    bands = {"total": ("total_low", "total_high"), "statistical": ("low", "high")}
    labels = {"total": "all sets in quadrature", "statistical": "statistical, 68 %"}
    for name, columns in bands.items():
        low, high = (_curve(nominal, column) for column in columns[::-1])
        known = np.isfinite(low.rejection) & np.isfinite(unit)
        # No background left: up to the frame.
        top = np.where(np.isfinite(high.rejection), high.rejection, 1e12)
        axes.fill_between(
            low.efficiency,
            low.rejection / unit,
            top / unit,
            where=known,
            label=labels[name],
            **_BANDS[name],
        )


def _draw_set(axes: Axes, rows: pd.DataFrame, unit: NDArray[np.float64], number: int) -> None:
    """Draw a thin line a point: dashes where a pair goes down, one colour a set."""
    for point, found in rows.groupby("point", sort=False):
        shift = str(found["shift"].iloc[0])
        curve = _curve(found, "false_positive_rate")
        label = str(found["label"].iloc[0]) or readable(str(found["parameter_set"].iloc[0]))
        axes.plot(
            curve.efficiency,
            curve.rejection / unit,
            color=CLASS_COLOURS[number % len(CLASS_COLOURS)],
            linestyle="--" if shift == "down" else "-",
            linewidth=0.8,
            label=f"{label} {shift}".strip(),
            gid=str(point),
            zorder=2,
        )


def _well_known(nominal: pd.DataFrame) -> NDArray[np.bool_]:
    rate, low, high = (
        nominal[name].to_numpy(float) for name in ("false_positive_rate", "low", "high")
    )
    return np.asarray((rate > 0) & (high - low < _KNOWN * rate), dtype=np.bool_)


def _frame(main: Axes, ratio: Axes, known: NDArray[np.bool_], signal: str) -> None:
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in main.lines]
    highest = max(float(np.nanmax(values)) for values in lines)
    main.set(xlim=(0, 1), ylim=(0.9, 2 * highest), yscale="log")
    log_axis(main.yaxis)
    main.set_ylabel(r"background rejection $1/\epsilon_\mathrm{b}$")
    ends = [np.asarray(line.get_ydata(), dtype=float)[known] for line in ratio.lines]
    far = max(float(np.nanmax(np.abs(values - 1), initial=0.05)) for values in ends)
    low, high = max(_WIDEST[0], 1 - 1.15 * far), min(_WIDEST[1], 1 + 1.15 * far)
    ratio.set(ylim=(low, high), ylabel="over nominal")
    ratio.axhline(1, **REFERENCE)
    ratio.set_xlabel(rf"{readable(signal)} efficiency $\epsilon_\mathrm{{s}}$")
