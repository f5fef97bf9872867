"""Judge trained networks on samples simulated in another way."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.evaluation.degradation import Setting, degradation, nominal_comparison
from footprint.evaluation.methods import gather
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
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
) -> None:
    """Judge trained networks on samples simulated in another way."""
    points = [Setting(**entry) for entry in json.loads(settings)]
    configs = TypeAdapter(dict[str, Experiment]).validate_json(experiments)
    methods = {
        name: {
            point: gather(
                name, configs[name], [Path(f) / point / f"{target}.h5" for f in folders], []
            )
            for point in dict.fromkeys(entry.point for entry in points)
        }
        for name, folders in json.loads(predictions).items()
    }
    table = degradation(points, methods, configs)
    first = next(iter(next(iter(methods.values())).values())).first
    write_tables(
        tables,
        {"degradation.csv": table, "comparison.csv": nominal_comparison(table)},
        {
            "name": target,
            "units": first.target.units,
            "label": label or "",
            "task": "variations",
            "classes": list(first.classes),
            "experiment": "",
        },
    )


if __name__ == "__main__":
    run(main)
