"""Survey a data set: tables of its events by class, before and after weights."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.evaluation.tables import write_tables
from footprint.files.datasets import open_dataset
from footprint.survey.datasets import FACTS
from footprint.survey.datasets.survey import survey_dataset


def main(
    dataset: Annotated[Path, Argument(help="The data-set file.")],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
) -> None:
    """Survey a data set: tables of its events by class, before and after weights."""
    with open_dataset(dataset) as data:
        found, facts = survey_dataset(data)
    write_tables(tables, found, facts, FACTS)


if __name__ == "__main__":
    run(main)
