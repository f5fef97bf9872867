"""Build a data set from event files."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.files.events import parts_by_sample


def main(
    events: Annotated[list[Path], Argument(help="Event files of all samples, in order.")],
    name: Annotated[str, Option(help="Name of the data set.")],
    dataset: Annotated[str, Option(help="The data set's part of the configuration, as JSON.")],
    output: Annotated[Path, Option(help="Data-set file to write.")],
    like: Annotated[
        Path | None,
        Option(help="Another data set: make all events test events, normalised as there."),
    ] = None,
) -> None:
    """Build a data set from event files."""
    config = Dataset.model_validate_json(dataset)
    build_dataset(output, name, config, parts_by_sample(events), like)


if __name__ == "__main__":
    run(main)
