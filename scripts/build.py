"""Build a data set from event files."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Argument, Option

from footprint.command import run
from footprint.config.datasets import Dataset
from footprint.config.parameter_sets import EventChange
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
    only_test: Annotated[
        bool, Option(help="With --like: keep only what is in its test split, of the same events.")
    ] = False,
    change: Annotated[
        str, Option(help="Changes of the events' constituents by sample, as JSON.")
    ] = "{}",
) -> None:
    """Build a data set from event files."""
    config = Dataset.model_validate_json(dataset)
    changes = TypeAdapter(dict[str, EventChange]).validate_json(change)
    parts = parts_by_sample(events)
    build_dataset(output, name, config, parts, like, only_test=only_test, changes=changes)


if __name__ == "__main__":
    run(main)
