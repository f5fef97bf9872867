"""Saliency: gradients of the answer by the pixels."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from footprint.figures.inside import attributions
from footprint.figures.inside.attributions import Kind
from footprint.figures.inside.looks import Pictures
from footprint.figures.names import per_unit, unit_of, with_unit
from footprint.files.inside import Answer, InsideFile


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw the gradient of the answer below the events' images."""
    return attributions.draw(file, Kind("saliency", "gradient of", _label))


def _label(answer: Answer, picture: Pictures) -> str:
    if answer.units and picture.units:
        return f"gradient [{unit_of(answer.units)} / {unit_of(picture.units)}]"
    if answer.units:
        return with_unit("gradient", answer.units)
    return per_unit("gradient", picture.units)
