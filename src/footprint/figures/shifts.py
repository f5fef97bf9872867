"""Shifts: by how much each parameter set changes the numbers of all methods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from footprint.errors import FileFormatError
from footprint.evaluation.quantities import AT_NOMINAL
from footprint.figures.against import FAR
from footprint.figures.methods import Method, by_method
from footprint.figures.names import metric_name, readable, unit_of
from footprint.figures.style import COLUMN_INCH, PAGE_INCH, REFERENCE, columns_for
from footprint.figures.tables import Tables

OF_TASKS = (
    ("accuracy", "auc_macro"),
    ("angle_68",),
    ("distance_68",),
    ("relative_bias", "relative_half_width_68"),
    ("bias", "half_width_68"),
)
"""The metrics that are drawn: the first of these whose metrics the table has."""
ALL_SETS = "all sets in quadrature"
_RELATIVE = ("rejection_", "mistag_")
"""Metrics whose relative change is shown, in per cent."""


@dataclass(frozen=True)
class Panel:
    """One metric and how its change is shown.

    Attributes
    ----------
    metric
        Its name.
    relative
        Whether the change is divided by the nominal value.
    label
        What stands below the axis.
    """

    metric: str
    relative: bool
    label: str

    def change(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Get changes and their errors."""
        if self.relative:
            ratio, error = (rows[name].to_numpy(float) for name in ("ratio", "ratio_error"))
            return 100 * (ratio - 1), 100 * error
        return rows["change"].to_numpy(float), rows["change_error"].to_numpy(float)

    def ends(self, row: "pd.Series[float]") -> tuple[float, float]:
        """Get the sums of all sets down and up; NaN over a nominal value of zero."""
        nominal = float(row["value"]) or np.nan
        factor = 100 / nominal if self.relative else 1.0
        return factor * float(row["down"]), factor * float(row["up"])


