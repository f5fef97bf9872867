"""Numbers of judged methods as they are written: among the metrics, and in the table of all."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from footprint.evaluation import bootstrap
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.judge import Judged, Numbers
from footprint.evaluation.metrics import Difference, NetworkValue, Value, number
from footprint.evaluation.quantities import unit


def values(numbers: Numbers, units: str, least: Mapping[str, float]) -> dict[str, Value]:
    """Write a method's numbers.

    Parameters
    ----------
    numbers
        By metric.
    units
        Of the target.
    least
        What metrics are at least where they are infinite.
    """
    return {
        metric: Value(
            value=number(float(sampled.value)),
            error=number(float(sampled.error)),
            unit=unit(metric, units),
            lower_limit=_lower_limit([sampled], least.get(metric)),
        )
        for metric, sampled in numbers.items()
    }


def network_values(judged: Judged, name: str, units: str) -> dict[str, NetworkValue]:
    """Write a network's numbers, with their spread over its trainings."""
    return {
        metric: NetworkValue(
            value=number(float(sampled.value)),
            error=number(float(sampled.error)),
            unit=unit(metric, units),
            lower_limit=_lower_limit(trainings, judged.least.get(metric)),
            spread=number(bootstrap.spread(trainings)),
        )
        for metric, sampled in judged.of(name).items()
        for trainings in [[training[metric] for training in judged.trainings[name]]]
    }


def differences(own: Numbers, others: Numbers) -> dict[str, Difference]:
    """Write by how much a network's numbers exceed those of another method; of what both have."""
    return {
        metric: Difference(
            value=number(float(difference.value)), error=number(float(difference.error))
        )
        for metric, sampled in others.items()
        if metric in own
        for difference in [own[metric] - sampled]
    }


def comparison(judged: Judged, kind_of: Callable[[str], str], units: str) -> pd.DataFrame:
    """Put all methods' metrics under one another.

    Parameters
    ----------
    judged
        Their numbers.
    kind_of
        Tells what a method is; a network, corrected or not, has a spread over trainings.
    units
        Of the target.
    """
    rows = []
    for method, several in judged.trainings.items():
        kind = kind_of(method)
        for metric, sampled in judged.of(method).items():
            own = kind in {"network", "corrected"}
            trainings = [numbers[metric] for numbers in several] if own else []
            rows.append(
                {
                    "method": method,
                    "kind": kind,
                    "metric": metric,
                    "value": number(float(sampled.value)),
                    "error": number(float(sampled.error)),
                    "spread": number(bootstrap.spread(trainings)),
                    "unit": unit(metric, units),
                }
            )
    return pd.DataFrame(rows)


def _lower_limit(trainings: Sequence[Sampled], least: float | None) -> float | None:
    """Average over trainings with ``least`` where one is infinite; None where none is."""
    found = [float(training.value) for training in trainings]
    if least is None or not any(map(math.isinf, found)):
        return None
    return number(float(np.mean([least if math.isinf(value) else value for value in found])))
