"""What answers rest on: maps of pixels below the images they belong to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.figures.inside.looks import (
    SMALL,
    Pictures,
    draw_maps,
    draw_pictures,
    grid_of,
    headline,
    name_axes,
    pictures_of,
    titles_of,
)
from footprint.figures.pictures import colour_bar
from footprint.figures.style import PAGE_INCH
from footprint.files.inside import Answer, InsideFile

AXES = 3
"""Events, rows, columns."""
_LINE = 18
"""Characters of a colour bar's label that fit beside one panel."""


@dataclass(frozen=True)
class Kind:
    """One kind of maps.

    Attributes
    ----------
    group
        Group of the file. Maps without channels stand once, below all images.
    what
        What is shown, above the figure and before the answer's name.
    label
        Words what a map's values are.
    rough
        Whether a few values are far larger than all others.
    """

    group: str
    what: str
    label: Callable[[Answer, Pictures], str]
    rough: bool = True


def draw(file: InsideFile, kind: Kind) -> Iterator[tuple[str, Figure]]:
    """Draw maps of events below their images, a figure for each input and answer."""
    inputs = file.inputs(kind.group)
    for name in inputs:
        for number, answer in enumerate(file.about.answers):
            maps = file[f"{kind.group}/{name}"][number].astype(np.float64)
            parts = [name] * (len(inputs) > 1) + [answer.name] * bool(answer.name)
            figure = _figure(pictures_of(file, "shown", name), maps, kind, answer)
            titles = titles_of(file, "shown")
            for axes, text in zip(figure.axes[: len(titles)], titles, strict=True):
                axes.set_title(text, fontsize=SMALL)
            figure.suptitle(headline(file.about, f"{kind.what}: {answer.label}"), fontsize=8)
            yield "_".join([kind.group, *parts]), figure


def _figure(
    pictures: list[Pictures], maps: NDArray[np.float64], kind: Kind, answer: Answer
) -> Figure:
    """Draw a line of images and one of maps for each channel; maps without channels come last."""
    by_channel = maps.ndim > AXES
    lines = len(pictures) + (len(pictures) if by_channel else 1)
    figure, grid = grid_of(lines, len(maps), maps.shape[1:3], PAGE_INCH)
    line = iter(grid)

    def below(own: NDArray[np.float64], picture: Pictures) -> None:
        image, axes = draw_maps(next(line), own, picture.half_width, rough=kind.rough)
        extend, label = "both" if kind.rough else "neither", kind.label(answer, picture)
        colour_bar(figure, image, axes, wrapped(label), aspect=12, extend=extend)

    for picture in pictures:
        image, axes = draw_pictures(next(line), picture)
        if not picture.coloured:
            named = f"{picture.label} [{picture.units}]" if picture.units else picture.label
            colour_bar(figure, image, axes, wrapped(named), aspect=12)
        if by_channel:
            below(maps[..., list(picture.channels)].sum(axis=-1), picture)
    if not by_channel:
        below(maps, pictures[0])
    name_axes(grid[-1][0], maps.shape[1:3], pictures[0].half_width)
    return figure


def wrapped(text: str) -> str:
    """Break a label in two, at a comma or about its middle, where it is longer than a panel."""
    words = text.split(" ")
    if len(text) <= _LINE or len(words) == 1:
        return text
    if ", " in text:
        return text.replace(", ", ",\n", 1)
    halves = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    return "\n".join(min(halves, key=lambda both: max(map(len, both))))
