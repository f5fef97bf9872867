"""Judge trained networks and their baselines on samples simulated in another way."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.evaluation.at_points import at_all_points
from footprint.evaluation.degradation import Setting
from footprint.evaluation.shifts import Shift
from footprint.evaluation.tables import write_tables
from footprint.evaluation.variations import facts_of, tables_of


def main(
    target: Annotated[str, Option(help="Target that the experiments learn.")],
    settings: Annotated[str, Option(help="Points of all curves: curve, value, point; as JSON.")],
    experiments: Annotated[str, Option(help="The experiments' configurations by name, as JSON.")],
    predictions: Annotated[
        str,
        Option(help="By experiment, the folders <seed>/ that hold <point>/<target>.h5; as JSON."),
    ],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
    shifts: Annotated[
        str, Option(help="Points of all parameter sets: parameter_set, shift, point; as JSON.")
    ] = "[]",
    baselines: Annotated[
        Path | None, Option(help="Folder that holds <point>/<label>.h5 of the simple methods.")
    ] = None,
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
) -> None:
    """Judge trained networks and their baselines on samples simulated in another way."""
    curves = [Setting(**entry) for entry in json.loads(settings)]
    sets = [Shift(**entry) for entry in json.loads(shifts)]
    points = [entry.point for entry in (*curves, *sets)]
    configs = TypeAdapter(dict[str, Experiment]).validate_json(experiments)
    folders = {name: [Path(f) for f in given] for name, given in json.loads(predictions).items()}
    methods = at_all_points(target, points, configs, folders, baselines)
    facts = facts_of(target, label, configs, methods)
    write_tables(tables, tables_of(curves, sets, methods), facts)


if __name__ == "__main__":
    run(main)
