"""Build a data set from event files."""

import json
from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset


def main(
    name: Annotated[str, Option(help="Name of the data set.")],
    dataset: Annotated[str, Option(help="The data set's part of the configuration, as JSON.")],
    parts: Annotated[str, Option(help="Event files of each sample, as JSON: {sample: [files]}.")],
    output: Annotated[Path, Option(help="Data-set file to write.")],
) -> None:
    """Build a data set from event files."""
    files = {sample: [Path(path) for path in paths] for sample, paths in json.loads(parts).items()}
    build_dataset(output, name, Dataset.model_validate_json(dataset), files)


if __name__ == "__main__":
    run(main)
