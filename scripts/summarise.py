"""Write one table of all experiments and baselines."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.records import read_training
from footprint.evaluation.summary import summarise
from footprint.evaluation.summary_text import text
from footprint.evaluation.variations import read_total_shifts
from footprint.files.atomic import write_text


def main(
    metrics: Annotated[list[Path], Argument(help="Metrics of all experiments, JSON files.")],
    markdown: Annotated[Path, Option(help="Markdown file to write.")],
    records: Annotated[
        list[Path] | None,
        Option(help="<experiment>/<seed>/training.json of a training; may be repeated."),
    ] = None,
    varied: Annotated[
        list[Path] | None,
        Option(help="Folder <data set>/<target> of the tables of variations; may be repeated."),
    ] = None,
) -> None:
    """Write one table of all experiments and baselines."""
    shifts = {
        (folder.parent.name, folder.name): table
        for folder in varied or ()
        if (table := read_total_shifts(folder)) is not None
    }
    trainings = [read_training(path) for path in records or ()]
    sections = summarise([read_metrics(path) for path in metrics], shifts, trainings)
    write_text(markdown, text(sections))


if __name__ == "__main__":
    run(main)
