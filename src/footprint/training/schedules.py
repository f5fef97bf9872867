"""The learning rate of each epoch."""

import math

from footprint.config.experiments import Cosine, Exponential, Step, Training


def learning_rate(config: Training, epoch: int) -> float:
    """Learning rate that the schedule sets for an epoch (from 0).

    Parameters
    ----------
    config
        How the network is trained.
    epoch
        Number of the epoch, the first being 0.
    """
    start, schedule = config.optimizer.learning_rate, config.schedule
    if isinstance(schedule, Cosine):
        if epoch < schedule.warmup_epochs:
            return start * (epoch + 1) / (schedule.warmup_epochs + 1)
        share = (epoch - schedule.warmup_epochs) / max(1, config.epochs - schedule.warmup_epochs)
        return start * 0.5 * (1.0 + math.cos(math.pi * share))
    if isinstance(schedule, Exponential):
        return start * schedule.factor**epoch
    if isinstance(schedule, Step):
        return start * schedule.factor ** (epoch // schedule.every_epochs)
    return start
