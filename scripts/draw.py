"""Draw all figures of one experiment."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.figures.draw import draw


def main(
    tables: Annotated[Path, Option(help="Folder of the experiment's tables.")],
    output: Annotated[Path, Option(help="Folder of its figures; earlier figures there are lost.")],
) -> None:
    """Draw all figures of one experiment from its tables, each as PDF and PNG."""
    draw(tables, output)


if __name__ == "__main__":
    run(main)
