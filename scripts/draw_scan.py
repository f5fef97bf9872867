"""Draw all figures of one scan."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.figures.scans.draw import draw_scan


def main(
    tables: Annotated[Path, Option(help="Folder of the scan's tables.")],
    output: Annotated[Path, Option(help="Folder of its figures; earlier figures there are lost.")],
) -> None:
    """Draw all figures of one scan from the table of its points, each as PDF and PNG."""
    draw_scan(tables, output)


if __name__ == "__main__":
    run(main)
