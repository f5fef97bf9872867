"""Images of a data set by class: their means, and a few single ones."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
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
from footprint.figures.names import readable, with_unit
from footprint.figures.pictures import colour_bar, show

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
            image = show(axes, picture, norm, tables.jet_images.get(str(channel)))
            axes.set_title(title, fontsize=7.5)
        for surplus in flat[len(classes) :]:
            surplus.remove()
        colour_bar(figure, image, flat[: len(classes)], f"mean of {_label(rows)}")
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
                image = show(axes, picture, norm, tables.jet_images.get(str(channel)))
            line[0].set_title(title, loc="left", fontsize=7.5)
            for surplus in line[len(row) :]:
                surplus.remove()
        colour_bar(
            figure, image, [axes for line in grid for axes in line if axes.figure], _label(rows)
        )
        yield name_of("gallery", *_parts(str(name), str(channel)), target=str(target)), figure


def _parts(name: str, channel: str) -> list[str]:
    """Name input and channel; once where they are the same."""
    return [name] if name == channel else [name, channel]


def _label(rows: pd.DataFrame) -> str:
    return with_unit(readable(str(rows["label"].iloc[0])), str(rows["units"].iloc[0]))


def _picture(rows: pd.DataFrame, value: str) -> NDArray[np.float64]:
    """Put pixels where they belong, shape (rows, columns)."""
    table = rows.pivot_table(index="row", columns="column", values=value, dropna=False, sort=True)
    return table.to_numpy(float)


def _aspect(picture: NDArray[np.float64]) -> float:
    height, width = (float(side) for side in picture.shape)
    return min(max(height / width, 0.5), 2.0)
