"""Train one point of an experiment's scan."""

import json
from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.files.datasets import open_dataset
from footprint.training import backend


def main(
    dataset: Annotated[Path, Option(help="Data set to train on.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    values: Annotated[
        str, Option(help="Values by path, as JSON, such as '{\"model.dropout\": 0.2}'.")
    ],
    seed: Annotated[int, Option(min=0, help="Seed of weights, order and dropout.")],
    model: Annotated[Path, Option(help="Network to write (.keras).")],
    history: Annotated[Path, Option(help="Losses of all epochs to write (.csv).")],
    record: Annotated[Path, Option(help="How the network came about, to write (.json).")],
    proposed: Annotated[
        str | None, Option(help="Name of the point, if values is a file of proposals.")
    ] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Train one point of an experiment's scan; where it fails, the record says why."""
    backend.prepare(threads)
    backend.start()
    from footprint.scans.point import PointFiles, train_point

    config = Experiment.model_validate_json(experiment)
    found = json.loads(values if proposed is None else Path(values).read_text(encoding="utf-8"))
    point = found if proposed is None else found[proposed]
    with open_dataset(dataset) as data:
        train_point(data, config, point, seed, PointFiles(model, history, record))


if __name__ == "__main__":
    run(main)
