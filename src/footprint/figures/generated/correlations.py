"""Correlations of observables: of real events, of generated ones, and their difference."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.figures.generated.looks import REAL
from footprint.figures.inside.looks import DIVERGING
from footprint.figures.names import MINUS, readable
from footprint.figures.pictures import colour_bar
from footprint.figures.style import PAGE_INCH
from footprint.figures.tables import Tables

_WRITTEN = 12
"""Up to so many observables the numbers are written into the cells of the difference."""
_DARK = 0.6


def draw(tables: Tables) -> Figure:
    """Draw the two matrices, and by how much generated events are more correlated."""
    table = tables.read("correlations")
    names = list(table["first"].unique())
    own = tables.target.experiment
    pictures = {
        "real": _matrix(table, REAL, "correlation", names),
        readable(own): _matrix(table, own, "correlation", names),
        f"{readable(own)} {MINUS} real": _matrix(table, own, "difference", names),
    }
    width = PAGE_INCH
    side = 0.25 * (width - 0.1 * max(map(len, names)) / 2)
    figure = Figure(figsize=(width, side + 0.055 * max(map(len, names)) + 0.9))
    grid = figure.subplots(1, 3)
    most = float(np.nanmax(np.abs(list(pictures.values())[-1]))) or 1.0
    images: list[Any] = []
    for axes, (title, matrix), reach in zip(grid, pictures.items(), (1.0, 1.0, most), strict=True):
        norm = Normalize(-reach, reach)
        images.append(axes.imshow(matrix, cmap=DIVERGING, norm=norm, interpolation="nearest"))
        axes.set_title(title, loc="left", fontsize=7.5)
        _name_cells(axes, names, left=axes is grid[0])
    if len(names) <= _WRITTEN:
        _write(grid[2], pictures[f"{readable(own)} {MINUS} real"], most)
    look = {"location": "bottom", "aspect": 30, "pad": 0.03}
    colour_bar(figure, images[0], list(grid[:2]), "correlation", **look)
    colour_bar(figure, images[2], [grid[2]], "difference", **{**look, "aspect": 15})
    return figure


def _matrix(table: pd.DataFrame, sample: str, column: str, names: list[str]) -> NDArray[np.float64]:
    rows = table[table["sample"] == sample]
    matrix = rows.pivot_table(index="first", columns="second", values=column, dropna=False)
    return matrix.reindex(index=names, columns=names).to_numpy(float)


def _name_cells(axes: Axes, names: list[str], *, left: bool) -> None:
    places = range(len(names))
    size = 6 if len(names) <= _WRITTEN else 4.5
    axes.set_xticks(places, names, rotation=90, fontsize=size)
    axes.set_yticks(places, names if left else [""] * len(names), fontsize=size)
    axes.tick_params(which="both", length=0, top=False, right=False)
    axes.minorticks_off()


def _write(axes: Axes, matrix: NDArray[np.float64], most: float) -> None:
    for (row, column), value in np.ndenumerate(matrix):
        if row != column and np.isfinite(value):
            colour = "white" if abs(value) > _DARK * most else "black"
            text = f"{value:.2f}".replace("-", MINUS).replace("0.", ".")
            axes.text(column, row, text, ha="center", va="center", fontsize=3.6, color=colour)
