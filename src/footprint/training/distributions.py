"""What a network sees that learns a distribution: variables, and the conditions they depend on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.base import DISTRIBUTIONS
from footprint.config.experiments import Experiment
from footprint.config.learn_from import LearnFrom
from footprint.config.trainings import Training
from footprint.errors import TrainingError, suggest
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.models.outputs import Entry
from footprint.training.feeding import Examples, events_of, rows_of
from footprint.training.goals import Goal, goal_of, goals_of
from footprint.training.variables import Variables, variables_of

TARGETS = "targets"
"""What the network's input is called where the density of several targets is learnt."""
LOG_DENSITY = "log_density"
"""What the output of a network is called that knows the density, and its target, always 0."""


@dataclass(frozen=True)
class Distribution:
    """What is learnt.

    Attributes
    ----------
    name
        Of the network's input that holds it: `variables`, or `TARGETS`.
    conditions
        Names of the inputs that it depends on; may be none.
    entries
        Shape and channels of all inputs of the network by name, that of ``name`` being the last.
    variables
        The input that is learnt; None where it is targets.
    goals
        The targets that are learnt together; none where it is an input.
    learn_from
        The one class whose events are learnt from; None for all events.
    """

    name: str
    conditions: list[str]
    entries: dict[str, Entry]
    variables: Variables | None
    goals: list[Goal]
    learn_from: LearnFrom | None = None

    @property
    def log_scale(self) -> float:
        """Logarithm of the volume that becomes 1 when what is learnt is normalised.

        Whitened, if it is; of targets the product of what each was divided by.
        """
        if self.variables is not None:
            return self.variables.log_scale
        scales = [goal.normalisation.scale for goal in self.goals if goal.normalisation is not None]
        return float(sum(np.log(np.asarray(scale, np.float64)).sum() for scale in scales))

    def encoded(self, dataset: Dataset, split: Split, rows: slice = slice(None)) -> Array:
        """Read the targets as the network learns them, shape (n, values)."""
        parts = [goal.encode(dataset.target(split, goal.name, rows)) for goal in self.goals]
        return np.concatenate(parts, axis=1)

    def examples(self, dataset: Dataset, split: Split, config: Training) -> Examples:
        """Prepare the events of a split: all inputs of the network, and zeros as its target.

        Of those of one class, the first `training.events` are learnt from where that is given.

        Raises
        ------
        TrainingError
            There are fewer events than asked for, or none of the class.
        """
        chosen = learnt_rows(dataset, split, self.learn_from)
        if chosen is None:
            events = events_of(dataset, split, config)
            length = dataset.length(split) if events is None else events
        else:
            events = _events_of_class(chosen, dataset, split, config)
            length = len(chosen) if events is None else events
        rows, names = slice(length), list(self.conditions)
        names += [self.name] if self.variables is not None else []
        weights = dataset.weights(split, rows if chosen is None else slice(None))
        if chosen is not None and weights is not None:
            weights = weights[chosen[rows]]
        return Examples(
            rows_of(dataset, split, names, config.memory_MB, events, chosen=chosen),
            {LOG_DENSITY: np.zeros((length, 1), np.float32)},
            {LOG_DENSITY: weights},
            {} if self.variables is not None else {TARGETS: self.encoded(dataset, split, rows)},
        )


def learns_distribution(config: Experiment) -> bool:
    """Tell whether an experiment learns a distribution."""
    return config.task in DISTRIBUTIONS


def learnt_rows(dataset: Dataset, split: Split, asked: LearnFrom | None) -> NDArray[np.intp] | None:
    """Find the rows of a split that a density is learnt from, rising; None for all.

    Raises
    ------
    TrainingError
        The data set has no such target or class, or the split no event of it.
    """
    if asked is None:
        return None
    classes = goal_of(dataset, asked.target).classes
    if asked.learnt not in classes:
        msg = (
            f"learn_from: target '{asked.target}' of {dataset.path} has no class "
            f"'{asked.learnt}'; {suggest(asked.learnt, classes)}"
        )
        raise TrainingError(msg)
    rows = np.flatnonzero(dataset.target(split, asked.target) == classes.index(asked.learnt))
    if not len(rows):
        msg = (
            f"learn_from: none of the {dataset.length(split)} {split} events of {dataset.path} is "
            f"{asked.learnt}: add events, or learn from another class"
        )
        raise TrainingError(msg)
    return rows


def _events_of_class(
    chosen: NDArray[np.intp], dataset: Dataset, split: Split, config: Training
) -> int | None:
    events = config.events if split == "train" else None
    if events is not None and events > len(chosen):
        msg = (
            f"training.events is {events}, and {dataset.path} has {len(chosen)} events of the "
            f"class that is learnt from in its training split: ask for fewer, or simulate more"
        )
        raise TrainingError(msg)
    return events


def distribution_of(dataset: Dataset, config: Experiment) -> Distribution:
    """Read from a data set what an experiment learns the distribution of.

    Raises
    ------
    TrainingError
        The data set has no such input or target, or an input cannot be brought back to physical
        units.
    """
    every = dataset.names("inputs")
    others = [name for name in every if name != config.variables]
    conditions = others if config.inputs is None else config.inputs
    shapes = {n: dataset.array("train", "inputs", n).shape[1:] for n in every}
    entries = {name: Entry(shapes[name], dataset.channels(name)) for name in conditions}
    if config.variables is not None:
        variables = variables_of(dataset, config.variables)
        entries[variables.name] = Entry(variables.shape, variables.channels)
        return Distribution(
            variables.name, list(conditions), entries, variables, [], config.learn_from
        )
    goals = goals_of(dataset, config)
    values = tuple(goal.name for goal in goals)
    entries[TARGETS] = Entry((sum(goal.output.units for goal in goals),), values)
    return Distribution(TARGETS, list(conditions), entries, None, goals)
