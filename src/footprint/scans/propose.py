"""Points that Optuna proposes: Bayesian choice by a tree-structured Parzen estimator (TPE).

Bergstra, Bardenet, Bengio, Kegl, NIPS 2011. The study lives in memory and is made anew from the
results of earlier rounds, so there is no database, and a round does not depend on how the
trainings before it were cut into jobs.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from footprint.config.scans import Range, Values
from footprint.scans.results import Result


def propose(
    parameters: Mapping[str, Values], results: Sequence[Result], count: int, first: int, seed: int
) -> list[dict[str, Any]]:
    """Propose points that are trained side by side.

    Parameters
    ----------
    parameters
        Values or ranges by path.
    results
        Of the points of all earlier rounds. One that failed counts as worse than all others.
    count
        Number of points.
    first
        Points of the first round, which are drawn at random, since there are no results yet.
    seed
        Of this round.

    Returns
    -------
    list of dict
        Values by path.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {path: _distribution(values) for path, values in parameters.items()}
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=first)
    study = optuna.create_study(sampler=sampler)
    for result in results:
        values = {path: _told(parameters[path], v) for path, v in result.values.items()}
        loss = float("inf") if result.loss is None else result.loss
        study.add_trial(optuna.trial.create_trial(params=values, distributions=space, value=loss))
    trials = [study.ask(space) for _ in range(count)]
    return [
        {path: _asked(parameters[path], value) for path, value in trial.params.items()}
        for trial in trials
    ]


def _distribution(values: Values) -> BaseDistribution:
    if not isinstance(values, Range):
        return CategoricalDistribution(tuple(range(len(values))))
    if values.integer:
        return IntDistribution(int(values.low), int(values.high), log=values.log)
    return FloatDistribution(values.low, values.high, log=values.log)


def _asked(values: Values, value: Any) -> Any:
    """Read Optuna's value; of choices, which may be lists, it knows the place alone."""
    return values.rounded(value) if isinstance(values, Range) else values[value]


def _told(values: Values, value: Any) -> Any:
    if isinstance(values, Range):
        return value
    return [json.dumps(choice) for choice in values].index(json.dumps(value))
