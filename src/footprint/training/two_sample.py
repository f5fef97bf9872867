"""The two-sample test: train networks to tell real events from generated ones.

After Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017, with two networks:
each learns from one half of the events and answers on the other, so that all events count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.config.convolutions import Cnn
from footprint.config.networks import Dense, Model
from footprint.config.two_sample import TwoSample
from footprint.errors import DataError
from footprint.files.datasets import MASK
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.predictions import Predictions, write_predictions
from footprint.files.samples import FOLD, GENERATED_OR_REAL, Samples, ids_of_both
from footprint.models import build_network
from footprint.models.outputs import Entry, Output
from footprint.training.feeding import APPLY_BATCH, Arrays

NAME = "two_sample"
# No variables can have such a name.
CONDITIONS = "two_sample.conditions"
OBSERVABLES = "two_sample.observables"
FOLDS = 2
HELD_BACK = 0.2
"""Part of a half of the events that is not learnt from, but says which epoch was the best."""
FEWEST = 20
"""Real events without which there is nothing to learn."""
_SMALLEST_GRID = 4
_IMAGE = 4


@dataclass(frozen=True)
class Both:
    """Real events and the generated ones after them.

    Attributes
    ----------
    inputs
        By name, shapes (2 n, ...).
    channels
        Names of the inputs' channels.
    truth
        Number of the class, shape (2 n,).
    fold
        To which half each belongs, shape (2 n,); events under the same conditions to the same.
    weight
        How much each counts, shape (2 n,).
    """

    inputs: Arrays
    channels: dict[str, tuple[str, ...]]
    truth: Array
    fold: Array
    weight: Array


def save_two_sample(
    path: Path,
    samples: Samples,
    config: TwoSample,
    *,
    name: str,
    seed: int,
    observables: tuple[Array, Array] | None = None,
) -> None:
    """Train both networks and write what they say of the events of the other half.

    Parameters
    ----------
    path
        File of predictions to write: of a classification as `GENERATED_OR_REAL`, of the real
        events and the generated ones after them, numbered as `ids_of_both` does.
    samples
        Real and generated events.
    config
        How the networks are built and trained.
    name, seed
        Of the experiment and of the training whose samples they are.
    observables
        Of the real and of the generated events, shapes (n, observables), which the networks are
        shown, too; NaN where an event has none.

    Raises
    ------
    DataError
        There are too few events.
    TrainingError
        The network does not fit the events.
    """
    if samples.events < FEWEST:
        msg = (
            f"{samples.events} real events are too few to tell generated ones from them, expected "
            f"{FEWEST} at least: simulate more, or a larger test split"
        )
        raise DataError(msg)
    both = both_of(samples, seed, observables)
    said = Predictions(
        method=name,
        seed=seed,
        task="classification",
        target=ArraySpec(NAME, "", "whether an event is real or generated"),
        classes=GENERATED_OR_REAL,
        event_id=ids_of_both(samples.event_id),
        truth=both.truth,
        prediction=_answers(both, config, seed),
        spectators={FOLD: both.fold},
        spectator_specs={FOLD: ArraySpec(FOLD, "", "which half of the events it belongs to")},
        config=config.model_dump_json(),
        weight=None if samples.weight is None else both.weight,
    )
    write_predictions(path, said)


def _answers(both: Both, config: TwoSample, seed: int) -> Array:
    """Ask of each half the network that has learnt from the other, shape (2 n, classes)."""
    found = np.empty((len(both.truth), len(GENERATED_OR_REAL)), np.float32)
    for fold in range(FOLDS):
        asked = both.fold == fold
        network, inputs = _trained(both, fold, config, seed)
        found[asked] = _applied(network, {key: v[asked] for key, v in inputs.items()})
    return found


def both_of(samples: Samples, seed: int, observables: tuple[Array, Array] | None = None) -> Both:
    """Put real and generated events into one, each pair into a half chosen at random."""
    events = samples.events
    half = np.random.default_rng([seed, events]).permutation(events) % FOLDS
    inputs = {samples.variables: np.concatenate([samples.real.network, samples.generated.network])}
    channels = {samples.variables: samples.channels}
    if samples.conditions:
        flat = [values.reshape(events, -1) for values in samples.conditions.values()]
        given = np.concatenate(flat, axis=1).astype(np.float32)
        inputs[CONDITIONS] = np.concatenate([given, given])
        channels[CONDITIONS] = tuple(str(number) for number in range(given.shape[1]))
    if observables is not None:
        inputs[OBSERVABLES] = np.concatenate(observables)
        channels[OBSERVABLES] = tuple(map(str, range(observables[0].shape[1])))
    weight = np.ones(events, np.float32) if samples.weight is None else samples.weight
    real = GENERATED_OR_REAL.index("real")
    return Both(
        inputs,
        channels,
        np.repeat(np.array([real, 1 - real], np.int64), events),
        np.tile(half, 2).astype(np.int64),
        np.tile(weight, 2),
    )


def model_of(config: TwoSample, shape: tuple[int, ...]) -> Model:
    """Choose the network by the shape of an event: convolutions for what lies on a grid."""
    if config.model is not None:
        return config.model
    if len(shape) == _IMAGE - 1 and min(shape[:2]) >= _SMALLEST_GRID:
        # Global pooling: on some thousand events, flattened maps are learnt by heart.
        return Cnn(name="cnn", filters=[16, 32], head="average", units=[64], dropout=0.3)
    return Dense(name="dense", units=[64, 64])


def _trained(both: Both, fold: int, config: TwoSample, seed: int) -> tuple[keras.Model, Arrays]:
    """Train a network on all but one half; return it, and all inputs as it sees them."""
    rng = np.random.default_rng([seed, fold])
    rows = rng.permutation(np.flatnonzero(both.fold != fold))
    held = max(1, round(HELD_BACK * len(rows)))
    watched, learnt = rows[:held], rows[held:]
    inputs = {
        name: _standardised(values, learnt, both.channels[name])
        for name, values in both.inputs.items()
    }
    entries = {n: Entry(values.shape[1:], both.channels[n]) for n, values in inputs.items()}
    variables = next(iter(entries.values()))
    outputs = {NAME: Output(len(GENERATED_OR_REAL), "softmax")}
    model = model_of(config, variables.shape)
    network = build_network(model, entries, outputs, seed * FOLDS + fold)  # type: ignore[arg-type]
    steps = config.epochs * -(-len(learnt) // config.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    network.compile(keras.optimizers.Adam(rate), {NAME: "sparse_categorical_crossentropy"})
    best, kept = np.inf, network.get_weights()
    for _ in range(config.epochs):
        for batch in _batches(rng.permutation(learnt), config.batch_size):
            network.train_on_batch(*_examples(both, inputs, batch))
        loss = _loss(_applied(network, {k: v[watched] for k, v in inputs.items()}), both, watched)
        if loss < best:
            best, kept = loss, network.get_weights()
    network.set_weights(kept)
    return network, inputs


def _batches(rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _examples(both: Both, inputs: Arrays, rows: NDArray[np.intp]) -> tuple[Arrays, Arrays, Arrays]:
    chosen = {name: values[rows] for name, values in inputs.items()}
    return chosen, {NAME: both.truth[rows]}, {NAME: both.weight[rows]}


def _applied(network: keras.Model, inputs: Arrays) -> Array:
    """Compute the probabilities of the classes, shape (n, 2)."""
    events = len(next(iter(inputs.values())))
    parts = [
        network.predict_on_batch({n: v[start : start + APPLY_BATCH] for n, v in inputs.items()})
        for start in range(0, events, APPLY_BATCH)
    ]
    return np.concatenate([np.asarray(part[NAME]) for part in parts])


def _loss(answers: Array, both: Both, rows: NDArray[np.intp]) -> float:
    """Compute the mean of -ln p of the true class."""
    right = answers[np.arange(len(rows)), both.truth[rows]].astype(np.float64)
    smallest = float(np.finfo(np.float32).eps)
    return float(-np.average(np.log(right.clip(smallest)), weights=both.weight[rows]))


def _standardised(values: Array, learnt: NDArray[np.intp], channels: tuple[str, ...]) -> Array:
    """Shift and scale channels to mean 0 and variance 1, but for masks; what is missing is 0."""
    known = values[learnt].astype(np.float64)
    axes = tuple(range(known.ndim - 1))
    shift, scale = np.nanmean(known, axis=axes), np.nanstd(known, axis=axes)
    masks = np.array([channel.startswith(MASK) for channel in channels])
    shift = np.where(masks, 0.0, shift)
    scale = np.where(masks | (scale == 0), 1.0, scale)
    return np.nan_to_num((values - shift) / scale).astype(np.float32)
