"""Saliency: gradients of the answer by the pixels."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from footprint.figures.inside import attributions
from footprint.figures.inside.attributions import Kind
from footprint.figures.inside.looks import Pictures
from footprint.figures.names import per_unit
from footprint.files.inside import Answer, InsideFile


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw the gradient of the answer below the events' images."""
    return attributions.draw(file, Kind("saliency", "gradient of", _label))


def _label(answer: Answer, picture: Pictures) -> str:
    if answer.units and picture.units:
        return f"gradient [{answer.units} / {picture.units}]"
    return f"gradient [{answer.units}]" if answer.units else per_unit("gradient", picture.units)
