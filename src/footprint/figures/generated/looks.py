"""What figures of generated events share: whose events they are, and panels of ratios."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.figures.bins import edges_of
from footprint.figures.methods import methods_of
from footprint.figures.names import readable
from footprint.figures.style import REFERENCE, columns_for
from footprint.figures.tables import Tables

REAL = "real"
MOST_ERROR = 0.3
"""Relative error of a ratio up to which it is drawn."""
SPANS = (0.05, 0.1, 0.2, 0.5, 1.0)
"""How far panels of ratios reach from 1."""
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
    errors = np.where(values > 0, errors, 0.0)  # the bands of empty bins would hide others
    if sample.real:
        there = np.isfinite(values) & (values != 0)
        middle = 0.5 * (edges[:-1] + edges[1:])
        axes.errorbar(middle[there], values[there], yerr=errors[there], **_POINTS)
        return
    if sample.in_front:
        low, high = values - errors, values + errors
        look: dict[str, Any] = {"color": sample.line["color"], "alpha": 0.25, "linewidth": 0}
        axes.stairs(high, edges, baseline=low, fill=True, **look)
    axes.stairs(values, edges, baseline=None, **sample.line)


def ratio(axes: Axes, table: pd.DataFrame, samples: list[Sample]) -> None:
    """Draw the ratio to the real events; not where these are too few for one.

    Its error holds that of the real events, with which generated ones are resampled together.
    """
    axes.axhline(1, **{**REFERENCE, "linestyle": "-", "linewidth": 0.6})
    shown = []
    for sample, rows in each(table, samples):
        if sample.real:
            continue
        known = rows.copy()
        few = ~(known["ratio_error"] < MOST_ERROR * known["ratio"].clip(lower=1))
        known.loc[few, ["ratio", "ratio_error"]] = np.nan
        steps(axes, known, "ratio", "ratio_error", sample)
        if sample.in_front:
            away = np.abs(known["ratio"] - 1) + known["ratio_error"]
            shown.append(float(away.max(skipna=True)))
    most = max((value for value in shown if np.isfinite(value)), default=0.0)
    reach = next((span for span in SPANS if span > most), SPANS[-1])
    axes.set_ylim(1 - reach, 1 + reach)


def legend(figure: Figure, samples: list[Sample], width_inch: float) -> None:
    """Say above the figure whose events are which."""
    axes = figure.axes[0]
    handles: list[Any] = []
    for sample in samples:
        if sample.real:
            handles.append(axes.errorbar([], [], yerr=[], label=sample.label, **_POINTS))
        else:
            handles.append(axes.plot([], [], label=sample.label, **sample.line)[0])
    labels = [sample.label for sample in samples]
    columns = columns_for(labels, width_inch)
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)
