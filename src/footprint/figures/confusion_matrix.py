"""Confusion matrix: what events of each class are taken for, of all events or bin by bin."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from footprint.figures import against
from footprint.figures.names import measured, readable, span, with_unit
from footprint.figures.style import COLUMN_INCH, PAGE_INCH
from footprint.figures.tables import Tables

_COLUMN_HOLDS = 5
"""More classes need the width of the page, and have no room for numbers in small panels."""
_IN_A_ROW = 4
_SIDE = 1.37
"""Inches of a small panel: four fill the width of a page."""
_DARK = 0.55
"""Fractions above are written in white."""


def draw(tables: Tables) -> Figure:
    """Draw the fractions of each true class, with their errors in the cells."""
    classes = tables.target.classes
    width = COLUMN_INCH if len(classes) <= _COLUMN_HOLDS else PAGE_INCH
    figure = Figure(figsize=(width, 0.85 * width))
    axes = figure.subplots()
    image = _matrix(axes, tables.read("confusion_matrix"), classes, size=7)
    names = [readable(name) for name in classes]
    slant = 0 if sum(map(len, names)) < 9 * width else 40
    axes.set_xticks(range(len(classes)), names, rotation=slant, ha="right" if slant else "center")
    axes.set_yticks(range(len(classes)), names)
    axes.set(xlabel="predicted class", ylabel="true class")
    bar = figure.colorbar(image, ax=axes, label="fraction of the true class", shrink=0.9)
    bar.outline.set_linewidth(0.5)
    return figure


def draw_in_bins(tables: Tables, variable: str) -> Figure:
    """Draw a small matrix for each bin of a spectator.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    classes = tables.target.classes
    table = against.rows_of(tables, "confusion_matrices", variable).sort_values(
        "low", kind="stable"
    )
    bins = [rows for _, rows in table.groupby(["low", "high"], sort=True)]
    columns = min(_IN_A_ROW, len(bins))
    lines = -(-len(bins) // columns)
    size = (max(1.6 + _SIDE * columns, COLUMN_INCH), 1.1 + (_SIDE + 0.1) * lines)
    figure = Figure(figsize=size)
    grid = figure.subplots(lines, columns, squeeze=False)
    for axes, rows in zip(grid.ravel(), bins, strict=False):
        image = _matrix(axes, rows, classes, size=5.5 if len(classes) <= _COLUMN_HOLDS else None)
        low, high = float(rows["low"].iloc[0]), float(rows["high"].iloc[0])
        axes.set_title(with_unit(span(low, high), str(rows["units"].iloc[0])), fontsize=7.5)
    names = [readable(name) for name in classes]
    for number, axes in enumerate(grid.ravel()):
        axes.set_xticks(range(len(classes)), names, rotation=40, ha="right")
        axes.set_yticks(range(len(classes)), names)
        axes.tick_params(labelbottom=number + columns >= len(bins), labelleft=number % columns == 0)
        if number >= len(bins):
            axes.remove()
    figure.suptitle(f"in bins of {readable(variable)}", fontsize=8)
    figure.supxlabel("predicted class", fontsize=8)
    figure.supylabel("true class", fontsize=8)
    bar = figure.colorbar(
        image, ax=list(grid.ravel()[: len(bins)]), label="fraction of the true class", aspect=30
    )
    bar.outline.set_linewidth(0.5)
    return figure


def _matrix(
    axes: Axes, table: pd.DataFrame, classes: tuple[str, ...], size: float | None
) -> AxesImage:
    """Draw one matrix, with numbers of a size in its cells or without; empty rows stay white."""
    cells = table.set_index(["truth", "predicted"])
    fractions, errors = (
        cells[column].unstack().reindex(index=classes, columns=classes).to_numpy(float)
        for column in ("fraction", "error")
    )
    image = axes.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    for (row, column), fraction in np.ndenumerate(fractions):
        if size is not None and np.isfinite(fraction):
            text = measured(fraction, float(errors[row, column])).replace(" ± ", "\n±")
            colour = "white" if fraction > _DARK else "black"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
    axes.tick_params(which="both", length=0)
    axes.minorticks_off()
    return image
