"""What a trained network says of the test split, whatever it has learnt."""

from functools import partial
from pathlib import Path

import keras

from footprint.config.experiments import Experiment
from footprint.files.datasets import Dataset
from footprint.files.predictions import VALIDATION, write_predictions
from footprint.models import flow
from footprint.training.anomaly import anomaly_predictions
from footprint.training.apply import save_predictions
from footprint.training.distributions import learns_distribution
from footprint.training.draw_samples import save_samples
from footprint.training.posteriors import save_posteriors


def save_all(
    folder: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
    validation: bool = False,
    snapshots: Path | None = None,
) -> None:
    """Write answers, draws from posteriors, or generated events of the test split.

    Parameters
    ----------
    folder
        Where a file goes for each target, or for the variables.
    network, dataset
        What is applied to what.
    method, config, seed
        Name and configuration of the experiment, and the seed of the training.
    validation
        Whether to write answers of the validation split too, in a folder `VALIDATION`, from which
        corrections are learnt; what learns a distribution has none.
    snapshots
        File of its snapshots, with which some events are generated too.
    """
    if not learns_distribution(config):
        own = partial(save_predictions, method=method, config=config, seed=seed)
        own(folder, network, dataset)
        if validation:
            own(folder / VALIDATION, network, dataset, split="validation")
    elif config.variables is None:
        save_posteriors(folder, network, dataset, method=method, config=config, seed=seed)
    else:
        path = folder / f"{config.variables}.h5"
        save_samples(
            path, network, dataset, method=method, config=config, seed=seed, snapshots=snapshots
        )
        if config.learn_from is not None:
            said = anomaly_predictions(
                dataset,
                config,
                method=method,
                seed=seed,
                log_density=partial(flow.log_densities, network),
            )
            write_predictions(folder / f"{config.learn_from.target}.h5", said)
