"""Draw all figures of one data set."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.figures.datasets.draw import draw_dataset


def main(
    tables: Annotated[Path, Option(help="Folder of the data set's tables.")],
    output: Annotated[Path, Option(help="Folder of its figures; earlier figures there are lost.")],
) -> None:
    """Draw all figures of one data set from the tables of its survey, each as PDF and PNG."""
    draw_dataset(tables, output)


if __name__ == "__main__":
    run(main)
