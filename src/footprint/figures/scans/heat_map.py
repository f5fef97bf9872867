"""Validation loss over the two parameters of a grid."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from footprint.figures.scans.looks import CHOSEN, LOSS, far_points, label_of, levels, name_levels
from footprint.figures.scans.tables import ScanTables
from footprint.figures.style import COLUMN_INCH

_MOST_NUMBERS = 8  # of cells in a row, beyond which their numbers would touch
_DARK = 0.5


def draw(tables: ScanTables) -> Figure:
    """Draw a cell for each point, the chosen one framed; failed points stay empty."""
    table = tables.points()
    across, up = tables.parameters
    columns, rows = levels(table, across), levels(table, up)
    red = CHOSEN["markeredgecolor"]
    losses = np.full((len(rows), len(columns)), math.nan)
    figure = Figure(figsize=(COLUMN_INCH, 1.1 + 0.35 * max(len(rows), 4)))
    axes = figure.subplots()
    for _, point in table.iterrows():
        row, column = rows.index(point[up.path]), columns.index(point[across.path])
        losses[row, column] = point["validation_loss"]
        if point["status"] == "chosen":
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(
                Rectangle(corner, 1, 1, zorder=3, fill=False, linewidth=2, edgecolor=red)
            )
    near = table.loc[~far_points(table), "validation_loss"]
    limits = {"vmin": near.min(), "vmax": near.max()}
    image = axes.imshow(losses, origin="lower", aspect="auto", cmap="viridis_r", **limits)
    axes.set_facecolor("0.85")
    for (row, column), loss in np.ndenumerate(losses):
        if len(columns) <= _MOST_NUMBERS:
            dark = np.mean(image.cmap(image.norm(loss))[:3]) < _DARK
            text = f"{loss:.3g}" if math.isfinite(loss) else "failed"
            colour = "white" if dark and math.isfinite(loss) else "black"
            axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=colour)
    name_levels(axes.xaxis, columns)
    name_levels(axes.yaxis, rows)
    axes.tick_params(which="both", length=0)
    axes.set(xlabel=label_of(across), ylabel=label_of(up))
    figure.colorbar(image, ax=axes, label=LOSS)
    return figure
