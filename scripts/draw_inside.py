"""Draw what a look inside a network found of one target."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.figures.inside.draw import draw_inside


def main(
    inside: Annotated[Path, Option(help="What was found, <target>.h5.")],
    output: Annotated[Path, Option(help="Folder of its figures; earlier figures there are lost.")],
) -> None:
    """Draw what a look inside a network found of one target, each figure as PDF and PNG."""
    draw_inside(inside, output)


if __name__ == "__main__":
    run(main)
