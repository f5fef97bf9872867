"""What a network sees that learns a distribution: variables, and the conditions they depend on."""

from dataclasses import dataclass

import numpy as np

from footprint.config.base import DISTRIBUTIONS
from footprint.config.experiments import Experiment
from footprint.config.trainings import Training
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.models.outputs import Entry
from footprint.training.feeding import Examples, events_of, rows_of
from footprint.training.goals import Goal, goals_of
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
    """

    name: str
    conditions: list[str]
    entries: dict[str, Entry]
    variables: Variables | None
    goals: list[Goal]

    def encoded(self, dataset: Dataset, split: Split, rows: slice = slice(None)) -> Array:
        """Read the targets as the network learns them, shape (n, values)."""
        parts = [goal.encode(dataset.target(split, goal.name, rows)) for goal in self.goals]
        return np.concatenate(parts, axis=1)

    def examples(self, dataset: Dataset, split: Split, config: Training) -> Examples:
        """Prepare the events of a split: all inputs of the network, and zeros as its target."""
        events = events_of(dataset, split, config)
        rows, names = slice(events), list(self.conditions)
        names += [self.name] if self.variables is not None else []
        weights = dataset.weights(split, rows)
        length = dataset.length(split) if events is None else events
        return Examples(
            rows_of(dataset, split, names, config.memory_MB, events),
            {LOG_DENSITY: np.zeros((length, 1), np.float32)},
            {LOG_DENSITY: weights},
            {} if self.variables is not None else {TARGETS: self.encoded(dataset, split, rows)},
        )


def learns_distribution(config: Experiment) -> bool:
    """Tell whether an experiment learns a distribution."""
    return config.task in DISTRIBUTIONS


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
        return Distribution(variables.name, list(conditions), entries, variables, [])
    goals = goals_of(dataset, config)
    values = tuple(goal.name for goal in goals)
    entries[TARGETS] = Entry((sum(goal.output.units for goal in goals),), values)
    return Distribution(TARGETS, list(conditions), entries, None, goals)
