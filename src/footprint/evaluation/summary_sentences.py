"""The sentences of the summary: who beats whom by how much, and what moves a network most."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from footprint.evaluation.metrics import Metrics
from footprint.evaluation.quantities import HEADLINE, sign, words
from footprint.evaluation.rounding import measured
from footprint.evaluation.summary_generation import remarks
from footprint.evaluation.summary_methods import best_of, cell, methods_of

LEVEL = 2.0
"""Differences up to so many standard deviations are called level."""


def sentences(group: Sequence[Metrics], shifts: pd.DataFrame | None) -> tuple[str, ...]:
    """Write a sentence for each network, and one more for each that parameter sets vary.

    Parameters
    ----------
    group
        The metrics of all experiments on one target.
    shifts
        What `shifts.total_shifts` makes of it, if anything.
    """
    rows = {} if shifts is None else {m.experiment: _shifts_of(shifts, m) for m in group}
    return (
        *(_sentence(metrics, group) for metrics in group),
        *(remark for metrics in group for remark in remarks(metrics)),
        *(_largest_shift(m, rows[m.experiment]) for m in group if len(rows.get(m.experiment, ()))),
    )


def _sentence(metrics: Metrics, group: Sequence[Metrics]) -> str:
    """Say how a network stands against the best baseline, dense networks and the oracle."""
    headline = HEADLINE[metrics.task]
    own = metrics.metrics[headline]
    simple = [method for method in methods_of([metrics]) if method[1] == "baseline"]
    name = words(headline)
    parts = [f"{metrics.experiment}: {name} {_with_unit(cell(own), own.unit)}"]
    best = best_of(headline, simple)
    if best:
        found = metrics.differences[best[0]][headline]
        parts.append(_verdict(metrics, f"the best baseline ({best[0]})", found.value, found.error))
    parts += [
        _verdict(metrics, other.experiment, *paired(metrics, other))
        for other in group
        if other.model == "dense" and metrics.model != "dense"
        if other.experiment not in metrics.members
    ]
    for member in metrics.members:
        found = metrics.differences[member][headline]
        parts.append(_verdict(metrics, f"its member {member}", found.value, found.error))
    for oracle in metrics.oracles:
        if headline not in metrics.differences[oracle]:  # events alone have no likelihood
            continue
        found = metrics.differences[oracle][headline]
        parts.append(_verdict(metrics, f"the oracle ({oracle})", found.value, found.error))
    return "; ".join(parts) + "."


def _shifts_of(shifts: pd.DataFrame, metrics: Metrics) -> pd.DataFrame:
    headline = HEADLINE[metrics.task]
    return shifts[(shifts["method"] == metrics.experiment) & (shifts["metric"] == headline)]


def _largest_shift(metrics: Metrics, shifts: pd.DataFrame) -> str:
    """Say which parameter set moves a network most, and how far all move it."""
    row = shifts.iloc[0]
    name = str(row["label"]) or str(row["parameter_set"]).replace("_", " ")
    change = _signed(float(row["change"]), float(row["change_error"]))
    up, down = (_signed(float(row[key]), float(row[f"{key}_error"])) for key in ("up", "down"))
    unit = str(row["unit"])
    which = f"{name} {row['shift']}".strip()
    return (
        f"{metrics.experiment}, varied: {words(str(row['metric']))} changes most by "
        f"{_with_unit(change, unit)} with {which}; all sets in quadrature {up} and "
        f"{_with_unit(down, unit)}."
    )


def _signed(value: float, error: float) -> str:
    return ("+" if value > 0 else "") + measured(value, error)


def _verdict(metrics: Metrics, rival: str, value: float | None, error: float | None) -> str:
    """Word a difference, network minus rival."""
    headline = HEADLINE[metrics.task]
    if value is None:
        return f"cannot be compared with {rival}"
    unit = metrics.metrics[headline].unit
    if abs(value) <= LEVEL * (error or 0):
        return f"is level with {rival} (difference {_with_unit(measured(value, error), unit)})"
    wins = value * sign(headline) > 0
    by = _with_unit(measured(abs(value), error), unit)
    return f"{'beats' if wins else 'misses'} {rival} by {by}"


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text


def paired(metrics: Metrics, other: Metrics) -> tuple[float | None, float | None]:
    """Subtract another network's headline metric, with the error of paired events.

    The replicas share resamplings, so the error comes from them, resampling by resampling.
    """
    headline = HEADLINE[metrics.task]
    own, its = metrics.metrics[headline], other.metrics[headline]
    if own.value is None or its.value is None:
        return None, None
    replicas, others = (
        np.asarray(m.replicas.get(headline, []), dtype=np.float64) for m in (metrics, other)
    )
    if replicas.size and replicas.shape == others.shape and metrics.events == other.events:
        error = float(np.std(replicas - others, ddof=1))
    else:
        error = float(np.hypot(own.error or 0, its.error or 0))
    return own.value - its.value, error
