"""Look inside a trained network: filters, activations, what answers rest on, worst errors."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.files.datasets import open_dataset
from footprint.scans.chosen import with_chosen
from footprint.training import backend


def main(
    model: Annotated[Path, Option(help="Trained network (.keras).")],
    dataset: Annotated[Path, Option(help="Data set it was trained on.")],
    predictions: Annotated[Path, Option(help="Folder of its predictions, <target>.h5.")],
    name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    output: Annotated[Path, Option(help="Folder for <target>.h5 and tables.")],
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Look inside a trained network: filters, activations, what answers rest on, worst errors."""
    backend.prepare(threads)
    backend.start()
    from footprint.inside.look import look_inside
    from footprint.training.apply import load_network

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    network = load_network(model, config)
    with open_dataset(dataset) as data:
        look_inside(output, network, data, predictions=predictions, method=name, config=config)


if __name__ == "__main__":
    run(main)
