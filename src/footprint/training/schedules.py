"""The learning rate, and where it is cycled the momentum, of each step of an epoch."""

import math

import numpy as np
from numpy.typing import NDArray

from footprint.config.schedules import Cosine, Exponential, OneCycle, Schedule, Step
from footprint.config.trainings import Training

Course = NDArray[np.float64]


def learning_rates(config: Training, epoch: int, steps: int) -> Course:
    """Learning rates that the schedule sets for an epoch.

    Parameters
    ----------
    config
        How the network is trained.
    epoch
        Number of the epoch, the first being 0.
    steps
        Steps of each epoch.

    Returns
    -------
    ndarray, shape (steps,)
        The rate of each step.
    """
    schedule = config.schedule
    if isinstance(schedule, OneCycle):
        number, last = _numbers(epoch, steps), config.epochs * steps - 1
        shares = _one_cycle(schedule, number, last, (schedule.start, schedule.end))
    elif isinstance(schedule, Cosine) and schedule.per_step:
        warmup, whole = schedule.warmup_epochs * steps, config.epochs * steps
        shares = np.array([_cosine(int(n), warmup, whole) for n in _numbers(epoch, steps)])
    else:
        shares = np.full(steps, _of_epoch(schedule, epoch, config.epochs))
    return config.optimizer.learning_rate * shares


def momenta(config: Training, epoch: int, steps: int) -> Course | None:
    """Momenta of the steps of an epoch, shape (steps,); None where the schedule leaves them."""
    schedule = config.schedule
    if not isinstance(schedule, OneCycle) or schedule.momentum is None:
        return None
    low, high = schedule.momentum
    number, last = _numbers(epoch, steps), config.epochs * steps - 1
    return high + (low - high) * _one_cycle(schedule, number, last, (0.0, 0.0))


def _numbers(epoch: int, steps: int) -> NDArray[np.int_]:
    """Give the steps of an epoch their numbers in the whole training."""
    return np.arange(epoch * steps, (epoch + 1) * steps)


def _of_epoch(schedule: Schedule, epoch: int, epochs: int) -> float:
    """Rate of a schedule that changes between epochs, in units of the optimizer's."""
    if isinstance(schedule, Cosine):
        return _cosine(epoch, schedule.warmup_epochs, epochs)
    if isinstance(schedule, Exponential):
        return schedule.factor**epoch
    if isinstance(schedule, Step):
        return schedule.factor ** (epoch // schedule.every_epochs)
    return 1.0


def _cosine(number: int, warmup: int, whole: int) -> float:
    """Height of the cosine in an epoch or step (from 0), after so many of warm-up."""
    if number < warmup:
        return (number + 1) / (warmup + 1)
    return 0.5 * (1.0 + math.cos(math.pi * (number - warmup) / max(1, whole - warmup)))


def _one_cycle(
    schedule: OneCycle, number: NDArray[np.int_], last: int, ends: tuple[float, float]
) -> Course:
    """Rise from the first of ``ends`` in step 0 to 1, and fall to the other in the last step."""
    top = min(last, max(1, round(schedule.warmup * last)))
    rising, falling = number / max(1, top), (last - number) / max(1, last - top)
    if schedule.shape == "cosine":
        rising, falling = (0.5 - 0.5 * np.cos(np.pi * part) for part in (rising, falling))
    start, end = ends
    return np.where(number <= top, start + (1 - start) * rising, end + (1 - end) * falling)
