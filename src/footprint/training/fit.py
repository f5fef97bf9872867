"""Train one network with one seed; go on after a kill; stop on losses that are not finite.

Each epoch has its own permutation, turns and dropout masks from (seed, epoch), so that an
interrupted training reaches the same weights as an uninterrupted one.
"""

import hashlib
import json
import logging
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import keras
import numpy as np

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.config.networks import OwnFile
from footprint.config.trainings import Training
from footprint.errors import TrainingError
from footprint.files import hdf5
from footprint.files.datasets import Dataset, Split
from footprint.models import build_network
from footprint.models.outputs import Entry
from footprint.training import devices, feeding
from footprint.training.augment import Augmentation, augmentation_of
from footprint.training.checkpoint import Kept, load_checkpoint, save_checkpoint, values_of
from footprint.training.collapse import complaint
from footprint.training.distribution_network import distribution_network
from footprint.training.distributions import distribution_of, learns_distribution
from footprint.training.feeding import Batch, Examples, events_of, rows_of
from footprint.training.goals import Goal, event_weights, goals_of
from footprint.training.label_smoothing import smoothed
from footprint.training.learners import kept_part, learners_of
from footprint.training.optimizers import RATE, optimizer_of, settings_of, stepping
from footprint.training.progress import Progress, Row
from footprint.training.snapshots import Snapshots
from footprint.training.weight_averaging import added, averaged
from footprint.training.weight_penalty import PENALTY, has_penalty, weight_penalty

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes
    ----------
    network
        With the weights of the best epoch; of a generator and its critic the generator.
    progress
        History and best epoch.
    goals
        What it learnt.
    snapshots
        Weights after the epochs that were asked for.
    """

    network: keras.Model
    progress: Progress
    goals: list[Goal]
    snapshots: Snapshots


@dataclass(frozen=True)
class Session:
    """What all epochs of a training share."""

    network: keras.Model
    goals: list[Goal]
    training: Examples
    validation: Examples
    config: Training
    seed: int
    augmentation: Augmentation | None

    def batches(self, epoch: int, size: int) -> Iterator[Batch]:
        """Training events in the order of an epoch (from 0), as the network learns from them."""
        order = self.training.rows.order(self.seed, epoch)
        batches = (
            self.training.batches(order, size)
            if self.augmentation is None
            else self.augmentation.epoch(self.training, order, size, self.seed, epoch)
        )
        if self.config.label_smoothing:
            batches = smoothed(batches, self.goals, self.config.label_smoothing)
        return batches


def fit(dataset: Dataset, config: Experiment, seed: int, checkpoint: Path) -> Trained:
    """Train a network.

    Parameters
    ----------
    dataset
        Open data set.
    config
        The experiment.
    seed
        Of weights, order and dropout.
    checkpoint
        Written after each epoch, removed at the end by the caller.

    Raises
    ------
    TrainingError
        A loss is not finite, or network and data do not fit together.
    """
    idle = devices.idle_gpu()
    if idle is not None:
        log.warning(idle)
    with devices.scope(config.training) as used:
        if len(used) > 1:
            log.info("each batch is divided among %s", ", ".join(used))
        distributed = learns_distribution(config)
        session = (_of_distribution if distributed else _of_targets)(dataset, config, seed)
        with devices.dividing(session.network):
            return _trained(session, dataset, config, checkpoint)


def _trained(session: Session, dataset: Dataset, config: Experiment, checkpoint: Path) -> Trained:
    """Take all epochs, or those that are left."""
    network, goals, seed = session.network, session.goals, session.seed
    mark = fingerprint(dataset, config, goals, seed)
    kept = load_checkpoint(checkpoint, network, mark) or Kept(values_of(network.weights))
    kept.snapshots.asked = frozenset(config.training.snapshots)
    progress = kept.progress
    if progress.epoch:
        log.info("going on after epoch %d from %s", progress.epoch, checkpoint)
    while not progress.finished(config.training):
        start = perf_counter()
        _epoch(session, kept)
        progress.seconds += perf_counter() - start
        save_checkpoint(checkpoint, network, kept, mark)
        _report(progress, config.training)
    network.set_weights(kept.best)
    log.info("kept epoch %d, validation loss %.5g", progress.best_epoch, progress.best_loss)
    _complain(progress.history[progress.best_epoch - 1])
    return Trained(kept_part(network), progress, goals, kept.snapshots)


def _of_targets(dataset: Dataset, config: Experiment, seed: int) -> Session:
    """Prepare the training of a network that answers."""
    goals = goals_of(dataset, config)
    names = config.inputs or dataset.names("inputs")
    augment = config.training.augment
    return Session(
        compiled(dataset, config, goals, names, seed),
        goals,
        _examples(dataset, "train", names, goals, config.training),
        _examples(dataset, "validation", names, goals, config.training),
        config.training,
        seed,
        None if augment is None else augmentation_of(dataset, augment, goals, names),
    )


def _of_distribution(dataset: Dataset, config: Experiment, seed: int) -> Session:
    """Prepare the training of a network that learns a distribution."""
    learnt = distribution_of(dataset, config)
    set_precision(config.training)
    return Session(
        distribution_network(config, learnt, seed),
        learnt.goals,
        learnt.examples(dataset, "train", config.training),
        learnt.examples(dataset, "validation", config.training),
        config.training,
        seed,
        None,
    )


def set_precision(config: Training) -> None:
    """Compute in 16 bit where that was asked for and there is a GPU."""
    half = config.mixed_precision and devices.has_gpu()
    keras.config.set_dtype_policy("mixed_float16" if half else "float32")


def compiled(
    dataset: Dataset, config: Experiment, goals: list[Goal], names: list[str], seed: int
) -> keras.Model:
    """Build and compile the network of an experiment."""
    set_precision(config.training)
    inputs = {
        name: Entry(dataset.array("train", "inputs", name).shape[1:], dataset.channels(name))
        for name in names
    }
    if isinstance(config.model, Flow | Adversarial):
        msg = f"model '{config.model.name}' learns a distribution, not {config.task}"
        raise TrainingError(msg)
    network = build_network(config.model, inputs, {goal.name: goal.output for goal in goals}, seed)
    network.compile(
        optimizer_of(config.training),
        loss={goal.name: goal.keras_loss for goal in goals},
        loss_weights={goal.name: goal.weight for goal in goals},
        weighted_metrics={goal.name: [goal.metric()] for goal in goals},
        jit_compile=devices.jit_compile(config.training),
    )
    return network


def fingerprint(dataset: Dataset, config: Experiment, goals: list[Goal], seed: int) -> str:
    """Identify a training by all that decides its result: settings, data, code, machine."""
    parts = [
        config.model_dump(
            mode="json", include={"inputs", "variables", "learn_from", "model", "training"}
        ),
        hdf5.text(dataset.file, "digest"),
        [(goal.name, goal.task, goal.log, goal.weight, goal.loss) for goal in goals],
        seed,
        keras.backend.backend(),
        os.environ.get("OMP_NUM_THREADS"),
        [_digest(path) for path in _code(config)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _code(config: Experiment) -> list[Path]:
    library = Path(__file__).parents[1]
    files = [*(library / "models").glob("*.py"), *(library / "training").glob("*.py")]
    own = [Path(config.model.file)] if isinstance(config.model, OwnFile) else []
    return sorted(files) + own


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _examples(
    dataset: Dataset, split: Split, names: list[str], goals: list[Goal], config: Training
) -> Examples:
    events = events_of(dataset, split, config)
    rows = slice(events)
    targets = {goal.name: goal.encode(dataset.target(split, goal.name, rows)) for goal in goals}
    weights = {goal.name: event_weights(goal, dataset, split, config) for goal in goals}
    return Examples(rows_of(dataset, split, names, config.memory_MB, events), targets, weights)


def _epoch(session: Session, kept: Kept) -> None:
    """Train for an epoch, validate, and keep weights that are the best so far, or asked for."""
    network, config, epoch = session.network, session.config, kept.progress.epoch
    row = {"epoch": float(epoch + 1), **_train(session, kept.progress)}
    rate = row.pop(RATE)
    kept.sums = added(config.weight_averaging, network, epoch + 1, kept.sums)
    examples = partial(session.batches, epoch, feeding.APPLY_BATCH)
    with averaged(config.weight_averaging, network, epoch + 1, kept.sums, examples):
        for name, value in _validate(session).items():
            row[f"validation_{name}"] = value
        row[RATE] = rate
        if has_penalty(network):
            row[PENALTY] = weight_penalty(network)
        _check_finite(row, config)
        if kept.progress.record(row, config):
            kept.best = values_of(network.weights)
        kept.snapshots.take(kept.progress.epoch, kept_part(network))


def _train(session: Session, progress: Progress) -> Row:
    """Take the steps of an epoch; return losses, metrics and the mean learning rate."""
    network, config, epoch = session.network, session.config, progress.epoch
    for number, state in enumerate(_dropout_states(network)):
        state.assign(np.random.SeedSequence([session.seed, number, epoch]).generate_state(2))
    steps = math.ceil(len(session.training.rows) / config.batch_size)
    settings = settings_of(config, epoch, steps, learners_of(network)[0].every)
    rates = [progress.cut(float(rate), config) for rate in settings[RATE]]
    settings[RATE] = np.array(rates)
    row = _pass(stepping(network, settings), session.batches(epoch, config.batch_size))
    row[RATE] = rates[0] if min(rates) == max(rates) else math.fsum(rates) / steps
    return row


def _validate(session: Session) -> Row:
    in_order = np.arange(len(session.validation.rows))
    size = getattr(session.network, "validation_batch", None)
    # What is measured of batches as a whole, as of generators, says nothing of a few last events.
    size = feeding.APPLY_BATCH if size is None else even_size(len(in_order), size)
    batches = session.validation.batches(in_order, size)
    return _pass(session.network.test_on_batch, batches)


def even_size(events: int, most: int) -> int:
    """Choose a size of batches such that all are about as large, and none larger than `most`."""
    return math.ceil(events / max(1, math.ceil(events / most)))


def _pass(step: Callable[..., dict[str, Any]], batches: Iterator[Batch]) -> Row:
    """Take a step for each batch; return means of losses and metrics over all events.

    Keras divides a batch's losses by its events, a metric by the sum of their weights. With
    several targets it puts their names in front.
    """
    sums: dict[str, float] = {}
    totals: dict[str, float] = {}
    for batch in batches:
        logs = step(batch.inputs, batch.targets, sample_weight=batch.weights, return_dict=True)
        for name, value in logs.items():
            share = len(batch) if name.endswith("loss") else batch.weight_of(name)
            sums[name] = sums.get(name, 0.0) + share * float(value)
            totals[name] = totals.get(name, 0.0) + share
    # Keras sorts its logs by name; the loss that decides comes first.
    return {name: sums[name] / totals[name] for name in sorted(sums, key=lambda n: n != "loss")}


def _dropout_states(network: keras.Model) -> Iterator[keras.Variable]:
    return (v for v in network.variables if "seed_generator_state" in v.path)


def _check_finite(row: Row, config: Training) -> None:
    losses = [name for name in row if name.endswith("loss")]
    bad = [name for name in losses if not math.isfinite(row[name])]
    if bad:
        rates = "optimizer.learning_rate"
        rates += " and model.critic_learning_rate" if "critic_loss" in row else ""
        msg = (
            f"{' and '.join(bad)} became {row[bad[0]]} in epoch {row['epoch']:.0f} at learning "
            f"rate {row['learning_rate']:g}: lower {rates}, set "
            f"optimizer.clip_norm (now {config.optimizer.clip_norm}), or check the inputs' range"
        )
        raise TrainingError(msg)


def _report(progress: Progress, config: Training) -> None:
    row = progress.history[-1]
    shown = ", ".join(f"{name} {value:.4g}" for name, value in row.items() if name != "epoch")
    log.info("epoch %d of %d: %s", progress.epoch, config.epochs, shown)
    _complain(row)


def _complain(row: Row) -> None:
    collapsed = complaint(row)
    if collapsed is not None:
        log.warning(collapsed)