def draw(tables: Tables) -> Figure:
    """Draw a row for each set, and one for their sum, in a panel for each of the main metrics.

    Raises
    ------
    FileFormatError
        The table has none of the known metrics.
    """
    table = tables.read("shifts")
    panels = _panels(tables, table)
    sets = [str(name) for name in table["parameter_set"].unique()]
    methods = [method for method, rows in by_method(tables, "shifts") if _moves(rows, panels)]
    width = COLUMN_INCH if len(panels) == 1 else PAGE_INCH
    height = (0.2 + 0.08 * len(methods)) * (len(sets) + 1)
    figure = Figure(figsize=(width, 0.8 + height + 0.15 * (-(-len(methods) // len(panels)) + 1)))
    grid = list(figure.subplots(1, len(panels), sharey=True, squeeze=False)[0])
    for axes, panel in zip(grid, panels, strict=True):
        axes.axvline(0, **REFERENCE)
        for index, method in enumerate(methods):
            aside = 0.7 * ((index + 0.5) / len(methods) - 0.5)
            heights = {name: row + aside for row, name in enumerate([*sets, ALL_SETS])}
            _draw_method(axes, tables, method, panel, heights)
        _limit(axes, tables, panel, methods)
        axes.set_xlabel(panel.label)
    _name_rows(grid, table, sets)
    _legend(figure, grid[0], width, paired=bool((table["shift"] == "down").any()))
    return figure


def _panels(tables: Tables, table: pd.DataFrame) -> list[Panel]:
    there = list(dict.fromkeys(table["metric"]))
    signals = tables.target.signals
    if len(signals) == 1:
        marks = [name for name in there if name.startswith(f"efficiency_{signals[0]}{AT_NOMINAL}")]
        wanted = [kind for kind in ("rejection_", "efficiency_", "mistag_") if marks]
        of_signal = marks[0].removeprefix("efficiency_") if marks else ""
        metrics = tuple(
            f"{kind}{of_signal.replace(AT_NOMINAL, '_at_') if kind == 'rejection_' else of_signal}"
            for kind in wanted
        )
    else:
        metrics = next((names for names in OF_TASKS if set(names) <= set(there)), ())
    if not metrics or not set(metrics) <= set(there):
        msg = f"{tables.path('shifts')}: none of the metrics {OF_TASKS}, found {sorted(there)}"
        raise FileFormatError(msg)
    return [_panel(table, metric) for metric in metrics]


def _panel(table: pd.DataFrame, metric: str) -> Panel:
    relative = metric.startswith(_RELATIVE)
    unit = "%" if relative else unit_of(str(table.loc[table["metric"] == metric, "unit"].iloc[0]))
    name = metric_name(metric).replace(", ", ",\n")
    kind = "relative change of" if relative else "change of"
    return Panel(metric, relative, f"{kind}\n{name}" + (f" [{unit}]" if unit else ""))


def _moves(rows: pd.DataFrame, panels: Sequence[Panel]) -> bool:
    """Leave out what cannot change, such as a constant."""
    changes = rows.loc[rows["metric"].isin([panel.metric for panel in panels]), "change"]
    return bool((changes.fillna(0) != 0).any())


def _draw_method(
    axes: Axes, tables: Tables, method: Method, panel: Panel, heights: Mapping[str, float]
) -> None:
    """Draw filled points, open ones where a pair goes down, and a bar for the sum of all sets."""
    look = {**method.points, "linestyle": "none", "label": method.label}
    rows = _of(tables.read("shifts"), method, panel)
    for down, found in (
        (False, rows[rows["shift"] != "down"]),
        (True, rows[rows["shift"] == "down"]),
    ):
        if found.empty:
            continue
        changes, errors = panel.change(found)
        places = [heights[str(name)] for name in found["parameter_set"]]
        fill = {"markerfacecolor": "white", "label": "_down"} if down else {}
        axes.errorbar(changes, places, xerr=errors, **(look | fill))
    total = _of(tables.read("total_shifts"), method, panel)
    if len(total):
        low, high = panel.ends(total.iloc[0])
        height = heights[ALL_SETS]
        axes.plot([low, high], [height, height], color=method.colour, linewidth=3, alpha=0.6,
                  solid_capstyle="butt")  # fmt: skip


def _of(table: pd.DataFrame, method: Method, panel: Panel) -> pd.DataFrame:
    return table[(table["method"] == method.name) & (table["metric"] == panel.metric)]


def _limit(axes: Axes, tables: Tables, panel: Panel, methods: Sequence[Method]) -> None:
    """Let methods that shift `FAR` more than all networks leave the panel."""
    table = tables.read("total_shifts")
    found = {
        method: max(map(abs, panel.ends(rows.iloc[0])))
        for method in methods
        for rows in [_of(table, method, panel)]
        if len(rows)
    }
    reach = {method: size for method, size in found.items() if np.isfinite(size)}
    networks = [size for method, size in reach.items() if method.in_front]
    most = FAR * max(networks, default=np.inf)
    if any(size > most > 0 for size in reach.values()):
        inside = max(size for size in reach.values() if size <= most)
        axes.set_xlim(-1.2 * inside, 1.2 * inside)


def _name_rows(grid: Sequence[Axes], table: pd.DataFrame, sets: Sequence[str]) -> None:
    labels = dict(zip(table["parameter_set"], table["label"], strict=True))
    names = [str(labels[name]) or readable(name) for name in sets]
    for axes in grid:
        axes.set_yticks(range(len(sets) + 1), [*names, ALL_SETS])
        axes.set_ylim(len(sets) + 0.5, -0.5)
        axes.tick_params(axis="y", which="both", length=0)
        axes.yaxis.set_minor_locator(NullLocator())
        axes.axhline(len(sets) - 0.5, color="k", linewidth=0.6)
        for height in range(1, len(sets)):
            axes.axhline(height - 0.5, color="0.9", linewidth=0.5, zorder=0.5)


def _legend(figure: Figure, axes: Axes, width: float, *, paired: bool) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        title="filled: up, or the only one; open: down" if paired else None,
        loc="outside upper center",
        ncols=columns_for(labels, width),
    )
