"""The methods of one target in the summary: whose numbers there are, and which are best."""

import math

from footprint.evaluation.metrics import Difference, Metrics, NetworkValue, Value
from footprint.evaluation.published import published
from footprint.evaluation.quantities import rank, sign
from footprint.evaluation.rounding import NOTHING, stated

Method = tuple[str, str, dict[str, Value]]
"""Name, kind and numbers."""


def methods_of(group: list[Metrics]) -> list[Method]:
    """List networks, ensembles, baselines, oracles and published taggers, each once."""
    networks: list[Method] = [
        (m.experiment, "network", dict(m.metrics)) for m in group if not m.members
    ]
    networks += [
        (f"{m.experiment}, {label.removeprefix(f'{m.experiment}_')}", "corrected", dict(values))
        for m in group
        for label, values in m.corrected.items()
    ]
    networks += [
        (f"{m.experiment}, ensemble of {len(m.seeds)}", "ensemble", m.ensemble)
        for m in group
        if m.ensemble
    ]
    networks += [
        (f"{m.experiment}, ensemble of {len(m.members)} networks", "ensemble", dict(m.metrics))
        for m in group
        if m.members
    ]
    simple: dict[str, Method] = {}
    for metrics in group:
        for label, numbers in metrics.baselines.items():
            kind = "oracle" if label in metrics.oracles else "baseline"
            simple.setdefault(label, (label, kind, numbers))
    ranked = sorted(simple.values(), key=lambda method: method[1] == "oracle")
    return networks + ranked + _published(group)


def _published(group: list[Metrics]) -> list[Method]:
    tagged = next((metrics.tagged for metrics in group if metrics.scoreboard), None)
    if tagged is None:
        return []
    return [(name, "published", numbers) for name, numbers in published(tagged).items()]


def best_of(metric: str, methods: list[Method]) -> list[str]:
    """Name the best network or baseline, or all that are exactly as good."""
    ranks = {
        method: place
        for method, kind, numbers in methods
        if kind in {"network", "baseline"}
        and (place := _place(metric, numbers.get(metric))) is not None
    }
    best = max(ranks.values(), default=None)
    return [method for method, place in ranks.items() if sign(metric) and place == best]


def _place(metric: str, value: Value | None) -> float | None:
    """Order values, the best last: a rejection at which nothing is left is above all others."""
    if value is None:
        return None
    if value.value is not None:
        return rank(metric, value.value)
    return None if value.lower_limit is None else math.inf


def cell(value: Value | None) -> str:
    """Write a number with its error and spread, or with what stands in place of its error."""
    if value is None:
        return NOTHING
    spread = value.spread if isinstance(value, NetworkValue) else None
    limit, mark = value.lower_limit, value.mark
    return stated(value.value, value.error, spread, lower_limit=limit, mark=mark)


def apart(difference: Difference) -> str:
    """Write a difference with the error of paired events."""
    return stated(difference.value, difference.error, mark=difference.mark)
