"""Apply a trained network to recorded events, whose truth nobody knows."""

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
    dataset: Annotated[Path, Option(help="Data set that the network learnt from.")],
    data: Annotated[Path, Option(help="Recorded events, built like that data set.")],
    name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    seed: Annotated[int, Option(min=0, help="Seed the network was trained with.")],
    output: Annotated[Path, Option(help="Folder for <target>.h5, one a target.")],
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Apply a trained network to recorded events, whose truth nobody knows."""
    backend.prepare(threads)
    backend.start()
    from footprint.training.apply import load_network, save_predictions

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    network = load_network(model, config)
    with open_dataset(dataset) as learnt_from, open_dataset(data) as recorded:
        save_predictions(
            output,
            network,
            recorded,
            method=name,
            config=config,
            seed=seed,
            learnt_from=learnt_from,
        )


if __name__ == "__main__":
    run(main)
