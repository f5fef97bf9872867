"""How to draw events from a trained network, and how long that takes."""

from collections.abc import Iterable, Sequence
from time import perf_counter, process_time
from typing import NamedTuple

import keras
import numpy as np

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files.hdf5 import Array
from footprint.models import flow
from footprint.models.adversarial import LATENT
from footprint.seeds import stream
from footprint.training.distribution_network import Draw
from footprint.training.distributions import Distribution
from footprint.training.feeding import APPLY_BATCH, Arrays


class Batch(NamedTuple):
    """Events that were drawn at once, and the seconds that it took."""

    events: int
    seconds: float


def drawing(network: keras.Model, config: Experiment, learnt: Distribution) -> tuple[Draw, int]:
    """Tell how to draw from a trained network, and how many random numbers an event takes."""
    if isinstance(config.model, Flow):
        return flow.sampler(network, learnt.name), flow.latent_size(network, learnt.name)
    if isinstance(config.model, Adversarial):

        def draw(conditions: Arrays, latent: Array) -> Array:
            made: Array = network.predict_on_batch({**conditions, LATENT: latent})[learnt.name]
            return made

        return draw, int(network.input[LATENT].shape[1])
    msg = f"a model of kind {type(config.model).__name__} cannot be drawn from"
    raise TrainingError(msg)


def drawn(
    draw: Draw, latent: int, learnt: Distribution, events: Iterable[Arrays], seed: int
) -> tuple[Array, list[Batch]]:
    """Draw an event under the conditions of each; return them and what each batch took.

    On CPUs these are of computing time, as of simulations: other jobs do not lengthen them.
    """
    clock = process_time if device().startswith("cpu") else perf_counter
    made: list[Array] = []
    batches: list[Batch] = []
    for number, part in enumerate(events):
        count = len(part[learnt.name])
        conditions = {name: part[name] for name in learnt.conditions}
        normal = stream(seed, learnt.name, number).standard_normal((count, latent), np.float32)
        if number == 0 or count != APPLY_BATCH:
            draw(conditions, normal)  # the first call of a shape compiles
        begin = clock()
        made.append(np.asarray(draw(conditions, normal)))
        batches.append(Batch(count, clock() - begin))
    return np.concatenate(made).reshape(-1, *learnt.entries[learnt.name].shape), batches


def per_event(batches: Sequence[Batch]) -> tuple[float, float]:
    """Compute the seconds for an event, and their standard error from batch to batch.

    The ratio of two sums; of a single batch the error is not known, NaN.
    """
    events, seconds = (np.asarray(column, np.float64) for column in zip(*batches, strict=True))
    mean, number = seconds.sum() / events.sum(), len(batches)
    if number == 1:
        return float(mean), float("nan")
    squares = np.sum((seconds - mean * events) ** 2) * number / (number - 1)
    return float(mean), float(np.sqrt(squares) / events.sum())


def device() -> str:
    """Name what is computed on: a GPU where there is one."""
    return str(keras.distribution.list_devices()[0])
