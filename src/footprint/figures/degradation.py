"""Degradation: how the numbers change where the sample is simulated in another way."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.figures.against import Panel, frame
from footprint.figures.methods import by_method
from footprint.figures.names import metric_name, readable, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for
from footprint.figures.tables import Tables

PANELS = (
    ("accuracy",),
    ("angle_68",),
    ("distance_68",),
    ("relative_half_width_68", "relative_bias"),
    ("half_width_68", "bias"),
)
"""The metrics that are drawn: the first of these whose metrics the table has."""


def curves(tables: Tables) -> list[str]:
    """List what was varied."""
    return [str(name) for name in tables.read("degradation")["curve"].unique()]


def draw(tables: Tables, curve: str) -> Figure:
    """Draw the main metrics of all methods along one curve.

    Raises
    ------
    FileFormatError
        The table does not have the curve, or none of the known metrics.
    """
    table = tables.read("degradation")
    if curve not in set(table["curve"]):
        msg = f"{tables.path('degradation')}: no curve '{curve}'; "
        raise FileFormatError(msg + suggest(curve, table["curve"].unique()))
    there = set(table["metric"])
    metrics = next((names for names in PANELS if set(names) <= there), None)
    if metrics is None:
        msg = f"{tables.path('degradation')}: none of the metrics {PANELS}, found {sorted(there)}"
        raise FileFormatError(msg)
    rows = table[table["curve"] == curve]
    places = _places(list(dict.fromkeys(rows["setting"])))
    figure = Figure(
        figsize=(COLUMN_INCH, 0.7 + 1.75 * len(metrics) + 0.15 * len(rows["method"].unique()))
    )
    grid = list(figure.subplots(len(metrics), sharex=True, squeeze=False)[:, 0])
    for axes, metric in zip(grid, metrics, strict=True):
        _panel(axes, tables, curve, metric, places)
    nominal = rows.loc[rows["nominal"] == 1, "setting"].iloc[0]
    for axes in grid:
        axes.axvline(places[str(nominal)], **REFERENCE)
    label, units = (str(rows[name].iloc[0]) for name in ("label", "setting_units"))
    _settings_axis(grid[-1], places, with_unit(label or readable(curve), units))
    figure.align_ylabels()
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure


def _panel(axes: Axes, tables: Tables, curve: str, metric: str, places: dict[str, float]) -> None:
    shift = 0.0 if _numeric(places) else 0.06
    methods = [
        (method, entries.rename(columns={"value": metric, "error": f"{metric}_error"}))
        for method, rows in by_method(tables, "degradation")
        for entries in [rows[(rows["curve"] == curve) & (rows["metric"] == metric)]]
        if not entries.empty
    ]
    for index, (method, rows) in enumerate(methods):
        aside = shift * (index - (len(methods) - 1) / 2)
        x = np.asarray([places[str(setting)] + aside for setting in rows["setting"]])
        order = np.argsort(x)
        look = method.points if _numeric(places) else {**method.points, "linestyle": "none"}
        values, errors = (rows[name].to_numpy()[order] for name in (metric, f"{metric}_error"))
        axes.errorbar(x[order], values, yerr=errors, label=method.label, **look)
    unit = str(_unit(tables.read("degradation"), metric))
    panel = Panel(metric, with_unit(metric_name(metric), unit), signed="bias" in metric)
    axes.set_ylabel(panel.label)
    if panel.signed:
        axes.axhline(0, **REFERENCE)
    frame(axes, panel, methods)


def _unit(table: pd.DataFrame, metric: str) -> str:
    return str(table.loc[table["metric"] == metric, "unit"].iloc[0])


def _numeric(places: dict[str, float]) -> bool:
    """Tell numbers, which lie where they lie, from names, which stand in a row."""
    return all(_number(setting) is not None for setting in places)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _places(settings: Sequence[str]) -> dict[str, float]:
    """Place the settings on the axis: numbers where they lie, or in a row where some are names.

    In a row numbers come first, the smallest one before the others; names keep their order.
    """
    numbers = {setting: _number(setting) for setting in settings}
    if None in numbers.values():
        ranks = {s: (value is None, value or 0.0) for s, value in numbers.items()}
        row = sorted(settings, key=ranks.__getitem__)
        return {setting: float(place) for place, setting in enumerate(row)}
    return {setting: number for setting, number in numbers.items() if number is not None}


def _settings_axis(axes: Axes, places: dict[str, float], label: str) -> None:
    axes.set_xlabel(label)
    if not _numeric(places):
        axes.set_xticks(list(places.values()), list(places), rotation=20, ha="right")
        axes.minorticks_off()
        axes.set_xlim(-0.5, len(places) - 0.5)
