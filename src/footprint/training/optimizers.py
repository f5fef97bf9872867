"""Optimizers of Keras, and settings of theirs that change from step to step.

Keras compiles momenta and decays into the step as numbers. Those that change are made variables
here: the step is compiled once, and a checkpoint holds them with the optimizer's other state.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from footprint.config.schedules import OneCycle
from footprint.config.trainings import Training
from footprint.config.weight_averaging import ExponentialAverage
from footprint.training import devices
from footprint.training.learners import Learner, inner, learners_of
from footprint.training.schedules import Course, learning_rates, momenta
from footprint.training.weight_averaging import decays

RATE, EMA_DECAY = "learning_rate", "ema_momentum"
Settings = dict[str, Course]


class Adjustable:
    """Part of an optimizer whose settings may be variables; they are saved as numbers.

    It clips the gradient of a batch, not those of the shares that several devices have of it.
    """

    clipnorm: float | None

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        """Take a step."""
        whole = devices.of_whole_batch(grads) if self.clipnorm else grads
        super().apply(whole, trainable_variables)  # type: ignore[misc]

    def get_config(self) -> dict[str, Any]:
        """Give all settings as numbers, as Keras saves them."""
        config = super().get_config()  # type: ignore[misc]
        return {
            name: float(value.numpy()) if isinstance(value, keras.Variable) else value
            for name, value in config.items()
        }


class SGD(Adjustable, keras.optimizers.SGD):
    """Gradient descent whose momentum may be changed by ``moving_momentum``."""

    moving_momentum: keras.Variable | None = None

    def update_step(
        self, gradient: keras.KerasTensor, variable: keras.Variable, learning_rate: Any
    ) -> None:
        """Take a step of one variable: v <- m v - r g; w <- w + v, or w + m v - r g (Nesterov)."""
        if self.moving_momentum is None:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum, rate = (
            keras.ops.cast(setting, variable.dtype)
            for setting in (self.moving_momentum, learning_rate)
        )
        velocity = self.momentums[self._get_variable_index(variable)]
        fall = rate * keras.ops.cast(gradient, variable.dtype)
        self.assign(velocity, momentum * velocity - fall)
        self.assign_add(variable, momentum * velocity - fall if self.nesterov else velocity)


class RMSprop(Adjustable, keras.optimizers.RMSprop):
    """RMSprop."""


class Adam(Adjustable, keras.optimizers.Adam):
    """Adam."""


class AdamW(Adjustable, keras.optimizers.AdamW):
    """Adam with decoupled weight decay."""


KINDS: dict[str, type[keras.optimizers.Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


def optimizer_of(config: Training) -> keras.optimizers.Optimizer:
    """Make the optimizer of a training."""
    options = config.optimizer.model_dump(exclude={"name", "clip_norm"})
    average = isinstance(config.weight_averaging, ExponentialAverage)
    kind = KINDS[config.optimizer.name]
    clip = config.optimizer.clip_norm
    # Each device clips its part of the sum.
    clip = None if clip is None else clip / devices.replicas()
    optimizer = kind(clipnorm=clip, use_ema=average, **options)
    if average:
        setattr(optimizer, EMA_DECAY, _variable(EMA_DECAY))
    if isinstance(config.schedule, OneCycle) and config.schedule.momentum is not None:
        setattr(optimizer, _momentum(config), _variable("momentum"))
    return optimizer


def settings_of(config: Training, epoch: int, steps: int, every: int = 1) -> Settings:
    """Tell the settings that change, for each step of an epoch.

    Parameters
    ----------
    config
        How the network is trained.
    epoch
        Number of the epoch, the first being 0.
    steps
        Steps of each epoch.
    every
        After how many of them the weights that are averaged change.

    Returns
    -------
    dict of str to ndarray, shapes (steps,)
        By the optimizer's name for them.
    """
    settings = {RATE: learning_rates(config, epoch, steps)}
    cycled = momenta(config, epoch, steps)
    if cycled is not None:
        settings[_momentum(config)] = cycled
    if isinstance(config.weight_averaging, ExponentialAverage):
        numbers = np.arange(epoch * steps, (epoch + 1) * steps) + 1
        settings[EMA_DECAY] = decays(config.weight_averaging.decay, -(-numbers // every))
    return settings


def stepping(network: keras.Model, settings: Mapping[str, Course]) -> Callable[..., dict[str, Any]]:
    """Let a network take the steps of an epoch, each with its settings.

    Returns
    -------
    callable
        ``network.train_on_batch``, to be called once for each entry of the settings.
    """
    standing: dict[str, float] = {}
    rows = zip(*settings.values(), strict=True)
    learners = learners_of(network)

    def step(*batch: Any, **options: Any) -> dict[str, Any]:
        for name, value in zip(settings, next(rows), strict=True):
            if standing.get(name) != value:
                for learner in learners:
                    _set(learner, name, value)
                standing[name] = value
        logs: dict[str, Any] = network.train_on_batch(*batch, **options)
        return logs

    return step


def _set(learner: Learner, name: str, value: float) -> None:
    """Change a setting of an optimizer, unless it has none of this name."""
    variable = getattr(inner(learner.optimizer), name)
    if isinstance(variable, keras.Variable):
        variable.assign(value * learner.rate if name == RATE else value)


def _momentum(config: Training) -> str:
    return "moving_momentum" if config.optimizer.name == "sgd" else "beta_1"


def _variable(name: str) -> keras.Variable:
    return keras.Variable(0.0, trainable=False, dtype="float32", name=name)
