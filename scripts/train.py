"""Train one network of an experiment with one seed."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.files.datasets import open_dataset
from footprint.scans.chosen import with_chosen
from footprint.training import backend


def main(
    dataset: Annotated[Path, Option(help="Data set to train on.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    seed: Annotated[int, Option(min=0, help="Seed of weights, order and dropout.")],
    model: Annotated[Path, Option(help="Network to write (.keras).")],
    history: Annotated[Path, Option(help="Losses of all epochs to write (.csv).")],
    record: Annotated[Path, Option(help="How the network came about, to write (.json).")],
    snapshots: Annotated[
        Path | None, Option(help="Weights after the epochs that were asked for, to write (.h5).")
    ] = None,
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Train one network of an experiment with one seed."""
    backend.prepare(threads)
    backend.start()
    from footprint.training.fit import fit
    from footprint.training.record import save_history, save_network, save_record
    from footprint.training.snapshots import save_snapshots

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    checkpoint = model.with_name("checkpoint.h5")
    with open_dataset(dataset) as data:
        trained = fit(data, config, seed, checkpoint)
    save_history(history, trained)
    save_record(record, trained, config, seed)
    if snapshots is not None:
        save_snapshots(snapshots, trained.snapshots, trained.progress.best_epoch)
    save_network(model, trained.network)
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    run(main)
