"""Single pictures in panels: images of pixels, images of jets, colour photographs."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

COLOURS = ("red", "green", "blue")
"""Three channels of these names are the colours of one picture."""
DIVERGING = mpl.colormaps["RdBu_r"].with_extremes(bad="white")
"""Colours of what has both signs."""
_BYTE = 255.0
_STEEP = 0.05
_DECADES = 1e-3


def measured() -> Colormap:
    """Make the colour map of images, which leaves white what is not there."""
    return mpl.colormaps["viridis"].with_extremes(bad="white", under="white")


def show(
    axes: Axes,
    picture: NDArray[Any],
    norm: Any = None,
    half_width: float | None = None,
    colours: Colormap | None = None,
) -> AxesImage:
    """Draw a picture; white where nothing is or was measured.

    Parameters
    ----------
    axes
        Where it goes.
    picture
        Shape (rows, columns), or (rows, columns, 3) with colours from 0 to 1.
    norm, colours
        From values to colours.
    half_width
        Of the image of a jet. Rows run from top to bottom, but the first axis of a jet's image,
        its pseudorapidity, runs to the right.
    """
    look: dict[str, Any] = {"cmap": colours or measured(), "interpolation": "nearest"}
    look |= {"aspect": "auto", "norm": norm}
    if half_width is None:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.minorticks_off()
        return axes.imshow(picture, **look)
    place = axes.get_subplotspec()
    if place is not None and place.is_last_row():
        axes.set_xlabel(r"$\Delta\eta$")
    if place is not None and place.is_first_col():
        axes.set_ylabel(r"$\Delta\phi$")
    extent = (-half_width, half_width, -half_width, half_width)
    return axes.imshow(np.swapaxes(picture, 0, 1), origin="lower", extent=extent, **look)


def scale_of(values: NDArray[np.float64], smallest: float = _DECADES) -> Normalize:
    """Choose the colours of images: logarithmic where none is negative and few are large.

    Parameters
    ----------
    values
        Of all images, NaN where there is nothing.
    smallest
        What has a colour of its own at least, as a part of the largest value.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return Normalize(0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    positive = known[known > 0]
    if low >= 0 and positive.size and np.median(positive) < _STEEP * high:
        return LogNorm(max(float(positive.min()), smallest * high), high)
    return Normalize(low, high if high > low else low + 1.0)


def bare(axes: Axes) -> None:
    """Take ticks and labels from a panel."""
    axes.set(xticks=[], yticks=[], xlabel="", ylabel="", aspect="equal")
    axes.minorticks_off()


def in_colour(channels: Sequence[str]) -> bool:
    """Whether channels are the colours of one picture."""
    return tuple(channels) == COLOURS


def colour_picture(values: NDArray[Any]) -> NDArray[np.float64]:
    """Bring colours from 0 to 255, or from 0 to 1, to those from 0 to 1."""
    wide = np.nan_to_num(values.astype(np.float64))
    return np.asarray(np.clip(wide / (_BYTE if wide.max() > 1.0 + 1e-3 else 1.0), 0.0, 1.0))


def colour_bar(
    figure: Figure, image: AxesImage, panels: list[Axes], label: str, **look: Any
) -> None:
    """Add the scale of some panels."""
    bar = figure.colorbar(image, ax=panels, **{"aspect": 25, "pad": 0.02, **look})
    bar.set_label(label, fontsize=7)
    bar.outline.set_linewidth(0.5)
    bar.ax.tick_params(labelsize=6.5)
