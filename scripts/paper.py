"""Write the folder for a paper: figures at a column's width, tables and numbers in LaTeX."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.records import read_training
from footprint.evaluation.summary import summarise
from footprint.export.paper import Drawn, write_paper


def main(
    metrics: Annotated[list[Path], Argument(help="Metrics of all experiments, JSON files.")],
    output: Annotated[Path, Option(help="Folder to write.")],
    tables: Annotated[
        str, Option(help="Tables of all figures as JSON, a list of {kind, path, names}.")
    ] = "[]",
    records: Annotated[
        list[Path] | None,
        Option(help="<experiment>/<seed>/training.json of a training; may be repeated."),
    ] = None,
) -> None:
    """Write the folder for a paper: figures at a column's width, tables and numbers in LaTeX."""
    found = [read_metrics(path) for path in metrics]
    drawn = [Drawn(e["kind"], Path(e["path"]), e["names"]) for e in json.loads(tables)]
    sections = summarise(found, trainings=[read_training(path) for path in records or ()])
    write_paper(output, drawn, sections, found)


if __name__ == "__main__":
    run(main)
