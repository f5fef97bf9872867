"""Score distributions: the probability a network gives to a class, by true class."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.figures.bins import histogram
from footprint.figures.names import readable
from footprint.figures.style import (
    PAGE_INCH,
    class_colours,
    columns_for,
    label_outside,
    log_axis,
    panels,
)
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw one panel for each class's score, with the true classes overlaid."""
    table = tables.read("scores")
    colours = class_colours(tables.target.classes)
    classes = [name for name in colours if name in set(table["class"])]
    figure, grid = panels(len(classes))
    for axes, name in zip(grid, classes, strict=True):
        for truth, colour in colours.items():
            rows = table[(table["class"] == name) & (table["truth"] == truth)]
            if len(rows):
                look = {"color": colour, "linewidth": 1.6 if truth == name else 1.0}
                histogram(axes, rows, readable(truth), look)
        axes.set_title(f"score of {readable(name)}", loc="left")
    positive = table.loc[table["density"] > 0, "density"]
    grid[0].set(xlim=(0, 1), yscale="log", ylim=(0.6 * positive.min(), 2 * positive.max()))
    for axes in grid:
        log_axis(axes.yaxis)
    label_outside(grid, "score (predicted probability of the class)", "probability density")
    _legend(figure, grid)
    return figure


def _legend(figure: Figure, grid: list[Axes]) -> None:
    """Name the true classes once, from the panel that has most of them."""
    entries = [axes.get_legend_handles_labels() for axes in grid]
    handles, labels = max(entries, key=lambda entry: len(entry[1]))
    legend = figure.legend(
        handles,
        labels,
        title="true class",
        loc="outside upper center",
        ncols=columns_for(labels, PAGE_INCH),
    )
    for line in legend.get_lines():
        line.set_linewidth(1.5)
