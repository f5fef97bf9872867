"""Apply trained networks to the test split."""

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
    model: Annotated[
        list[Path], Option(help="Trained network (.keras); may be repeated, with a seed each.")
    ],
    dataset: Annotated[
        list[Path], Option(help="Data set whose test split is read; may be repeated.")
    ],
    name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    seed: Annotated[
        list[int], Option(min=0, help="Seed the network was trained with; one for each.")
    ],
    output: Annotated[
        list[Path],
        Option(
            help="Folder for <target>.h5, one a target; one for each data set, network by network."
        ),
    ],
    snapshots: Annotated[
        list[Path] | None,
        Option(help="Snapshots of a network, applied over its first data set; one for each."),
    ] = None,
    validation: Annotated[
        bool, Option(help="Also write what is said of the validation split, for corrections.")
    ] = False,
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Apply trained networks to the test split."""
    taken = snapshots or [None] * len(model)
    if not len(model) == len(seed) == len(taken) or len(output) != len(model) * len(dataset):
        msg = (
            f"{len(model)} networks, {len(seed)} seeds, {len(taken)} files of snapshots, "
            f"{len(dataset)} data sets and {len(output)} outputs given: expected a seed for each "
            f"network, and an output for each network and data set"
        )
        raise ConfigError(msg)
    backend.prepare(threads)
    backend.start()
    from footprint.training.apply import load_network
    from footprint.training.grid import save_snapshot_predictions
    from footprint.training.predictions import save_all

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    each = len(dataset)
    folders = [output[start : start + each] for start in range(0, len(output), each)]
    for path, number, epochs, own in zip(model, seed, taken, folders, strict=True):
        network = load_network(path, config)
        for events, folder in zip(dataset, own, strict=True):
            of_training = epochs if folder == own[0] else None
            with open_dataset(events) as data:
                save_all(
                    *(folder, network, data),
                    method=name,
                    config=config,
                    seed=number,
                    validation=validation,
                    snapshots=of_training,
                )
        if epochs is not None:
            with open_dataset(dataset[0]) as data:
                save_snapshot_predictions(
                    own[0] / FOLDER, network, epochs, data, method=name, config=config, seed=number
                )


if __name__ == "__main__":
    run(main)
