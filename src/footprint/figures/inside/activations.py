"""Activations: what convolutions return of some events, map after map."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from footprint.figures.inside.looks import (
    SMALL,
    balanced,
    draw_pictures,
    grid_of,
    headline,
    pictures_of,
    titles_of,
)
from footprint.figures.names import readable
from footprint.figures.pictures import DIVERGING, bare, colour_bar, show
from footprint.figures.style import PAGE_INCH
from footprint.files.inside import InsideFile


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw a row for each event: its image, then the feature maps; a figure for each layer."""
    name = next(iter(file.about.inputs))
    pictures = pictures_of(file, "shown", name)[0]
    titles = titles_of(file, "shown")
    for layer, numbers in file.about.layers.items():
        maps = file[f"activations/{layer}"].astype(np.float64)
        figure, grid = grid_of(len(titles), 1 + len(numbers), pictures.values.shape[1:3], PAGE_INCH)
        draw_pictures([line[0] for line in grid], pictures)
        signed = bool((maps < 0).any())
        most = float(np.nanmax(maps)) or 1.0
        norm = balanced(maps) if signed else Normalize(0.0, most)
        colours = DIVERGING if signed else mpl.colormaps["magma"]
        for line, event, title in zip(grid, maps, titles, strict=True):
            line[0].set_ylabel(title, fontsize=SMALL, rotation=0, ha="right", va="center", y=0.5)
            for axes, values in zip(line[1:], np.moveaxis(event, -1, 0), strict=True):
                image = show(axes, values, norm, pictures.half_width, colours)
                bare(axes)
        grid[0][0].set_title(readable(pictures.name) or "event", fontsize=SMALL)
        for axes, number in zip(grid[0][1:], numbers, strict=True):
            axes.set_title(f"map {number + 1}", fontsize=SMALL)
        label = f"activation of {layer}"
        colour_bar(figure, image, [a for line in grid for a in line], label)
        figure.suptitle(headline(file.about, f"feature maps of {layer}"), fontsize=8)
        yield f"activations_{layer}", figure
