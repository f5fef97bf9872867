"""Gallery of the worst errors: confidently wrong classes, values far from the truth."""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.inside.looks import (
    SMALL,
    grid_of,
    headline,
    name_axes,
    pictures_of,
    titles_of,
)
from footprint.figures.pictures import bare, colour_bar, scale_of, show
from footprint.figures.style import PAGE_INCH
from footprint.files.inside import InsideFile

IN_A_ROW = 6


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw the events, the worst first; a figure for each input and channel."""
    kind = "misclassified" if file.about.classes else "largest_deviations"
    titles = titles_of(file, "worst")
    columns = min(IN_A_ROW, len(titles))
    lines = -(-len(titles) // columns)
    for name in file.inputs("worst/images"):
        every = pictures_of(file, "worst", name)
        for pictures in every:
            shape = pictures.values.shape[1:3]
            # Titles above each picture need room, too.
            figure, grid = grid_of(lines, columns, (shape[0] * _HIGHER, shape[1]), PAGE_INCH)
            norm = None if pictures.coloured else scale_of(pictures.values)
            panels = list(grid.ravel())
            for axes, picture, title in zip(panels, pictures.values, titles, strict=False):
                image = show(axes, np.asarray(picture), norm, pictures.half_width)
                bare(axes)
                axes.set_title(title, fontsize=SMALL)
            for surplus in panels[len(titles) :]:
                surplus.remove()
            name_axes(grid[-1][0], shape, pictures.half_width)
            if not pictures.coloured:
                unit = f" [{pictures.units}]" if pictures.units else ""
                colour_bar(figure, image, panels[: len(titles)], pictures.label + unit)
            what = "misclassified events" if file.about.classes else "largest deviations"
            figure.suptitle(headline(file.about, what), fontsize=8)
            parts = [name] * (len(file.about.inputs) > 1) + [pictures.name] * (len(every) > 1)
            yield "_".join([kind, *parts]), figure


_HIGHER = 1.2
