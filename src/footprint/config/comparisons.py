"""Which experiments stand in one figure: those that are judged on the same events."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from footprint.config.base import known
from footprint.config.experiments import Experiment
from footprint.config.tagging import Tagging

if TYPE_CHECKING:
    from footprint.config.datasets import Dataset


def compared(
    experiments: Mapping[str, Experiment],
    learnt: Mapping[str, Sequence[str]],
    datasets: Mapping[str, "Dataset"],
) -> dict[tuple[str, str], list[str]]:
    """Group the experiments that learn a target: several of them, or one that tags it.

    Parameters
    ----------
    experiments, datasets
        Of the study; ensembles count as experiments.
    learnt
        The targets of each experiment.

    Returns
    -------
    dict
        By data set and target, the experiments that learn it on this data set, or on another
        with the same samples, selection, split and classes, and so with the same test events.
        The data set is the first of them.
    """
    groups: dict[str, tuple[tuple[str, str], list[str]]] = {}
    for name, experiment in experiments.items():
        for target in learnt[name]:
            key = events_judged(datasets[experiment.dataset], target)
            groups.setdefault(key, ((experiment.dataset, target), []))[1].append(name)
    return {
        (dataset, target): names
        for (dataset, target), names in groups.values()
        if len(names) > 1 or _taggers(target, names, experiments, datasets[dataset])
    }


def _taggers(
    target: str, names: Sequence[str], experiments: Mapping[str, Experiment], dataset: "Dataset"
) -> dict[str, Tagging]:
    """List what tags a target, with what it asks for."""
    classes = dataset.targets[target].classes or ()
    asked = {name: experiments[name].evaluation.tagging for name in names}
    return {name: tagging for name, tagging in asked.items() if tagging and tagging.fits(classes)}


def events_judged(dataset: "Dataset", target: str) -> str:
    """Write what decides the test events, their weights and their classes."""
    truth = dataset.targets[target].model_copy(update={"baselines": {}, "label": None})
    parts = {"samples", "selection", "split", "weights"}
    return f"{target} {truth.model_dump_json()} {dataset.model_dump_json(include=parts)}"


def check_comparison(
    target: str,
    names: Sequence[str],
    experiments: Mapping[str, Experiment],
    datasets: Mapping[str, "Dataset"],
) -> None:
    """Refuse taggers that cannot stand in one figure.

    Raises
    ------
    ValueError
        Two ask for different tagging, or the reference is neither one of the experiments nor a
        baseline.
    """
    dataset = datasets[experiments[names[0]].dataset]
    if not _taggers(target, names, experiments, dataset):
        return
    asked = {n: t for n in names if (t := experiments[n].evaluation.tagging) is not None}
    first, tagging = next(iter(asked.items()))
    for name, other in asked.items():
        if other != tagging:
            msg = (
                f"experiments.{name}.evaluation.tagging differs from that of '{first}', with "
                f"which it stands in one figure: give both the same, such as by a YAML anchor"
            )
            raise ValueError(msg)
    labels = {
        label
        for name in names
        for label in datasets[experiments[name].dataset].targets[target].baselines
    }
    if tagging.reference is not None:
        where = f"experiments.{first}.evaluation.tagging.reference"
        known(where, tagging.reference, [*names, *sorted(labels)])
