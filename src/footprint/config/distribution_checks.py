"""Checks of experiments that learn distributions, which need the data set they learn from."""

from collections.abc import Sequence

from footprint.config.base import DISTRIBUTIONS, known
from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.config.flows import Flow
from footprint.config.learn_from import check_learn_from
from footprint.errors import suggest

OWN_INPUTS = ("latent", "targets")
"""Inputs that generators and posteriors have besides those of the data set."""


def check_distribution_of(name: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse an experiment that cannot learn its distribution from its data set.

    Raises
    ------
    ValueError
        With the path of the key.
    """
    where = f"experiments.{name}"
    if experiment.task in DISTRIBUTIONS:
        _check_conditions(where, experiment, dataset)
    if experiment.variables is not None:
        _check_variables(where, experiment.variables, dataset)
        _check_masks(where, experiment, dataset)
        _check_density(where, experiment, dataset)


def _check_variables(where: str, name: str, dataset: Dataset) -> None:
    """Refuse variables that cannot be brought back to physical units."""
    known(f"{where}.variables", name, dataset.inputs)
    for channel in dataset.inputs[name].channels:
        if channel.transform is not None and channel.inverse is None:
            msg = (
                f"{where}.variables: channel '{channel.array}' of input '{name}' has transform "
                f"'{channel.transform}' and no inverse, by which generated events become physical: "
                f"add one, such as inverse: 10**x - 1 to log10(1 + x)"
            )
            raise ValueError(msg)


def _check_masks(where: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse the density of a mask: it is infinite at 0 and 1."""
    masked = [c.array for c in dataset.inputs[str(experiment.variables)].channels if c.mask]
    if masked and experiment.task == "density":
        msg = (
            f"{where}.variables: input '{experiment.variables}' has masks of {', '.join(masked)}, "
            f"which are 0 or 1 and have no density: leave mask out, learn the density of arrays "
            f"that are always measured, or take task: generation with model wgan"
        )
        raise ValueError(msg)


def _check_references(where: str, learnt: str, conditions: Sequence[str], dataset: Dataset) -> None:
    """Refuse variables relative to what is not known of generated events by a condition."""
    channels = [channel for name in conditions for channel in dataset.inputs[name].channels]
    there = [
        channel.array
        for channel in channels
        if channel.relative_to is None and (channel.transform is None or channel.inverse)
    ]
    for channel in dataset.inputs[learnt].channels:
        if channel.relative_to is not None and channel.relative_to not in there:
            msg = (
                f"{where}.inputs: '{channel.array}' of '{learnt}' is relative to "
                f"'{channel.relative_to}', which no condition holds as it is or with an inverse, "
                f"so that it could not be added to what is generated; "
                f"{suggest(channel.relative_to, there)}"
            )
            raise ValueError(msg)


def _check_conditions(where: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse conditions that hold what is learnt, or bear names that networks give themselves."""
    learnt = experiment.variables
    given = list(dataset.inputs) if experiment.inputs is None else experiment.inputs
    conditions = [entry for entry in given if entry != learnt]
    for entry in (*conditions, *([learnt] if learnt in dataset.inputs else [])):
        if entry in OWN_INPUTS:
            msg = (
                f"{where}: input '{entry}' has a name that networks which learn a distribution "
                f"give to an input of their own: call it otherwise in data set "
                f"'{experiment.dataset}'"
            )
            raise ValueError(msg)
    if isinstance(experiment.model, Flow) and experiment.model.context and not conditions:
        msg = (
            f"{where}.model.context '{experiment.model.context.name}' reads conditions, and data "
            f"set '{experiment.dataset}' has no other input than '{learnt}': leave context out"
        )
        raise ValueError(msg)
    if learnt not in dataset.inputs:
        return
    arrays = {channel.array for channel in dataset.inputs[learnt].channels}
    for entry in conditions:
        both = arrays & {channel.array for channel in dataset.inputs[entry].channels}
        if both:
            msg = (
                f"{where}.inputs: condition '{entry}' holds {', '.join(sorted(both))}, which is "
                f"among the variables '{learnt}' that are learnt: name as inputs the conditions "
                f"without it, or [] for none"
            )
            raise ValueError(msg)
    _check_references(where, str(learnt), conditions, dataset)


def _check_density(where: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse to learn from no class of a target, and a true density of something else."""
    asked, true = experiment.learn_from, experiment.evaluation.true_log_density
    if asked is not None:
        check_learn_from(f"{where}.learn_from", asked, dataset)
        name = where.rpartition(".")[2]
        if name in dataset.targets[asked.target].baselines:
            msg = f"{where} and a baseline of target '{asked.target}' share their name"
            raise ValueError(msg)
    if true is None or experiment.variables is None:
        return
    key = f"{where}.evaluation.true_log_density"
    known(key, true, dataset.spectators)
    for channel in dataset.inputs[experiment.variables].channels:
        if channel.transform is not None or channel.mask:
            done = f"transform '{channel.transform}'" if channel.transform else "a mask"
            msg = (
                f"{key}: channel '{channel.array}' of input '{experiment.variables}' has {done}, "
                f"so what is learnt is not the density of the array itself: take it away, or "
                f"leave true_log_density out"
            )
            raise ValueError(msg)
