"""Images of a data set by class: their means, and a few single ones."""

from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from footprint.figures.datasets.looks import (
    EVERYTHING,
    MOST_IN_A_ROW,
    grid_of,
    name_of,
    scale_of,
    titles_of,
)
from footprint.figures.datasets.tables import DatasetTables
from footprint.figures.names import readable

_KEYS = ["target", "input", "channel"]


def draw_means(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw the mean image of each class side by side, one figure for each channel."""
    for (target, name, channel), rows in tables.read("mean_images").groupby(_KEYS, sort=False):
        classes = tables.classes.get(str(target), (EVERYTHING,))
        columns = min(len(classes), MOST_IN_A_ROW)
        pictures = [_picture(rows[rows["class"] == label], "mean") for label in classes]
        figure, grid = grid_of(-(-len(classes) // columns), columns, _aspect(pictures[0]))
        norm = scale_of(rows["mean"])
        flat = [axes for line in grid for axes in line]
        for axes, picture, title in zip(flat, pictures, titles_of(classes), strict=False):
            image = _show(axes, picture, norm, tables.jet_images.get(str(channel)))
            axes.set_title(title, fontsize=7.5)
        for surplus in flat[len(classes) :]:
            surplus.remove()
        _bar(figure, image, flat[: len(classes)], f"mean of {_label(rows)}")
        yield name_of("mean", *_parts(str(name), str(channel)), target=str(target)), figure


def draw_gallery(tables: DatasetTables) -> Iterator[tuple[str, Figure]]:
    """Draw single images, one row for each class, one figure for each channel."""
    for (target, name, channel), rows in tables.read("single_images").groupby(_KEYS, sort=False):
        classes = tables.classes.get(str(target), (EVERYTHING,))
        shown = [rows[rows["class"] == label] for label in classes]
        pictures = [
            [_picture(own[own["number"] == k], "value") for k in sorted(own["number"].unique())]
            for own in shown
        ]
        figure, grid = grid_of(len(classes), max(map(len, pictures)), _aspect(pictures[0][0]))
        norm = scale_of(rows["value"])
        for line, row, title in zip(grid, pictures, titles_of(classes), strict=True):
            for axes, picture in zip(line, row, strict=False):
                image = _show(axes, picture, norm, tables.jet_images.get(str(channel)))
            line[0].set_title(title, loc="left", fontsize=7.5)
            for surplus in line[len(row) :]:
                surplus.remove()
        _bar(figure, image, [axes for line in grid for axes in line if axes.figure], _label(rows))
        yield name_of("gallery", *_parts(str(name), str(channel)), target=str(target)), figure


def _parts(name: str, channel: str) -> list[str]:
    """Name input and channel; once where they are the same."""
    return [name] if name == channel else [name, channel]


def _label(rows: pd.DataFrame) -> str:
    return readable(str(rows["label"].iloc[0]))


def _picture(rows: pd.DataFrame, value: str) -> NDArray[np.float64]:
    """Put pixels where they belong, shape (rows, columns)."""
    table = rows.pivot_table(index="row", columns="column", values=value, dropna=False, sort=True)
    return table.to_numpy(float)


def _aspect(picture: NDArray[np.float64]) -> float:
    height, width = (float(side) for side in picture.shape)
    return min(max(height / width, 0.5), 2.0)


def _show(
    axes: Axes, picture: NDArray[np.float64], norm: Any, half_width: float | None
) -> AxesImage:
    """Draw an image; white where nothing is or was measured.

    Rows run from top to bottom, but the first axis of a jet's image, its pseudorapidity, runs to
    the right.
    """
    colours = mpl.colormaps["viridis"].with_extremes(bad="white", under="white")
    look: dict[str, Any] = {"cmap": colours, "interpolation": "nearest", "aspect": "auto"}
    if half_width is None:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.minorticks_off()
        return axes.imshow(picture, norm=norm, **look)
    place = axes.get_subplotspec()
    if place is not None and place.is_last_row():
        axes.set_xlabel(r"$\Delta\eta$")
    if place is not None and place.is_first_col():
        axes.set_ylabel(r"$\Delta\phi$")
    extent = (-half_width, half_width, -half_width, half_width)
    return axes.imshow(picture.T, norm=norm, origin="lower", extent=extent, **look)


def _bar(figure: Figure, image: AxesImage, panels: list[Axes], label: str) -> None:
    bar = figure.colorbar(image, ax=panels, aspect=25, pad=0.02)
    bar.set_label(label, fontsize=7)
    bar.outline.set_linewidth(0.5)
    bar.ax.tick_params(labelsize=6.5)
