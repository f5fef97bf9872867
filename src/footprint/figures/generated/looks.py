"""What figures of generated events share: whose events they are, and panels of ratios."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.errors import FileFormatError, suggest
from footprint.figures.bins import edges_of
from footprint.figures.methods import methods_of
from footprint.figures.names import readable
from footprint.figures.style import columns_for
from footprint.figures.tables import Tables

REAL = "real"
RATIO_SPAN = (0.5, 1.5)
_POINTS: dict[str, Any] = {
    "color": "black",
    "marker": "o",
    "markersize": 2.2,
    "linestyle": "none",
    "elinewidth": 0.8,
    "zorder": 4.0,
}


@dataclass(frozen=True)
class Sample:
    """Whose events.

    Attributes
    ----------
    name, label
        In tables and in legends.
    line
        Look of its line; of real events, which are points, not used.
    in_front
        Whether it is what the figure is about.
    """

    name: str
    label: str
    line: dict[str, Any]
    in_front: bool

    @property
    def real(self) -> bool:
        """Whether these are the real events."""
        return self.name == REAL


def samples_of(tables: Tables, name: str) -> list[Sample]:
    """List whose events a table holds, in its order.

    Raises
    ------
    FileFormatError
        A sample is neither real nor a method.
    """
    methods = methods_of(tables)
    found = []
    for sample in map(str, tables.read(name)["sample"].unique()):
        if sample == REAL:
            found.append(Sample(sample, "real", {}, in_front=False))
        elif sample in methods:
            look = methods[sample]
            label = readable(sample)
            found.append(Sample(sample, label, look.line, in_front=look.in_front))
        else:
            msg = f"{tables.path(name)}: sample '{sample}' is none; "
            raise FileFormatError(msg + suggest(sample, [REAL, *methods]))
    return found


def each(table: pd.DataFrame, samples: list[Sample]) -> Iterator[tuple[Sample, pd.DataFrame]]:
    """Go through the samples that have rows, the main one last."""
    for sample in sorted(samples, key=lambda sample: sample.in_front):
        rows = table[table["sample"] == sample.name]
        if len(rows):
            yield sample, rows


def steps(axes: Axes, rows: pd.DataFrame, quantity: str, error: str, sample: Sample) -> None:
    """Draw bins: points with errors of real events, else steps with a band."""
    edges = edges_of(rows)
    values, errors = rows[quantity].to_numpy(float), np.nan_to_num(rows[error].to_numpy(float))
    if sample.real:
        there = np.isfinite(values) & (values != 0)
        middle = 0.5 * (edges[:-1] + edges[1:])
        axes.errorbar(middle[there], values[there], yerr=errors[there], **_POINTS)
        return
    if sample.in_front:
        low, high = values - errors, values + errors
        look = {"color": sample.line["color"], "alpha": 0.25, "linewidth": 0}
        axes.stairs(high, edges, baseline=low, fill=True, **look)
    axes.stairs(values, edges, baseline=None, **sample.line)


def ratio(axes: Axes, table: pd.DataFrame, samples: list[Sample]) -> None:
    """Draw the ratio to the real events, whose own errors are the band about 1."""
    for sample, rows in each(table, samples):
        if sample.real:
            value = _column(rows, VALUES)
            with np.errstate(invalid="ignore", divide="ignore"):
                relative = np.nan_to_num(rows["error"].to_numpy(float) / value)
            look = {"color": "0.85", "linewidth": 0, "zorder": 0.5}
            axes.stairs(1 + relative, edges_of(rows), baseline=1 - relative, fill=True, **look)
        else:
            steps(axes, rows, "ratio", "ratio_error", sample)
    axes.axhline(1, color="0.4", linewidth=0.6, zorder=1)
    axes.set_ylim(*RATIO_SPAN)


VALUES = ("density", "signal")
"""Columns that hold what is drawn above the ratio."""


def _column(rows: pd.DataFrame, names: tuple[str, ...]) -> NDArray[np.float64]:
    return rows[next(name for name in names if name in rows)].to_numpy(float)


def legend(figure: Figure, samples: list[Sample], width_inch: float) -> None:
    """Say above the figure whose events are which."""
    axes = figure.axes[0]
    handles = []
    for sample in samples:
        if sample.real:
            handles.append(axes.errorbar([], [], yerr=[], label=sample.label, **_POINTS))
        else:
            handles.append(axes.plot([], [], label=sample.label, **sample.line)[0])
    labels = [sample.label for sample in samples]
    columns = columns_for(labels, width_inch)
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)
