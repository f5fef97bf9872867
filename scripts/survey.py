"""Survey a sample: tables of what its showers are and what the detector saw of them."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.evaluation.tables import write_tables
from footprint.survey import FACTS
from footprint.survey.survey import survey


def main(
    events: Annotated[list[Path], Argument(help="Event files of the sample, in order.")],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
) -> None:
    """Survey a sample: tables of what its showers are and what the detector saw of them."""
    result = survey(events)
    write_tables(tables, result.tables, result.facts, FACTS)


if __name__ == "__main__":
    run(main)
