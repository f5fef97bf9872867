"""Fit the simple methods of a target and apply them to the test split."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.evaluation.baselines import parse_baselines, write_baselines
from footprint.files.datasets import open_dataset


def main(
    dataset: Annotated[Path, Option(help="Data set to fit and to test on.")],
    target: Annotated[str, Option(help="Target of the data set.")],
    baselines: Annotated[str, Option(help="The target's baselines by label, as JSON.")],
    output_folder: Annotated[Path, Option(help="Folder for <label>.h5, one each.")],
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Fit the simple methods of a target and apply them to the test split."""
    methods = parse_baselines(baselines)
    with open_dataset(dataset) as data:
        write_baselines(output_folder, data, target, methods, threads)


if __name__ == "__main__":
    run(main)
