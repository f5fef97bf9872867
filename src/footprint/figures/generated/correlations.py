"""Correlations of observables: of real events, of generated ones, and their difference."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.figures.generated.looks import REAL
from footprint.figures.names import MINUS, readable
from footprint.figures.pictures import DIVERGING, colour_bar
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
    figure = Figure(figsize=(width, 2.6))
    grid = figure.subplots(1, 3)
    most = float(np.nanmax(np.abs(list(pictures.values())[-1]))) or 1.0
    images: list[Any] = []
    for axes, (title, matrix), reach in zip(grid, pictures.items(), (1.0, 1.0, most), strict=True):
        norm = Normalize(-reach, reach)
        images.append(axes.imshow(matrix, cmap=DIVERGING, norm=norm, interpolation="nearest"))
        axes.set_title(title, loc="left", fontsize=7.5)
        _number_cells(axes, names, left=axes is grid[0])
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


def _number_cells(axes: Axes, names: list[str], *, left: bool) -> None:
    """Give rows and columns numbers, and say on the left what the numbers mean."""
    numbers = [str(place + 1) for place in range(len(names))]
    said = [f"{name}  {number}" for name, number in zip(names, numbers, strict=True)]
    size = 6 if len(names) <= _WRITTEN else 4.0
    axes.set_xticks(range(len(names)), numbers, fontsize=size)
    axes.set_yticks(range(len(names)), said if left else numbers, fontsize=size)
    axes.tick_params(which="both", length=0, top=False, right=False)
    axes.minorticks_off()


def _write(axes: Axes, matrix: NDArray[np.float64], most: float) -> None:
    size = min(7.0, 45.0 / len(matrix))
    for (row, column), value in np.ndenumerate(matrix):
        if row != column and np.isfinite(value):
            colour = "white" if abs(value) > _DARK * most else "black"
            text = f"{round(value, 2) + 0.0:.2f}".replace("-", MINUS).replace("0.", ".")
            axes.text(column, row, text, ha="center", va="center", fontsize=size, color=colour)
