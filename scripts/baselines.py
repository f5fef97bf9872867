"""Fit the simple methods of a target and apply them to the test split."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.errors import ConfigError
from footprint.evaluation.baselines import fit_baselines, parse_baselines, write_baselines
from footprint.files.datasets import open_dataset


def main(
    dataset: Annotated[Path, Option(help="Data set to fit.")],
    target: Annotated[str, Option(help="Target of the data set.")],
    baselines: Annotated[str, Option(help="The target's baselines by label, as JSON.")],
    output: Annotated[
        list[Path], Option(help="Folder for <label>.h5, one a method; one for each --test.")
    ],
    test: Annotated[
        list[Path] | None,
        Option(help="Data set whose test split is read; without it --dataset; may be repeated."),
    ] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Fit the simple methods of a target and apply them to the test split."""
    tests = test or [dataset]
    if len(tests) != len(output):
        msg = f"{len(tests)} data sets to test on and {len(output)} outputs: expected one each"
        raise ConfigError(msg)
    with open_dataset(dataset) as data:
        fitted = fit_baselines(data, target, parse_baselines(baselines), threads)
    for path, folder in zip(tests, output, strict=True):
        with open_dataset(path) as data:
            write_baselines(folder, data, fitted, threads)


if __name__ == "__main__":
    run(main)
