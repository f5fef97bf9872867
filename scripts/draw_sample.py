"""Draw all figures of one sample."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.figures.samples.draw import draw_sample


def main(
    tables: Annotated[Path, Option(help="Folder of the sample's tables.")],
    output: Annotated[Path, Option(help="Folder of its figures; earlier figures there are lost.")],
) -> None:
    """Draw all figures of one sample from the tables of its survey, each as PDF and PNG."""
    draw_sample(tables, output)


if __name__ == "__main__":
    run(main)
