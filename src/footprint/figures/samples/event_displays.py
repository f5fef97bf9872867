"""Event displays: what the array saw of a few showers."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import PAGE_INCH

DEAD, SILENT, SATURATED = -1, 0, 2
"""Values of the column ``status``; others are stations that triggered."""
COLUMNS = 3
_SMALLEST, _LARGEST = 2.0, 11.0  # diameters in points
_PANEL = 110.0  # about the width of a panel in points
_ARROW = 0.55  # of half the array's width, for a horizontal shower
_SATURATED = {"color": "#d55e00", "linewidth": 1.0}


def draw(tables: SampleTables) -> Figure:
    """Draw one panel for each of the events."""
    events, stations = tables.read("events"), tables.read("stations")
    rows = -(-len(events) // COLUMNS)
    height, width = (float(np.ptp(stations[name])) for name in ("y", "x"))
    panel = 1.75 * min(max(height / max(width, 1.0), 0.5), 1.5)
    figure = Figure(figsize=(PAGE_INCH, (panel + 0.4) * rows + 0.6))
    grid = figure.subplots(rows, min(COLUMNS, len(events)), squeeze=False).ravel()
    sizes = _Sizes(stations)
    for axes, (_, event) in zip(grid, events.iterrows(), strict=False):
        seen = stations[stations["event"] == event["event"]]
        dots = _stations(axes, seen, sizes)
        _core_and_axis(axes, event, seen)
        axes.set_title(_title(event), fontsize=7.5)
        axes.set_aspect("equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        bar = figure.colorbar(dots, cax=axes.inset_axes((1.03, 0.0, 0.05, 1.0)))
        bar.outline.set_linewidth(0.5)
        bar.ax.tick_params(labelsize=6.5)
        if axes.get_subplotspec().is_last_col():
            bar.set_label(r"time after the first station [$\mu$s]", fontsize=7)
        if axes.get_subplotspec().is_last_row():
            axes.set_xlabel("x [km]")
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("y [km]")
    for surplus in grid[len(events) :]:
        surplus.remove()
    handles, labels = _key(stations, sizes)
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=len(labels),
        handler_map={tuple: HandlerTuple(ndivide=None)},
        handlelength=1.6,
    )
    return figure


class _Sizes:
    """Diameters of dots, growing with the logarithm of the signal."""

    def __init__(self, stations: pd.DataFrame) -> None:
        signal = stations["signal"].to_numpy(float)
        signal = signal[np.isfinite(signal) & (signal > 0)]
        self.low, self.high = (float(f(signal)) for f in (np.min, np.max))
        crowd = stations.groupby("event").size().max()
        self.largest = min(_LARGEST, _PANEL / float(np.sqrt(crowd)))

    def __call__(self, signal: Any) -> Any:
        span = max(np.log10(self.high / self.low), 1e-3)
        part = np.log10(np.maximum(signal, self.low) / self.low) / span
        return _SMALLEST + (self.largest - _SMALLEST) * part

    def examples(self) -> list[float]:
        """Powers of ten within the range of the signals, three at most, or its ends."""
        powers = np.arange(np.ceil(np.log10(self.low)), np.floor(np.log10(self.high)) + 1)
        found = [float(10**power) for power in powers] or [self.low, self.high]
        return found[:: max(1, -(-len(found) // 3))]


def _stations(axes: Axes, seen: pd.DataFrame, sizes: _Sizes) -> PathCollection:
    silent, dead = seen[seen["status"] == SILENT], seen[seen["status"] == DEAD]
    axes.plot(silent["x"] / 1e3, silent["y"] / 1e3, **_silent())
    axes.plot(dead["x"] / 1e3, dead["y"] / 1e3, **_dead())
    hit = seen[seen["signal"].notna() & (seen["status"] != DEAD)]
    diameter = sizes(hit["signal"])
    full = (hit["status"] == SATURATED).to_numpy()
    axes.scatter(
        hit["x"][full] / 1e3,
        hit["y"][full] / 1e3,
        s=(diameter[full] + 2.5) ** 2,
        facecolor="none",
        edgecolor=_SATURATED["color"],
        linewidth=_SATURATED["linewidth"],
    )
    return axes.scatter(
        hit["x"] / 1e3,
        hit["y"] / 1e3,
        s=diameter**2,
        c=(hit["arrival_time"] - hit["arrival_time"].min()) / 1e3,
        cmap="viridis",
        edgecolor="black",
        linewidth=0.25,
    )


def _core_and_axis(axes: Axes, event: "pd.Series[Any]", seen: pd.DataFrame) -> None:
    """Mark the core, and let an arrow come from where the shower comes from."""
    reach = _ARROW * float(max(np.ptp(seen["x"]), np.ptp(seen["y"]))) / 2e3
    core = (float(event["core_x"]) / 1e3, float(event["core_y"]) / 1e3)
    tail = (core[0] + reach * float(event["axis_x"]), core[1] + reach * float(event["axis_y"]))
    look: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": "black",
        "linewidth": 1.0,
        "mutation_scale": 7,
    }
    look["path_effects"] = [withStroke(linewidth=2.2, foreground="white")]
    axes.annotate("", xy=core, xytext=tail, arrowprops={**look, "shrinkA": 0, "shrinkB": 0})
    axes.plot(*core, **_core())


def _title(event: "pd.Series[Any]") -> str:
    parts = [str(event["mass"])] if event["mass"] not in {"", "all masses"} else []
    if "lg_energy" in event:
        parts.append(f"lg(E/eV) = {event['lg_energy']:.2f}")
    return ", ".join([*parts, rf"$\theta$ = {event['zenith']:.0f}$\degree$"])


def _silent() -> dict[str, Any]:
    return {"marker": ".", "color": "0.7", "markersize": 2.0, "linestyle": "none", "zorder": 1}


def _dead() -> dict[str, Any]:
    return {"marker": "x", "color": "0.45", "markersize": 3.0, "linestyle": "none", "zorder": 1}


def _core() -> dict[str, Any]:
    style = {"marker": "*", "color": "#bd1f01", "markersize": 6.5, "linestyle": "none"}
    return {**style, "markeredgecolor": "white", "markeredgewidth": 0.4, "zorder": 5}


def _key(stations: pd.DataFrame, sizes: _Sizes) -> tuple[list[Any], list[str]]:
    """Explain the marks, but only those that there are."""
    dot: dict[str, Any] = {
        "marker": "o",
        "color": "0.5",
        "markeredgecolor": "black",
        "linestyle": "none",
    }
    key: dict[str, Any] = {
        rf"10$^{{{np.log10(signal):.3g}}}$ VEM": Line2D(
            [], [], markersize=sizes(signal), markeredgewidth=0.25, **dot
        )
        for signal in sizes.examples()
    }
    statuses = set(stations["status"])
    if SATURATED in statuses:
        ring = {**dot, "markerfacecolor": "none", "markeredgecolor": _SATURATED["color"]}
        key["saturated"] = Line2D([], [], markersize=8, **ring)
    if SILENT in statuses:
        key["silent"] = Line2D([], [], **_silent())
    if DEAD in statuses:
        key["dead"] = Line2D([], [], **_dead())
    key["core"] = Line2D([], [], **_core())
    shaft = Line2D([], [], color="black", linewidth=1.0)
    head = Line2D([], [], color="black", marker=">", markersize=4, linestyle="none")
    key["shower axis"] = (shaft, head)
    return list(key.values()), list(key)
