"""What figures of the inside of networks share: rows of pictures, titles, scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.figures.names import MINUS, readable, unit_of
from footprint.figures.pictures import (
    DIVERGING,
    bare,
    colour_picture,
    in_colour,
    scale_of,
    show,
)
from footprint.files.inside import About, ImageChannel, InsideFile

_ROBUST = 0.998
"""Of the absolute values; the few beyond take the outermost colour."""
_MARGIN = 1.25
SMALL = 6.0


@dataclass(frozen=True)
class Pictures:
    """One picture of each event: a channel, or three that are its colours.

    Attributes
    ----------
    label, units
        What the values are; empty for colours.
    values
        Shape (n, rows, columns), or (n, rows, columns, 3) with colours from 0 to 1.
    channels
        Numbers of the channels that are shown.
    half_width
        Of images of jets.
    """

    name: str
    label: str
    units: str
    values: NDArray[np.float64]
    channels: tuple[int, ...]
    half_width: float | None

    @property
    def coloured(self) -> bool:
        """Whether values are colours already."""
        return len(self.channels) > 1


def pictures_of(file: InsideFile, group: str, name: str) -> list[Pictures]:
    """Read the images of an input, a picture for each channel or one in colours."""
    values = file[f"{group}/images/{name}"].astype(np.float64)
    channels: Sequence[ImageChannel] = file.about.inputs[name]
    if in_colour([channel.name for channel in channels]):
        every = tuple(range(len(channels)))
        return [Pictures("", "", "", colour_picture(values), every, None)]
    return [
        Pictures(c.name, readable(c.label), c.units, values[..., k], (k,), c.jet_half_width)
        for k, c in enumerate(channels)
    ]


def grid_of(rows: int, columns: int, shape: tuple[int, ...], width: float) -> tuple[Figure, Any]:
    """Open a figure of panels for pictures of (rows, columns) pixels, of a width in inches."""
    side = min((width - _MARGIN) / columns, 1.6)
    aspect = min(max(shape[0] / shape[1], 0.5), 2.0)
    height = rows * (side * aspect + 0.05) + 0.6
    figure = Figure(figsize=(max(side * columns + _MARGIN, 3.0), height))
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=False, sharey=False)


def balanced(values: NDArray[Any], *, rough: bool = False) -> Normalize:
    """Choose the colours of what has both signs: white is 0, both ends are as far.

    Of rough values the few largest go beyond the ends.
    """
    known = np.abs(values[np.isfinite(values)])
    most = float(np.quantile(known, _ROBUST if rough else 1.0)) if known.size else 0.0
    most = most or (float(known.max()) if known.size else 0.0)
    return Normalize(-(most or 1.0), most or 1.0)


def draw_pictures(
    line: Sequence[Axes], pictures: Pictures, *, ticks: bool = False
) -> tuple[Any, list[Axes]]:
    """Draw the events' pictures side by side on one scale.

    Returns
    -------
    tuple of AxesImage and list of Axes
        For a colour bar.
    """
    norm = None if pictures.coloured else scale_of(pictures.values)
    axes = list(line[: len(pictures.values)])
    image = None
    for panel, picture in zip(axes, pictures.values, strict=True):
        image = show(panel, picture, norm, pictures.half_width)
        if not ticks:
            bare(panel)
    return image, axes


def draw_maps(
    line: Sequence[Axes], maps: NDArray[Any], half_width: float | None, *, rough: bool
) -> tuple[Any, list[Axes]]:
    """Draw maps of both signs side by side on one scale that is white at 0."""
    norm, axes = balanced(maps, rough=rough), list(line[: len(maps)])
    image = None
    for panel, values in zip(axes, maps, strict=True):
        image = show(panel, values, norm, half_width, DIVERGING)
        bare(panel)
    return image, axes


def name_axes(axes: Axes, shape: tuple[int, ...], half_width: float | None) -> None:
    """Write at one panel which way its axes run and how far; the others are as large."""
    axes.tick_params(labelsize=SMALL, length=2, pad=1.5)
    if half_width is None:
        axes.set_xticks([0, shape[1] - 1])
        axes.set_yticks([0, shape[0] - 1])
        names = ("column", "row")
    else:
        axes.set_xticks([-half_width, half_width])
        axes.set_yticks([-half_width, half_width])
        names = (r"$\Delta\eta$", r"$\Delta\phi$")
    axes.minorticks_off()
    axes.set_xlabel(names[0], fontsize=SMALL, labelpad=1)
    axes.set_ylabel(names[1], fontsize=SMALL, labelpad=1)


def titles_of(file: InsideFile, group: str) -> list[str]:
    """Say of each event what is true and what the network says."""
    truth, said = file[f"{group}/truth"], file[f"{group}/prediction"]
    about = file.about
    if about.classes:
        names = [readable(name) for name in about.classes]
        return [
            _of_class(names[int(t)], names[int(p.argmax())], float(p.max()), right=t == p.argmax())
            for t, p in zip(truth, said, strict=True)
        ]
    return [f"true {_number(t)}\npredicted {_number(p)}" for t, p in zip(truth, said, strict=True)]


def _of_class(truth: str, said: str, probability: float, *, right: bool) -> str:
    percent = _percent(probability)
    if right:
        return f"{truth}\ncorrect, {percent}"
    return f"{truth}, taken for\n{said}, {percent}"


def _percent(probability: float) -> str:
    text = f"{100 * probability:.1f}"
    return "> 99.9 %" if text == "100.0" and probability < 1 else f"{text} %"


def _number(value: Any) -> str:
    parts = [f"{float(part):.4g}".replace("-", MINUS) for part in np.ravel(value)]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def headline(about: About, what: str) -> str:
    """Head a figure: what is shown, with the target's unit where values stand above panels."""
    unit = "" if about.classes else unit_of(about.units)
    return f"{what} (numbers in {unit})" if unit else what
