"""The best network of each target: chosen by the validation split where that can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from footprint.evaluation.metrics import Metrics
from footprint.evaluation.quantities import HEADLINE, words
from footprint.evaluation.records import Training
from footprint.evaluation.rounding import NOTHING
from footprint.evaluation.summary_methods import apart, best_of, cell, methods_of

ONLY = "the only network"
BY_VALIDATION = "validation loss"
BY_TEST = "test split: validation losses cannot be compared, so the number is optimistic"


@dataclass(frozen=True)
class Best:
    """The best network of one target beside the best baseline.

    Attributes
    ----------
    network
        Name of the experiment.
    chosen_by
        How it was chosen.
    metric
        The headline metric with its unit.
    value
        Its number on the test split, with error and spread over seeds.
    baseline, difference
        The best baseline with its number; network minus baseline with the error of paired events.
    """

    network: str
    chosen_by: str
    metric: str
    value: str
    baseline: str
    difference: str


def best_network(group: Sequence[Metrics], trainings: Sequence[Training]) -> Best | None:
    """Choose among the networks of one target; None where there is no network with a number.

    Ensembles of several experiments are no candidates, since nothing was learnt for them.

    Parameters
    ----------
    group
        The metrics of all experiments on the target.
    trainings
        The records of their trainings, as far as they are known.
    """
    headline = HEADLINE[group[0].task]
    candidates = [m for m in group if not m.members and m.metrics[headline].value is not None]
    if not candidates:
        return None
    found, how = _chosen(candidates, trainings)
    own = found.metrics[headline]
    simple = [method for method in methods_of([found]) if method[1] == "baseline"]
    rival = next(iter(best_of(headline, simple)), None)
    baseline = difference = NOTHING
    if rival is not None:
        baseline = f"{rival}: {cell(found.baselines[rival][headline])}"
        difference = apart(found.differences[rival][headline])
    name = words(headline)
    return Best(
        network=found.experiment,
        chosen_by=how,
        metric=f"{name} [{own.unit}]" if own.unit else name,
        value=cell(own),
        baseline=baseline,
        difference=difference,
    )


def _chosen(candidates: Sequence[Metrics], trainings: Sequence[Training]) -> tuple[Metrics, str]:
    if len(candidates) == 1:
        return candidates[0], ONLY
    own = {m.experiment: [t for t in trainings if t.experiment == m.experiment] for m in candidates}
    learnt = {training.learnt for found in own.values() for training in found}
    losses = {
        name: [training.loss for training in found if training.loss is not None]
        for name, found in own.items()
    }
    if len(learnt) == 1 and "" not in learnt and all(losses.values()):
        means = {name: float(np.mean(values)) for name, values in losses.items()}
        return min(candidates, key=lambda m: means[m.experiment]), BY_VALIDATION
    headline = HEADLINE[candidates[0].task]
    best = best_of(headline, [(m.experiment, "network", dict(m.metrics)) for m in candidates])
    return next(m for m in candidates if m.experiment in (best or [m.experiment])), BY_TEST
