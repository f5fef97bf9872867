"""Occlusion: by how much the answer falls where the image is covered."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from footprint.figures.inside import attributions
from footprint.figures.inside.attributions import Kind
from footprint.figures.inside.looks import Pictures
from footprint.figures.names import with_unit
from footprint.files.inside import Answer, InsideFile


def draw(file: InsideFile) -> Iterator[tuple[str, Figure]]:
    """Draw the fall of the answer below the events' images."""
    return attributions.draw(
        file, Kind("occlusion", "fall, where covered, of", _label, rough=False)
    )


def _label(answer: Answer, _: Pictures) -> str:
    return with_unit("fall", answer.units)
