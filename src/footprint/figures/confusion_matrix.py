"""Confusion matrix: what events of each class are taken for."""

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.names import measured, readable
from footprint.figures.style import COLUMN_INCH, PAGE_INCH
from footprint.figures.tables import Tables

_COLUMN_HOLDS = 5
"""More classes need the width of the page."""


def draw(tables: Tables) -> Figure:
    """Draw the fractions of each true class, with their errors in the cells."""
    classes = list(tables.target.classes)
    table = tables.read("confusion_matrix").set_index(["truth", "predicted"])
    fractions = table["fraction"].unstack().reindex(index=classes, columns=classes)
    errors = table["error"].unstack().reindex(index=classes, columns=classes).to_numpy(float)
    width = COLUMN_INCH if len(classes) <= _COLUMN_HOLDS else PAGE_INCH
    figure = Figure(figsize=(width, 0.85 * width))
    axes = figure.subplots()
    image = axes.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    for (row, column), fraction in np.ndenumerate(fractions.to_numpy(float)):
        if np.isfinite(fraction):
            text = measured(fraction, float(errors[row, column])).replace(" ± ", "\n±")
            colour = "white" if fraction > 0.55 else "black"  # noqa: PLR2004 (of the colour bar)
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=7)
    names = [readable(name) for name in classes]
    slant = 0 if sum(map(len, names)) < 9 * width else 40
    axes.set_xticks(range(len(classes)), names, rotation=slant, ha="right" if slant else "center")
    axes.set_yticks(range(len(classes)), names)
    axes.tick_params(which="both", length=0)
    axes.minorticks_off()
    axes.set(xlabel="predicted class", ylabel="true class")
    bar = figure.colorbar(image, ax=axes, label="fraction of the true class", shrink=0.9)
    bar.outline.set_linewidth(0.5)
    return figure
