"""All figures of the inside of a network, from the file of what was found of one target."""

from collections.abc import Callable, Iterator
from pathlib import Path

from matplotlib.figure import Figure

from footprint.figures import style
from footprint.figures.inside import (
    activations,
    filters,
    integrated_gradients,
    misclassified,
    occlusion,
    saliency,
)
from footprint.files.inside import InsideFile, read_inside

Named = Iterator[tuple[str, Figure]]
KINDS: dict[str, tuple[str, Callable[[InsideFile], Named]]] = {
    "filters": ("filters/", filters.draw),
    "activations": ("activations/", activations.draw),
    "saliency": ("saliency/", saliency.draw),
    "integrated_gradients": ("integrated_gradients/", integrated_gradients.draw),
    "occlusion": ("occlusion/", occlusion.draw),
    "misclassified": ("worst/", misclassified.draw),
}
"""Methods, with the beginning of the arrays' names that they need."""
NAMES = (*(f"{name}*" for name in KINDS), "largest_deviations*")


def draw_inside(path: Path, output: Path, look: style.Look = style.REPORT) -> list[str]:
    """Draw the figures that there are arrays for.

    Parameters
    ----------
    path
        What was found.
    output
        Where ``<name>.pdf`` and ``<name>.png`` go. Figures of an earlier drawing are removed,
        once all new ones could be drawn; other files stay.
    look
        Their sizes and formats.

    Returns
    -------
    list of str
        The figures' names.
    """
    file = read_inside(path)
    with style.paper():
        return style.replace(output, NAMES, make(file), look)


def make(file: InsideFile) -> dict[str, Figure]:
    """Make the figures without saving them.

    Raises
    ------
    FileFormatError
        An array is missing that belongs to one that is there.
    """
    return {
        name: figure
        for beginning, draw in KINDS.values()
        if any(array.startswith(beginning) for array in file.arrays)
        for name, figure in draw(file)
    }
