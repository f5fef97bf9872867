"""Integrated gradients: what each pixel contributes to the answer."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from footprint.figures.inside import attributions
from footprint.figures.inside.attributions import Kind
from footprint.figures.inside.looks import Pictures
from footprint.figures.names import with_unit
from footprint.files.inside import Answer, InsideFile


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw the pixels' contributions below the events' images."""
    return attributions.draw(file, Kind("integrated_gradients", "contributions to", _label))


def _label(answer: Answer, _: Pictures) -> str:
    return with_unit("contribution", answer.units)
