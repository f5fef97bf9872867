"""Train one network with one seed; go on after a kill; stop on losses that are not finite.

Epochs are fitted one by one, each with its own permutation and dropout masks from (seed, epoch),
so that an interrupted training reaches the same weights as an uninterrupted one.
"""

import hashlib
import json
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import keras
import numpy as np

from footprint.config.experiments import Experiment, Training
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.models import build_network
from footprint.training.checkpoint import load_checkpoint, save_checkpoint, values_of
from footprint.training.feeding import Batches, rows_of
from footprint.training.goals import Goal, event_weights, goal_of
from footprint.training.progress import Progress
from footprint.training.schedules import learning_rate

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes
    ----------
    network
        With the weights of the best epoch.
    progress
        History and best epoch.
    goal
        What it learnt.
    """

    network: keras.Model
    progress: Progress
    goal: Goal


@dataclass(frozen=True)
class Session:
    """What all epochs of a training share."""

    network: keras.Model
    training: Batches
    validation: Batches
    config: Training
    seed: int


def fit(dataset: Dataset, config: Experiment, target: str, seed: int, checkpoint: Path) -> Trained:
    """Train a network.

    Parameters
    ----------
    dataset
        Open data set.
    config, target
        The experiment and the name of the target it learns.
    seed
        Of weights, order and dropout.
    checkpoint
        Written after each epoch, removed at the end by the caller.

    Raises
    ------
    TrainingError
        A loss is not finite, or network and data do not fit together.
    """
    goal = goal_of(dataset, target)
    names = config.inputs or dataset.names("inputs")
    network = compiled(dataset, config, goal, names, seed)
    session = Session(
        network,
        _batches(dataset, "train", names, goal, config.training),
        _batches(dataset, "validation", names, goal, config.training),
        config.training,
        seed,
    )
    mark = fingerprint(dataset, config, target, seed)
    progress, best = Progress(), values_of(network.weights)
    resumed = load_checkpoint(checkpoint, network, mark)
    if resumed is not None:
        progress, best = resumed
        log.info("going on after epoch %d from %s", progress.epoch, checkpoint)
    while not progress.finished(config.training):
        start = perf_counter()
        row = _epoch(session, progress)
        if progress.record(row, config.training):
            best = values_of(network.weights)
        progress.seconds += perf_counter() - start
        save_checkpoint(checkpoint, network, best, progress, mark)
        _report(progress, config.training)
    network.set_weights(best)
    log.info("kept epoch %d, validation loss %.5g", progress.best_epoch, progress.best_loss)
    return Trained(network, progress, goal)


def compiled(
    dataset: Dataset, config: Experiment, goal: Goal, names: list[str], seed: int
) -> keras.Model:
    """Build and compile the network of an experiment."""
    half = config.training.mixed_precision and bool(keras.distribution.list_devices("gpu"))
    keras.config.set_dtype_policy("mixed_float16" if half else "float32")
    shapes = {name: dataset.array("train", "inputs", name).shape[1:] for name in names}
    network = build_network(config.model, shapes, goal.outputs, seed)
    options = config.training.optimizer
    kind = keras.optimizers.AdamW if options.name == "adamw" else keras.optimizers.Adam
    decay = {"weight_decay": options.weight_decay} if options.name == "adamw" else {}
    optimizer = kind(options.learning_rate, clipnorm=options.clip_norm, **decay)
    network.compile(optimizer, loss=goal.loss(config.training), weighted_metrics=[goal.metric()])
    return network


def fingerprint(dataset: Dataset, config: Experiment, target: str, seed: int) -> str:
    """Identify a training by all that decides its result."""
    sizes = [dataset.length(split) for split in ("train", "validation")]
    parts = [
        config.model_dump(mode="json", include={"task", "inputs", "model", "training"}),
        str(dataset.file.attrs["config"]),
        sizes,
        hashlib.sha256(dataset.event_id("train").tobytes()).hexdigest(),
        target,
        seed,
        keras.backend.backend(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _batches(
    dataset: Dataset, split: Split, names: list[str], goal: Goal, config: Training
) -> Batches:
    targets = goal.encode(dataset.target(split, goal.name))
    weights = event_weights(goal, dataset, split, config)
    rows = rows_of(dataset, split, names, config.memory_MB)
    return Batches(rows, config.batch_size, targets, weights)


def _epoch(session: Session, progress: Progress) -> dict[str, float]:
    network, epoch = session.network, progress.epoch
    session.training.shuffle(session.seed, epoch)
    for number, state in enumerate(_dropout_states(network)):
        state.assign(np.asarray([session.seed * 1009 + number, epoch << 20], dtype=np.uint32))
    rate = progress.cut(learning_rate(session.config, epoch), session.config)
    network.optimizer.learning_rate.assign(rate)
    logs = network.fit(
        session.training,
        validation_data=session.validation,
        initial_epoch=epoch,
        epochs=epoch + 1,
        shuffle=False,
        verbose=0,
    ).history
    row = {"epoch": float(epoch + 1)}
    for name, values in logs.items():
        row[name.replace("val_", "validation_")] = float(values[0])
    row["learning_rate"] = rate
    _check_finite(row, session.config)
    return row


def _dropout_states(network: keras.Model) -> Iterator[keras.Variable]:
    return (v for v in network.variables if "seed_generator_state" in v.path)


def _check_finite(row: dict[str, float], config: Training) -> None:
    bad = [name for name in ("loss", "validation_loss") if not math.isfinite(row[name])]
    if bad:
        msg = (
            f"{' and '.join(bad)} became {row[bad[0]]} in epoch {row['epoch']:.0f} at learning "
            f"rate {row['learning_rate']:g}: lower optimizer.learning_rate, set "
            f"optimizer.clip_norm (now {config.optimizer.clip_norm}), or check the inputs' range"
        )
        raise TrainingError(msg)


def _report(progress: Progress, config: Training) -> None:
    row = progress.history[-1]
    shown = ", ".join(f"{name} {value:.4g}" for name, value in row.items() if name != "epoch")
    log.info("epoch %d of %d: %s", progress.epoch, config.epochs, shown)


def predict(network: keras.Model, dataset: Dataset, split: Split, names: list[str]) -> Array:
    """Apply a network to a split in bounded memory.

    Returns
    -------
    ndarray, shape (n, units)
        The network's raw outputs.
    """
    batches = Batches(rows_of(dataset, split, names, memory_mb=500.0), 512)
    outputs: Array = network.predict(batches, verbose=0)
    return outputs
