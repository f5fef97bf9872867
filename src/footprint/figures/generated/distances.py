"""How far each observable's distribution is from the real one, for all methods."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from footprint.figures.methods import by_method
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for, log_axis
from footprint.figures.tables import Tables

TENTH = 0.1


def draw(tables: Tables) -> Figure:
    """Draw the Wasserstein distances in standard deviations of the real events, with errors."""
    methods = by_method(tables, "observable_distances")
    names = list(tables.read("observable_distances")["label"].unique())
    width = COLUMN_INCH + 0.05 * max(0, max(map(len, names)) - 10)
    figure = Figure(figsize=(width, 1.1 + 0.2 * len(names)))
    axes = figure.subplots()
    axes.axvline(TENTH, **REFERENCE)
    for number, (method, rows) in enumerate(methods):
        shift = 0.5 * ((number + 0.5) / len(methods) - 0.5)
        heights = np.array([names.index(label) for label in rows["label"]]) + shift
        values = rows["wasserstein_sd"].to_numpy(float)
        errors = np.nan_to_num(rows["wasserstein_sd_error"].to_numpy(float))
        low = np.minimum(errors, 0.9 * values)
        look = {**method.points, "linestyle": "none", "label": method.label}
        axes.errorbar(values, heights, xerr=[low, errors], **look)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", which="both", length=0)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xscale("log")
    log_axis(axes.xaxis)
    axes.set_xlabel("Wasserstein distance to real events [sd]")
    axes.grid(axis="y", linewidth=0.3)
    labels = [method.label for method, _ in methods]
    figure.legend(loc="outside upper center", ncols=columns_for(labels, width))
    return figure
