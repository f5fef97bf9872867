"""Filters: the weights of the first convolution, as small images."""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.inside.looks import SMALL, balanced, name_axes
from footprint.figures.names import readable
from footprint.figures.pictures import DIVERGING, bare, colour_bar, in_colour, show
from footprint.figures.style import PAGE_INCH
from footprint.files.inside import InsideFile

IN_A_ROW = 16
MOST = 32
MOST_CHANNELS = 6
_SIDE = 0.36


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw a row of filters for each channel; colours of photographs in one picture."""
    kernel, names = file["filters/kernel"].astype(np.float64), file.about.first_channels
    rows, columns, depth, filters = kernel.shape
    coloured = in_colour(names)
    shown, channels = min(filters, MOST), 1 if coloured else min(depth, MOST_CHANNELS)
    width = min(shown, IN_A_ROW)
    lines = -(-shown // width)
    height = 0.7 + lines * channels * (_SIDE * min(max(rows / columns, 0.5), 2.0) + 0.03)
    figure = Figure(figsize=(min(PAGE_INCH, 1.9 + width * (_SIDE + 0.03)), height))
    grid = figure.subplots(lines * channels, width, squeeze=False)
    norm, most = balanced(kernel[:, :, :channels]), float(np.nanmax(np.abs(kernel)) or 1.0)
    image = None
    for axes in grid.ravel():
        axes.set_axis_off()
    for number in range(shown):
        line, column = divmod(number, width)
        for channel in range(channels):
            axes = grid[line * channels + channel, column]
            axes.set_axis_on()
            own = kernel[:, :, :, number]
            if coloured:  # grey is no weight at all
                show(axes, 0.5 + 0.5 * own / most)
            else:
                image = show(axes, own[:, :, channel], norm, colours=DIVERGING)
            bare(axes)
            if column == 0 and not coloured:
                label = readable(names[channel]).replace("mask of ", "mask of\n")
                axes.set_ylabel(label, fontsize=SMALL, rotation=0, ha="right", va="center", y=0.5)
    count = f"{shown} of {filters}" if shown < filters else f"{filters}"
    count += f", {channels} of {depth} channels" if not coloured and channels < depth else ""
    figure.suptitle(f"{file.about.first_layer}: {count} filters", fontsize=8)
    if image is not None:
        colour_bar(figure, image, list(grid.ravel()), "weight", aspect=15)
    else:
        figure.supxlabel(f"grey: weight 0; black and white: $\\pm${most:.2g}", fontsize=SMALL)
    corner = grid[-1, 0]
    if lines == 1 and (coloured or channels == 1):
        name_axes(corner, (rows, columns), None)
    yield "filters", figure
