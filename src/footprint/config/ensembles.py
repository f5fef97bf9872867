"""Ensembles: the mean of what several experiments say of the same events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Names, Positive, Strict, known
from footprint.config.comparisons import events_judged
from footprint.config.experiments import Experiment, Learnt
from footprint.config.networks import Dense
from footprint.errors import suggest

if TYPE_CHECKING:
    from footprint.config.datasets import Dataset

ENDING = "_ensemble"
"""What the mean over the seeds of one experiment is called after it in tables."""
SEED = 0
"""Stands for the seed in the path of an ensemble's predictions, which are of all seeds."""
_FEWEST = 2


class Ensemble(Strict):
    """The mean of what several experiments, with all their seeds, predict for the same events.

    Probabilities of classes, values and points are averaged, of directions the unit vectors. It
    is judged as its first member is, and stands beside its members wherever they stand.
    """

    members: Names = Field(
        description="Experiments, two at least, that learn the same target of the same events."
    )
    weights: dict[Name, Positive] = Field(
        {},
        description="How much a member counts, whatever the number of its seeds; 1 where nothing "
        "is said.",
    )
    mean: Literal["arithmetic", "geometric"] = Field(
        "arithmetic",
        description="Which mean. `geometric` is for classes: probabilities are multiplied and "
        "brought to a sum of 1.",
    )

    @model_validator(mode="after")
    def _weights_are_of_members(self) -> Self:
        for name in self.weights:
            if name not in self.members:
                msg = f"weights: '{name}' is no member; {suggest(name, self.members)}"
                raise ValueError(msg)
        return self


@dataclass(frozen=True)
class _Study:
    """The parts of a study that members are looked up in."""

    experiments: Mapping[str, Experiment]
    learnt: Mapping[str, Sequence[str]]
    datasets: Mapping[str, "Dataset"]

    def events(self, experiment: str, target: str) -> str:
        """Write what decides the events that an experiment is judged by."""
        return events_judged(self.datasets[self.experiments[experiment].dataset], target)


def check_ensembles(
    ensembles: Mapping[str, Ensemble],
    experiments: Mapping[str, Experiment],
    learnt: Mapping[str, Sequence[str]],
    datasets: Mapping[str, "Dataset"],
) -> None:
    """Refuse ensembles whose members cannot be averaged, or that could be taken for others.

    Parameters
    ----------
    ensembles, experiments, datasets
        Of the study.
    learnt
        The targets of each experiment.

    Raises
    ------
    ValueError
        With the path of the key.
    """
    study = _Study(experiments, learnt, datasets)
    for name, ensemble in ensembles.items():
        where = f"ensembles.{name}"
        for member in ensemble.members:
            if member in ensembles:
                msg = f"{where}.members: '{member}' is an ensemble itself: name its members"
                raise ValueError(msg)
            known(f"{where}.members", member, experiments)
        if len(ensemble.members) < _FEWEST:
            msg = (
                f"{where}.members: found {ensemble.members}, an ensemble needs two experiments at "
                f"least; the mean over the seeds of one stands in its tables as <name>{ENDING}"
            )
            raise ValueError(msg)
        _check_name(name, experiments)
        targets = common_targets(ensemble, learnt)
        if not targets:
            learns = "; ".join(f"{m} learns {', '.join(learnt[m])}" for m in ensemble.members)
            fit = _fitting(ensemble.members[0], learnt[ensemble.members[0]], study)
            msg = f"{where}.members learn no target in common: {learns}; {fit}"
            raise ValueError(msg)
        for target in targets:
            _check_target(name, ensemble, target, study)


def common_targets(ensemble: Ensemble, learnt: Mapping[str, Sequence[str]]) -> list[str]:
    """List the targets that all members learn, in the order of the first."""
    first, *others = ensemble.members
    return [name for name in learnt[first] if all(name in learnt[other] for other in others)]


def as_experiment(
    ensemble: Ensemble, experiments: Mapping[str, Experiment], learnt: Mapping[str, Sequence[str]]
) -> Experiment:
    """Say how an ensemble is judged: as its first member, for the targets that all learn."""
    first = experiments[ensemble.members[0]]
    # Recorded events are compared by what networks say of them.
    evaluation = first.evaluation.model_copy(update={"data": None})
    changes: dict[str, object] = {"seeds": [SEED], "evaluation": evaluation}
    if first.targets is not None:
        common = common_targets(ensemble, learnt)
        changes["targets"] = {name: first.targets.get(name, Learnt()) for name in common}
    if first.learn_from is not None:  # only its anomaly scores can be averaged
        asked = first.learn_from.target
        changes |= {"variables": None, "learn_from": None, "inputs": None}
        changes |= {"task": "classification", "target": asked}
        # Settings of densities would be refused; a network of its own an ensemble has not.
        changes["model"] = Dense(name="dense")
        changes["evaluation"] = evaluation.model_copy(update={"true_log_density": None})
    return first.model_copy(update=changes)


def _check_name(name: str, experiments: Mapping[str, Experiment]) -> None:
    """Names of experiments, and of the means of their seeds in tables, are taken."""
    if name in experiments:
        msg = (
            f"ensembles.{name}: an experiment has this name, their results would share a folder: "
            f"use another, such as '{name}s'"
        )
        raise ValueError(msg)
    of_seeds = name.removesuffix(ENDING)
    if name.endswith(ENDING) and of_seeds in experiments:
        msg = (
            f"ensembles.{name}: in tables this is the mean over the seeds of experiment "
            f"'{of_seeds}': use another name, such as '{name}s'"
        )
        raise ValueError(msg)


def _check_target(name: str, ensemble: Ensemble, target: str, study: _Study) -> None:
    """Refuse members whose predictions of a target are not of the same events and classes."""
    where = f"ensembles.{name}"
    first, *others = ensemble.members
    own = study.experiments[first].dataset
    truth = study.datasets[own].targets[target]
    for member in others:
        dataset = study.experiments[member].dataset
        if study.events(member, target) == study.events(first, target):
            continue
        found = study.datasets[dataset].targets[target]
        fit = _fitting(first, [target], study)
        if found.classes != truth.classes:
            classes, these = (list(entry.classes or {}) or "none" for entry in (truth, found))
            msg = (
                f"{where}.members: target '{target}' has classes {classes} for '{first}' and "
                f"{these} for '{member}', or other values in them; {fit}"
            )
            raise ValueError(msg)
        msg = (
            f"{where}.members: '{first}' and '{member}' are judged on other events: data sets "
            f"'{own}' and '{dataset}' differ in samples, selection, split, weights or the target "
            f"'{target}'; {fit}"
        )
        raise ValueError(msg)
    if ensemble.mean == "geometric" and truth.classes is None:
        msg = f"{where}.mean: geometric is for classes, '{target}' has none: use arithmetic"
        raise ValueError(msg)
    if name in truth.baselines:
        msg = f"ensembles.{name} and a baseline of target '{target}' share their name"
        raise ValueError(msg)


def _fitting(first: str, targets: Sequence[str], study: _Study) -> str:
    """Say which experiments would go with the first member."""
    names = [
        name
        for name in study.experiments
        if name != first
        and any(
            target in study.learnt[name]
            and study.events(name, target) == study.events(first, target)
            for target in targets
        )
    ]
    return f"with '{first}' go: {', '.join(names) or 'none'}"
