"""Anomalies: events that a density finds unlikely, which learnt from events of one class alone."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions
from footprint.training.distributions import distribution_of, learnt_rows
from footprint.training.feeding import APPLY_BATCH, Arrays, Rows
from footprint.training.goals import goal_of

LogDensity = Callable[[Arrays], Array]
"""From all inputs of a network by name, shapes (n, ...), to the logarithm of its density, (n,)."""
MOST_EVENTS = 20_000
"""Training events that say what is usual."""
USUAL = (0.15865, 0.84135)
"""Edges of the central 68.27 % of the training events' scores."""


def anomaly_predictions(
    dataset: Dataset, config: Experiment, *, method: str, seed: int, log_density: LogDensity
) -> Predictions:
    """Judge the test events by how unlikely they are, as predictions of two classes.

    Parameters
    ----------
    dataset
        Open data set.
    config
        The experiment, a density of variables with ``learn_from``.
    method, seed
        Name of the experiment, seed of the training.
    log_density
        The trained network; any constant may be added to it.

    Returns
    -------
    Predictions
        Of the target of ``learn_from``: the probability of the class that was not learnt from is
        the `probability` of the score, minus the logarithm of the density.

    Raises
    ------
    TrainingError
        The experiment says nothing of classes, or the density is not finite somewhere.
    """
    asked = config.learn_from
    if asked is None:
        msg = f"experiment '{method}' learns from all events: anomalies need learn_from"
        raise TrainingError(msg)
    goal = goal_of(dataset, asked.target)
    learnt = distribution_of(dataset, config)
    names = [*learnt.conditions, learnt.name]
    chosen = learnt_rows(dataset, "train", asked)
    usual = _scores(dataset, "train", names, log_density, chosen)
    anomalous = probability(_scores(dataset, "test", names, log_density), usual)
    place = goal.classes.index(asked.learnt)
    columns = [1 - anomalous if number == place else anomalous for number in range(2)]
    return Predictions(
        method=method,
        seed=seed,
        task="classification",
        target=dataset.spec("targets", asked.target),
        classes=goal.classes,
        event_id=dataset.event_id("test"),
        truth=dataset.target("test", asked.target),
        prediction=np.stack(columns, axis=1).astype(np.float32),
        spectators=dataset.spectators("test"),
        spectator_specs={
            name: dataset.spec("spectators", name) for name in dataset.names("spectators")
        },
        config=config.model_dump_json(),
        weight=dataset.weights("test"),
    )


def probability(scores: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map scores into (0, 1), rising, so that they can stand beside probabilities.

    1/2 + arctan(z) / pi of z, the distance of a score to the upper edge of the central 68.27 % of
    the usual scores, in units of half of their width: an event is called anomalous where it is
    rarer than 84 % of those that were learnt from. It is an order of the events, and not how
    probable it is that an event is of a class: that cannot be known from one class.

    Parameters
    ----------
    scores
        Shape (n,).
    usual
        Scores of events that were learnt from, shape (m,).
    """
    low, high = np.quantile(usual, USUAL)
    half = 0.5 * (high - low) or 1.0
    return np.asarray(0.5 + np.arctan((scores - high) / half) / np.pi)


def _scores(
    dataset: Dataset,
    split: Split,
    names: list[str],
    log_density: LogDensity,
    chosen: NDArray[np.intp] | None = None,
) -> NDArray[np.float64]:
    """Take minus the logarithm of the density, of chosen events of the first `MOST_EVENTS`."""
    events = None if chosen is None else min(len(chosen), MOST_EVENTS)
    rows = Rows(dataset, split, names, APPLY_BATCH, events, chosen)
    parts = [
        log_density(rows.take(np.arange(start, min(start + APPLY_BATCH, len(rows)))))
        for start in range(0, len(rows), APPLY_BATCH)
    ]
    scores = -np.concatenate(parts).astype(np.float64).reshape(-1)
    bad = int(np.count_nonzero(np.isnan(scores)))
    if bad:
        msg = (
            f"the density of {bad} of {len(scores)} {split} events of {dataset.path} is not a "
            f"number: train again at a lower learning rate"
        )
        raise TrainingError(msg)
    return scores
