"""Networks that learn a distribution, ready to be trained, and how to draw from them."""

from collections.abc import Callable
from typing import Any

import keras

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.errors import TrainingError
from footprint.files.hdf5 import Array
from footprint.models import flow
from footprint.training import devices
from footprint.training.adversarial import adversary
from footprint.training.distributions import LOG_DENSITY, Distribution
from footprint.training.optimizers import optimizer_of
from footprint.training.variables import COMMON

Draw = Callable[[dict[str, Array], Array], Array]
"""From conditions by name, shapes (n, ...), and normal random numbers (n, latent) to variables as
a network sees them, shape (n, ...)."""


def distribution_network(config: Experiment, learnt: Distribution, seed: int) -> keras.Model:
    """Build and compile a network that learns a distribution.

    Returns
    -------
    keras.Model
        Takes all `entries` of the distribution. A flow returns ``log_density`` (n, 1).

    Raises
    ------
    TrainingError
        The model learns no distribution, or variables have no density.
    """
    keras.utils.set_random_seed(seed)
    if isinstance(config.model, Flow):
        if config.task == "density":
            _refuse_discrete(learnt)
        network = flow.density_network(config.model, learnt.name, learnt.entries, seed)
        network.compile(
            optimizer_of(config.training),
            loss={LOG_DENSITY: negative},
            jit_compile=devices.jit_compile(config.training),
        )
        return network
    if isinstance(config.model, Adversarial):
        return adversary(config, learnt, seed)
    msg = f"model of '{config.dataset}' learns no distribution: expected flow, gan or wgan"
    raise TrainingError(msg)


def _refuse_discrete(learnt: Distribution) -> None:
    """Refuse variables that repeat values: the likelihood of ever sharper peaks has no limit."""
    variables = learnt.variables
    if variables is None:
        return
    for channel, silence, form in zip(
        variables.channels, variables.silence, variables.forms, strict=True
    ):
        if form.levels or silence is not None:
            found = f"has the same value in at least {100 * COMMON:g} % of all places"
            if form.levels:
                found = f"takes {len(form.levels) + (silence is not None)} values alone"
            msg = (
                f"'{channel}' of '{variables.name}' {found}, so that it has no density: smear it "
                f"by a derived formula, such as {channel} + random_uniform, or leave it out; or "
                f"take task: generation with model wgan"
            )
            raise TrainingError(msg)


def negative(_: Any, log_density: keras.KerasTensor) -> keras.KerasTensor:
    """Give the loss of a density: its negative logarithm, shape (n,)."""
    return -keras.ops.mean(log_density, axis=-1)
