"""Make the network that a scan chose that of its experiment."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.scans.chosen import take_chosen


def main(
    chosen: Annotated[Path, Option(help="What the scan chose (.json).")],
    scan: Annotated[Path, Option(help="Folder of the scan, with a folder for each point.")],
    model: Annotated[Path, Option(help="Network to write (.keras).")],
    history: Annotated[Path, Option(help="Losses of all epochs to write (.csv).")],
    record: Annotated[Path, Option(help="How the network came about, to write (.json).")],
) -> None:
    """Make the network that a scan chose, with its history and record, the experiment's own."""
    take_chosen(chosen, scan, [history, record, model])


if __name__ == "__main__":
    run(main)
