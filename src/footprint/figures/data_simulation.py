"""Recorded and simulated events: distributions with their ratio, and how well all agree."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.bins import edges_of
from footprint.figures.names import readable, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, class_colours, log_axis
from footprint.figures.tables import Tables

_DATA: dict[str, Any] = {
    "color": "black",
    "marker": "o",
    "linestyle": "none",
    "elinewidth": 0.9,
    "markersize": 2.8,
}
_SIMULATION = "#0065b3"
_ROOM = 1.35
_DECADES = 100.0
_SMALLEST = 1e-6
"""Probabilities are drawn down to here."""
_FAR = 1.05
"""Bars of a ratio that reach beyond this distance from 1 leave the panel."""


def names(tables: Tables) -> list[str]:
    """List the quantities that are compared."""
    return list(tables.read("data_histograms")["quantity"].unique())


def draw(tables: Tables, quantity: str) -> Figure:
    """Draw a quantity of recorded events on that of simulated ones, and their ratio below."""
    table = tables.read("data_histograms")
    rows = table[table["quantity"] == quantity]
    figure = Figure(figsize=(COLUMN_INCH, 3.6))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(2.6, 1))
    edges = edges_of(rows)
    simulation, error = (rows[c].to_numpy(float) for c in ("simulation", "simulation_error"))
    error = np.where(simulation > 0, error, 0.0)
    _components(upper, tables, quantity)
    upper.stairs(simulation, edges, color=_SIMULATION, linewidth=1.3, label="simulation")
    band: dict[str, Any] = {"fill": True, "color": _SIMULATION, "alpha": 0.3, "linewidth": 0}
    upper.stairs(simulation + error, edges, baseline=np.maximum(simulation - error, 0), **band)
    centres = 0.5 * (edges[1:] + edges[:-1])
    seen = rows["data"].to_numpy(float) > 0
    upper.errorbar(
        centres[seen], rows["data"][seen], yerr=rows["data_error"][seen], label="data", **_DATA
    )
    _scale(upper, rows)
    upper.set_ylabel("events")
    _ratio(lower, rows, edges)
    lower.set(
        xlim=(edges[0], edges[-1]),
        xlabel=with_unit(_label(rows), _text(rows, "units")),
        ylabel="data /\nsimulation",
    )
    upper.legend(loc="upper right", ncols=2, title=_agreement(tables, quantity))
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.set(hspace=0.0, h_pad=0.02)  # type: ignore[call-arg]
    figure.align_ylabels()
    return figure


def _components(axes: Axes, tables: Tables, quantity: str) -> None:
    """Stack the simulated events of all classes."""
    if not tables.has("data_components"):
        return
    table = tables.read("data_components")
    table = table[table["quantity"] == quantity]
    base: np.ndarray | float = 0.0
    for name, colour in class_colours(tables.target.classes).items():
        rows = table[table["class"] == name]
        top = base + rows["simulation"].to_numpy(float)
        look: dict[str, Any] = {"fill": True, "color": colour, "alpha": 0.55, "linewidth": 0}
        axes.stairs(top, edges_of(rows), baseline=base, label=readable(name), **look)
        base = top


def _scale(axes: Axes, rows: pd.DataFrame) -> None:
    """Leave room for the legend; choose a logarithmic axis where few bins hold nearly all."""
    top = float(max(rows["data"].max(), rows["simulation"].max()))
    filled = rows.loc[rows["data"] > 0, "data"]
    if len(filled) and top > _DECADES * float(filled.median()):
        axes.set_yscale("log")
        axes.set_ylim(0.4, 30 * top)
        log_axis(axes.yaxis)
    else:
        axes.set_ylim(0, 1.25 * _ROOM * top)


def _ratio(axes: Axes, rows: pd.DataFrame, edges: np.ndarray) -> None:
    axes.axhline(1, **REFERENCE)
    band = rows["band"].fillna(0).to_numpy(float)
    look: dict[str, Any] = {"fill": True, "color": _SIMULATION, "alpha": 0.3, "linewidth": 0}
    axes.stairs(1 + band, edges, baseline=1 - band, **look)
    known = rows[rows["ratio"].notna() & (rows["data"] > 0)]
    centres = 0.5 * (known["low"] + known["high"])
    axes.errorbar(centres, known["ratio"], yerr=known["ratio_error"], **_DATA)
    # Bins of a few events do not decide how the panel is scaled.
    sure = known[known["ratio_error"] < 0.5 * known["ratio"]]
    away = ((sure["ratio"] - 1).abs() + sure["ratio_error"]).max() if len(sure) else 0.5
    reach = float(np.clip(1.1 * away, 0.15, _FAR))
    axes.set_ylim(1 - reach, 1 + reach)


def _agreement(tables: Tables, quantity: str) -> str:
    """Write both tests of a quantity in a line."""
    table = tables.read("data_tests")
    row = table[table["quantity"] == quantity].iloc[0]
    text = f"KS: {_probability(row['ks_probability'])}"
    if row["degrees"] > 0:
        text += f";  $\\chi^2$/ndf = {row['chi2']:.1f}/{row['degrees']:.0f}"
        text += f", {_probability(row['chi2_probability'])}"
    return text


def _probability(value: float) -> str:
    return f"p = {value:.2g}" if value >= _SMALLEST else "p < 10$^{-6}$"


def draw_tests(tables: Tables) -> Figure:
    """Draw the probabilities of both tests for all quantities, below one another."""
    table = tables.read("data_tests")
    figure = Figure(figsize=(COLUMN_INCH + 0.6, 1.0 + 0.2 * len(table)))
    axes = figure.subplots()
    heights = np.arange(len(table))[::-1]
    tests: dict[str, tuple[str, dict[str, Any]]] = {
        "ks_probability": ("Kolmogorov-Smirnov", {"marker": "o", "color": _SIMULATION}),
        "chi2_probability": (r"$\chi^2$", {"marker": "s", "color": "#d55e00"}),
    }
    for column, (label, look) in tests.items():
        values = np.maximum(table[column].to_numpy(float), _SMALLEST)
        axes.plot(values, heights, linestyle="none", label=label, **look)
    one_in_twenty = 0.05 / len(table)
    axes.axvline(one_in_twenty, **REFERENCE)
    axes.set(xscale="log", xlim=(0.7 * _SMALLEST, 1.4), ylim=(-0.7, len(table) - 0.3))
    log_axis(axes.xaxis)
    names = [
        str(label) if kind == "score" else f"{kind}: {label}"
        for kind, label in zip(table["kind"], table["label"], strict=True)
    ]
    axes.set_yticks(heights, names)
    axes.minorticks_off()
    axes.set_xlabel("probability of a larger difference by chance")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _label(rows: pd.DataFrame) -> str:
    return _text(rows, "label")


def _text(rows: pd.DataFrame, column: str) -> str:
    found = str(rows[column].iloc[0])
    return "" if found == "nan" else found
