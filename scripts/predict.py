"""Apply a trained network to the test split."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.errors import ConfigError
from footprint.files.datasets import open_dataset
from footprint.files.snapshots import FOLDER
from footprint.scans.chosen import with_chosen
from footprint.training import backend


def main(
    model: Annotated[Path, Option(help="Trained network (.keras).")],
    dataset: Annotated[
        list[Path], Option(help="Data set whose test split is read; may be repeated.")
    ],
    name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    seed: Annotated[int, Option(min=0, help="Seed the network was trained with.")],
    output: Annotated[
        list[Path], Option(help="Folder for <target>.h5, one a target; one for each data set.")
    ],
    snapshots: Annotated[
        Path | None, Option(help="Snapshots of the network, applied over its first data set.")
    ] = None,
    validation: Annotated[
        bool, Option(help="Also write what is said of the validation split, for corrections.")
    ] = False,
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Apply a trained network to the test split."""
    if len(dataset) != len(output):
        msg = f"{len(dataset)} data sets and {len(output)} outputs given: expected one each"
        raise ConfigError(msg)
    backend.prepare(threads)
    backend.start()
    from footprint.training.apply import load_network
    from footprint.training.grid import save_snapshot_predictions
    from footprint.training.predictions import save_all

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    network = load_network(model, config)
    for number, (path, folder) in enumerate(zip(dataset, output, strict=True)):
        of_training = snapshots if number == 0 else None
        with open_dataset(path) as data:
            save_all(
                *(folder, network, data),
                method=name,
                config=config,
                seed=seed,
                validation=validation,
                snapshots=of_training,
            )
    if snapshots is not None:
        with open_dataset(dataset[0]) as data:
            save_snapshot_predictions(
                output[0] / FOLDER, network, snapshots, data, method=name, config=config, seed=seed
            )


if __name__ == "__main__":
    run(main)
