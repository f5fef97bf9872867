"""Posteriors: draws of several targets together, given the inputs of each test event."""

from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Experiment
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions, write_predictions
from footprint.models import flow
from footprint.seeds import stream
from footprint.training.distributions import Distribution, distribution_of
from footprint.training.goals import Goal

DRAWS = 256
"""Draws of each event: the share of them below the truth is known to a third of a per cent."""
EVENTS = 256
"""Events at once."""


def save_posteriors(
    folder: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    method: str,
    config: Experiment,
    seed: int,
) -> None:
    """Draw from the posterior of each test event, and write a file of predictions a target.

    What is predicted is the mean of the draws, which has the smallest squared error.

    Parameters
    ----------
    folder
        Where ``<target>.h5`` goes for each target.
    network, dataset
        What is applied to what.
    method, config, seed
        Name and configuration of the experiment, and the seed of the training.
    """
    learnt = distribution_of(dataset, config)
    folder.mkdir(parents=True, exist_ok=True)
    shape = (len(learnt.goals), dataset.length("test"), DRAWS)
    with TemporaryDirectory(dir=folder) as scratch:
        # On disk, since those of many events do not fit into memory.
        draws = np.memmap(Path(scratch) / "draws", np.float32, "w+", shape=shape)
        means, log_density, level = _drawn(network, dataset, learnt, seed, draws)
        for goal, samples, mean in zip(learnt.goals, draws, means, strict=True):
            predictions = Predictions(
                method=method,
                seed=seed,
                task=goal.task,
                target=dataset.spec("targets", goal.name),
                classes=(),
                event_id=dataset.event_id("test"),
                truth=dataset.target("test", goal.name),
                prediction=mean,
                spectators=dataset.spectators("test"),
                spectator_specs={
                    name: dataset.spec("spectators", name) for name in dataset.names("spectators")
                },
                config=config.model_dump_json(),
                relative=dataset.is_relative(goal.name),
                weight=dataset.weights("test"),
                samples=samples,
                log_density=log_density,
                level=level,
            )
            write_predictions(folder / f"{goal.name}.h5", predictions)


def _drawn(
    network: keras.Model, dataset: Dataset, learnt: Distribution, seed: int, draws: Array
) -> tuple[Array, Array, Array]:
    """Draw for all test events, block by block, into ``draws`` of shape (targets, n, DRAWS).

    Returns
    -------
    means : ndarray, shape (targets, n)
        Of the draws, which are in the units of the targets.
    log_density : ndarray, shape (n,)
        Of the truth, per unit of the targets before they were normalised.
    level : ndarray, shape (n,)
        Share of the draws whose density is higher than that of the truth.
    """
    sample = flow.posterior_sampler(network, learnt.name)
    latent = flow.latent_size(network, learnt.name)
    truth = learnt.encoded(dataset, "test")
    means, densities, levels = np.empty(draws.shape[:2], np.float32), [], []
    for start in range(0, len(truth), EVENTS):
        rows = slice(start, min(start + EVENTS, len(truth)))
        conditions = dataset.inputs("test", learnt.conditions, rows)
        normal = stream(seed, learnt.name, start).standard_normal(
            (rows.stop - start, DRAWS, latent), dtype=np.float32
        )
        drawn, of_draws = sample(conditions, normal)
        of_truth = flow.log_densities(network, {**conditions, learnt.name: truth[rows]})
        for place, goal in enumerate(learnt.goals):
            decoded = _decoded(goal, drawn[..., place])
            draws[place, rows], means[place, rows] = decoded, decoded.mean(axis=1)
        densities.append(of_truth - learnt.log_scale)
        levels.append(np.mean(of_draws > of_truth[:, None], axis=1))
    return means, np.concatenate(densities), np.concatenate(levels)


def _decoded(goal: Goal, encoded: Array) -> NDArray[np.float64]:
    """Bring draws (n, draws) back to physical units."""
    return np.asarray(goal.decode(encoded.reshape(-1, 1), (encoded.size,))).reshape(encoded.shape)
