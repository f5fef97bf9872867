"""Single jets: where their constituents lie, and how much of the momentum they carry."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from footprint.figures.datasets.looks import EVERYTHING, grid_of, name_of, titles_of
from footprint.figures.datasets.tables import DatasetTables
from footprint.figures.style import class_colours

_AREA = 900.0
"""Area in square points of a constituent that carries all of the momentum."""
_LEAST = 0.4
_SHOWN = 0.99
"""Share of the constituents within the panels."""


def draw(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw one row of jets for each class; areas of circles go with the share of the pT."""
    for (target, name), rows in tables.read("single_jets").groupby(["target", "input"], sort=False):
        classes = tables.classes.get(str(target), (EVERYTHING,))
        numbers = sorted(rows["number"].unique())
        figure, grid = grid_of(len(classes), len(numbers))
        colours = class_colours(classes)
        reach = 1.2 * float(rows[["deta", "dphi"]].abs().quantile(_SHOWN).max())
        for line, label, title in zip(grid, classes, titles_of(classes), strict=True):
            for axes, number in zip(line, numbers, strict=True):
                jet = rows[(rows["class"] == label) & (rows["number"] == number)]
                axes.scatter(
                    jet["deta"], jet["dphi"], s=_LEAST + _AREA * jet["share"], alpha=0.55,
                    color=colours[label], linewidths=0,
                )  # fmt: skip
                axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
            line[0].set_title(title, loc="left", fontsize=7.5)
            line[0].set_ylabel(r"$\Delta\phi$")
        for axes in grid[-1]:
            axes.set_xlabel(r"$\Delta\eta$")
        yield name_of("jets", str(name), target=str(target)), figure
