"""Numbers of judged methods as they are written: among the metrics, and in the table of all."""

from collections.abc import Callable
from dataclasses import asdict

import pandas as pd

from footprint.evaluation import bootstrap
from footprint.evaluation.certainty import of_difference
from footprint.evaluation.judge import Judged, Numbers
from footprint.evaluation.metrics import Difference, NetworkValue, Value, number
from footprint.evaluation.quantities import unit


def values(judged: Judged, name: str, units: str) -> dict[str, Value]:
    """Write a method's numbers, each with its error, a limit in its place, or a mark.

    Parameters
    ----------
    judged
        The numbers of all methods.
    name
        Which method.
    units
        Of the target.
    """
    return {
        metric: Value(
            value=number(float(sampled.value)),
            unit=unit(metric, units),
            **asdict(judged.certainty(name, metric, sampled)),
        )
        for metric, sampled in judged.of(name).items()
    }


def network_values(judged: Judged, name: str, units: str) -> dict[str, NetworkValue]:
    """Write a network's numbers, with their spread over its trainings."""
    return {
        metric: NetworkValue(**dict(value), spread=number(_spread(judged, name, metric)))
        for metric, value in values(judged, name, units).items()
    }


def differences(own: Numbers, others: Numbers) -> dict[str, Difference]:
    """Write by how much a network's numbers exceed those of another method; of what both have."""
    return {
        metric: Difference(
            value=number(float(difference.value)), error=known.error, mark=known.mark
        )
        for metric, sampled in others.items()
        if metric in own
        for difference in [own[metric] - sampled]
        for known in [of_difference(difference)]
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
    for method in judged.trainings:
        kind = kind_of(method)
        own = kind in {"network", "corrected"}
        for metric, value in values(judged, method, units).items():
            rows.append(
                {
                    "method": method,
                    "kind": kind,
                    "metric": metric,
                    "value": value.value,
                    "error": value.error,
                    "spread": number(_spread(judged, method, metric)) if own else None,
                    "unit": value.unit,
                    "lower_limit": value.lower_limit,
                    "mark": value.mark,
                }
            )
    return pd.DataFrame(rows)


def _spread(judged: Judged, name: str, metric: str) -> float | None:
    return bootstrap.spread([training[metric] for training in judged.trainings[name]])
