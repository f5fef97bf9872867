"""Set all networks of one target beside each other: every experiment, and the baselines."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Argument, Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.evaluation.compare import compare
from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.tables import write_tables


def main(
    metrics: Annotated[list[Path], Argument(help="Metrics of the experiments, JSON files.")],
    experiments: Annotated[str, Option(help="The experiments' configurations by name, as JSON.")],
    predictions: Annotated[
        str, Option(help="By experiment, its prediction files, one for each seed; as JSON.")
    ],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
    baselines: Annotated[
        str, Option(help="By data set, the folder of its baselines' predictions; as JSON.")
    ] = "{}",
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
    histories: Annotated[
        str, Option(help="By experiment, history.csv of each training, by seed; as JSON.")
    ] = "{}",
) -> None:
    """Set all networks of one target beside each other: every experiment, and the baselines."""
    configs = TypeAdapter(dict[str, Experiment]).validate_json(experiments)
    files, curves = (
        {name: [Path(f) for f in given] for name, given in json.loads(text).items()}
        for text in (predictions, histories)
    )
    simple = {name: Path(folder) for name, folder in json.loads(baselines).items()}
    numbers = [read_metrics(path) for path in metrics]
    result = compare(configs, files, simple, numbers, label, histories=curves)
    write_tables(tables, result.tables, result.target)


if __name__ == "__main__":
    run(main)
