"""Judge trained networks and their baselines on samples simulated in another way."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.evaluation.degradation import (
    Setting,
    at_all_points,
    degradation,
    nominal_comparison,
)
from footprint.evaluation.tables import write_tables


def main(
    target: Annotated[str, Option(help="Target that the experiments learn.")],
    settings: Annotated[str, Option(help="Points of all curves: curve, value, point; as JSON.")],
    experiments: Annotated[str, Option(help="The experiments' configurations by name, as JSON.")],
    predictions: Annotated[
        str,
        Option(help="By experiment, the folders <seed>/ that hold <point>/<target>.h5; as JSON."),
    ],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
    baselines: Annotated[
        Path | None, Option(help="Folder that holds <point>/<label>.h5 of the simple methods.")
    ] = None,
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
) -> None:
    """Judge trained networks and their baselines on samples simulated in another way."""
    points = [Setting(**entry) for entry in json.loads(settings)]
    configs = TypeAdapter(dict[str, Experiment]).validate_json(experiments)
    folders = {name: [Path(f) for f in given] for name, given in json.loads(predictions).items()}
    methods = at_all_points(target, points, configs, folders, baselines)
    table = degradation(points, methods)
    first = next(iter(next(iter(methods.values())).values()))
    write_tables(
        tables,
        {"degradation.csv": table, "comparison.csv": nominal_comparison(table)},
        {
            "name": target,
            "units": first.units,
            "label": label or "",
            "task": "variations",
            "classes": list(first.classes),
            "experiment": "",
        },
    )


if __name__ == "__main__":
    run(main)
