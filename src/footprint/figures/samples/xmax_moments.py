"""Mean and standard deviation of Xmax against the energy, beside the hadronic model's lines."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from footprint.figures.samples.looks import LG_ENERGY, by_mass, points
from footprint.figures.samples.tables import SampleTables
from footprint.figures.style import COLUMN_INCH, columns_for

XMAX = r"X$_\mathrm{max}$"
_KEYS: dict[str, dict[str, Any]] = {
    r"$\theta$ > 45$\degree$": {},
    "all showers": {"markerfacecolor": "white"},
}


def draw(tables: SampleTables) -> Figure:
    """Draw inclined showers as points, all showers as hollow ones, and the model as lines."""
    table = tables.read("xmax_moments")
    figure = Figure(figsize=(COLUMN_INCH, 4.6))
    upper, lower = figure.subplots(2, sharex=True)
    for axes, quantity in ((upper, "mean"), (lower, "sd")):
        for showers, face in (("all", "white"), ("inclined", None)):
            for name, look, rows in by_mass(table[table["showers"] == showers]):
                label = name if face is None else None
                points(axes, rows, quantity, label=label, markerfacecolor=face, **look)
        if tables.has("xmax_model"):
            _lines(axes, tables, quantity)
    upper.set_ylabel(rf"mean {XMAX} [g/cm$^2$]")
    lower.set_ylabel(rf"standard deviation of {XMAX} [g/cm$^2$]")
    lower.set_ylim(bottom=0)
    lower.set_xlabel(LG_ENERGY)
    figure.align_ylabels()
    handles, labels = upper.get_legend_handles_labels()
    for label, look in _KEYS.items():
        handles.append(Line2D([], [], linestyle="none", color="0.4", marker="o", **look))
        labels.append(label)
    if tables.hadronic_model is not None:
        handles.append(Line2D([], [], color="0.4", linewidth=1.0))
        labels.append(tables.hadronic_model)
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure


def _lines(axes: Axes, tables: SampleTables, quantity: str) -> None:
    for _, look, rows in by_mass(tables.read("xmax_model")):
        axes.plot(rows["lg_energy"], rows[quantity], color=look["color"], linewidth=1.0, zorder=1.0)
