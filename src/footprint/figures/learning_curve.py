"""Learning curves: loss and metrics of training and validation, epoch by epoch."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from footprint.config.base import DISTRIBUTIONS
from footprint.figures.generated.learning_curve import CRITIC
from footprint.figures.generated.learning_curve import draw as of_generator
from footprint.figures.names import metric_name, readable
from footprint.figures.style import COLUMN_INCH, log_axis
from footprint.figures.tables import Tables, Target

_COLOURS = ("#0065b3", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_PREFIX = "validation_"
_PENALTY = "weight_penalty"
_DECADE = 10
_TRAINING: dict[str, Any] = {"linestyle": (0, (3, 1.5)), "linewidth": 1.0}
_OF_WEIGHTS: dict[str, Any] = {"linestyle": ":", "linewidth": 1.0}
_CHOSEN: dict[str, Any] = {"marker": "o", "markersize": 6, "fillstyle": "none", "linestyle": "none"}


def draw(tables: Tables) -> Figure:
    """Draw the loss, the metrics, and the learning rate if it changed, one line a seed.

    Losses are drawn as they were minimised: with the penalties on weights, if there are any, which
    have lines of their own.
    """
    table = tables.read("learning_curve")
    if CRITIC in table:
        return of_generator(tables)
    columns = [str(name) for name in table]
    quantities = _own([name for name in columns if _PREFIX + name in columns], tables.target.name)
    changed = table["learning_rate"].nunique() > 1
    heights = [2.0] * len(quantities) + [1.0] * changed
    figure = Figure(figsize=(COLUMN_INCH, 0.9 * sum(heights) + 1.0))
    grid = list(
        figure.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    )
    colours = {
        seed: _COLOURS[index % len(_COLOURS)] for index, seed in enumerate(table["seed"].unique())
    }
    for seed, rows in table.sort_values("epoch").groupby("seed"):
        for axes, name in zip(grid, quantities, strict=False):
            _quantity(axes, rows, name, colours[seed])
            if name == "loss" and _PENALTY in rows:
                axes.plot(rows["epoch"], rows[_PENALTY], color=colours[seed], **_OF_WEIGHTS)
        if changed:
            grid[-1].step(
                rows["epoch"], rows["learning_rate"], where="mid", color=colours[seed], linewidth=1
            )
    for axes, name in zip(grid, quantities, strict=False):
        several = f"{tables.target.name}_loss" in quantities
        label = _label(name, tables.target, several=several)
        with_penalty = name == "loss" and _PENALTY in table
        axes.set_ylabel(f"{label}\nwith penalty on weights" if with_penalty else label)
        if _spans_decades(table, name):
            axes.set_yscale("log")
            log_axis(axes.yaxis)
    if changed:
        grid[-1].set(ylabel="learning rate", yscale="log")
        log_axis(grid[-1].yaxis)
    _epochs(grid[-1], table)
    figure.align_ylabels()
    _legends(figure, grid[0], colours, penalty=_PENALTY in table)
    return figure


def _quantity(axes: Axes, rows: pd.DataFrame, name: str, colour: str) -> None:
    axes.plot(rows["epoch"], rows[name], color=colour, **_TRAINING)
    axes.plot(rows["epoch"], rows[_PREFIX + name], color=colour)
    if rows["validation_loss"].notna().any():
        chosen = rows.iloc[int(np.nanargmin(rows["validation_loss"]))]
        axes.plot(
            chosen["epoch"],
            chosen[_PREFIX + name],
            **_CHOSEN,
            markeredgecolor=colour,
        )


def _own(quantities: list[str], target: str) -> list[str]:
    """Of a network with several targets, keep the loss and what is of one target."""
    ending = "_loss"
    targets = [name.removesuffix(ending) for name in quantities if name.endswith(ending)]
    if target not in targets:
        return quantities

    def owner(name: str) -> str:
        return max((t for t in targets if name.startswith(f"{t}_")), key=len, default="")

    return [name for name in quantities if name == "loss" or owner(name) == target]


def _label(name: str, target: Target, *, several: bool) -> str:
    """Name a quantity; a continuous target's are those of the target as the network sees it."""
    own = name.removeprefix(f"{target.name}_")
    if several and own == "loss":
        return f"loss of {'all targets' if own == name else readable(target.name)}"
    if target.task in DISTRIBUTIONS:
        return "loss [nat]" if own == "loss" else metric_name(own)
    return metric_name(own) + ("" if target.classes else " (normalised target)")


def _spans_decades(table: pd.DataFrame, name: str) -> bool:
    values = pd.concat([table[name], table[_PREFIX + name]])
    return bool(values.min() > 0 and values.max() > _DECADE * values.min())


def _epochs(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if table["epoch"].nunique() <= 2 * _DECADE:
        axes.xaxis.set_minor_locator(MaxNLocator(1))


def _legends(figure: Figure, axes: Axes, colours: dict[float, str], *, penalty: bool) -> None:
    """Explain the lines above the figure, and the colours where no line runs."""
    handles = [
        Line2D([], [], color="black", **_TRAINING, label="training"),
        Line2D([], [], color="black", label="validation"),
        Line2D([], [], color="black", **_CHOSEN, label="epoch kept"),
    ]
    if penalty:
        handles.append(Line2D([], [], color="black", **_OF_WEIGHTS, label="penalty on weights"))
    figure.legend(handles=handles, loc="outside upper center", ncols=2 if penalty else 3)
    seeds = [
        Line2D([], [], color=colour, linewidth=3, label=f"seed {seed:g}")
        for seed, colour in colours.items()
    ]
    axes.legend(handles=seeds, loc="best", ncols=-(-len(seeds) // 5))
