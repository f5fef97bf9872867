"""How many events of each class there are in each split."""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.datasets.tables import DatasetTables
from footprint.figures.names import readable
from footprint.figures.style import COLUMN_INCH, log_axis

_SPLITS = {"train": "#3f90da", "validation": "#ffa90e", "test": "#bd1f01"}
_HEIGHT = 0.26


def draw(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw a bar for each class and split, on a logarithmic scale."""
    table = tables.read("classes")
    labels = table[["target", "class"]].drop_duplicates().to_numpy().tolist()
    figure = Figure(figsize=(COLUMN_INCH, 0.9 + 0.42 * len(labels)))
    axes = figure.subplots()
    for number, (split, colour) in enumerate(_SPLITS.items()):
        rows = table[table["split"] == split].set_index(["target", "class"]).loc[
            [tuple(label) for label in labels]
        ]  # fmt: skip
        place = np.arange(len(labels)) + (number - 1) * _HEIGHT
        axes.barh(place, rows["events"], 0.9 * _HEIGHT, color=colour, label=split)
        if tables.weighted:
            axes.plot(
                rows["effective_events"], place, linestyle="none", marker="|", color="black",
                label="effective number" if number == 0 else None,
            )  # fmt: skip
    several = table["target"].nunique() > 1
    axes.set_yticks(
        range(len(labels)),
        [f"{readable(t)}: {readable(c)}" if several else readable(c) for t, c in labels],
    )
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", which="both", length=0)
    axes.set_xscale("log")
    axes.set_xlim(0.5 * max(1.0, float(table["events"].min())), 2 * float(table["events"].max()))
    log_axis(axes.xaxis)
    axes.set_xlabel("events")
    figure.legend(loc="outside upper center", ncols=4 if tables.weighted else 3, fontsize=6.5)
    yield "classes", figure
