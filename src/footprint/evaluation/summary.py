"""One table a target: all its networks and baselines, and who beats whom by how much."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from footprint.errors import DataError
from footprint.evaluation.metrics import Metrics, NetworkValue, Value
from footprint.evaluation.published import published
from footprint.evaluation.quantities import HEADLINE, sign, words
from footprint.evaluation.rounding import measured
from footprint.evaluation.scoreboard import SOURCE

LEVEL = 2.0
"""Differences up to so many standard deviations are called level."""
_COLUMNS = {
    "classification": ("accuracy", "auc_macro", "log_loss"),
    "regression": (
        *("bias", "sd", "rmse", "half_width_68", "correlation"),
        *("relative_bias", "relative_sd", "relative_half_width_68"),
    ),
    "direction": ("angle_68", "angle_50", "angle_95", "zenith_bias"),
    "position": ("distance_68", "distance_50", "distance_95", "bias_"),
}
"""Metrics shown for each task, where there are such; those that end in _ by their beginning."""
_SEPARATION = ("merit_factor", "separation_auc")
_TWO = 2
_LIMIT = "Rejection > n: no background event is left; a single one would give n."


@dataclass(frozen=True)
class Column:
    """A metric and the heading above it, with its unit."""

    metric: str
    heading: str


@dataclass(frozen=True)
class Row:
    """A method's numbers, as text.

    Attributes
    ----------
    method, kind
        Its name; ``network``, ``ensemble``, ``baseline``, ``oracle`` or ``published``.
    cells
        One for each column.
    best
        Whether the cell is the best of its column among networks and baselines, or as good.
    """

    method: str
    kind: str
    cells: tuple[str, ...]
    best: tuple[bool, ...]


@dataclass(frozen=True)
class Section:
    """What is known about one target.

    Attributes
    ----------
    title, about
        The target, and what its task and events are.
    columns, rows
        The table.
    sentences
        One for each network.
    """

    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]


def summarise(
    found: Sequence[Metrics], shifts: Mapping[tuple[str, str], pd.DataFrame] | None = None
) -> list[Section]:
    """Make a section for each target, in the order of the experiments.

    Parameters
    ----------
    found
        The metrics of all experiments.
    shifts
        What `shifts.total_shifts` makes, by data set and target, where parameter sets vary it.

    Raises
    ------
    DataError
        No experiments at all, or a target of one comes twice.
    """
    if not found:
        msg = "no metrics files given: there is nothing to summarise"
        raise DataError(msg)
    names = [(metrics.experiment, metrics.target) for metrics in found]
    twice = sorted({" of ".join(name[::-1]) for name in names if names.count(name) > 1})
    if twice:
        msg = f"{', '.join(twice)} comes more than once among the metrics files"
        raise DataError(msg)
    groups: dict[tuple[str, str], list[Metrics]] = {}
    for metrics in found:
        groups.setdefault((metrics.dataset, metrics.target), []).append(metrics)
    return [_section(group, (shifts or {}).get(key)) for key, group in groups.items()]


def _section(group: list[Metrics], shifts: pd.DataFrame | None) -> Section:
    first = group[0]
    columns = _columns(group)
    methods = _methods(group)
    best = {column.metric: _best(column.metric, methods) for column in columns}
    limits = any(
        (value := numbers.get(column.metric)) is not None and value.lower_limit is not None
        for _, _, numbers in methods
        for column in columns
    )
    separated = sorted({metrics.separated for metrics in group if metrics.separated})
    into = f" into {', '.join(first.classes)}" if first.classes else ""
    return Section(
        title=f"{first.target} ({first.dataset})",
        about=f"{first.task.capitalize()}{into}, {first.events} test events. "
        f"Errors: bootstrap over test events; in brackets the sd over seeds."
        + (f" Merit factor and separation AUC: {'; '.join(separated)}." if separated else "")
        + (f" {_LIMIT}" if limits else "")
        + (f" Published: {SOURCE}." if any(metrics.scoreboard for metrics in group) else ""),
        columns=tuple(columns),
        rows=tuple(
            Row(
                method=method,
                kind=kind,
                cells=tuple(_cell(numbers.get(column.metric)) for column in columns),
                best=tuple(method in best[column.metric] for column in columns),
            )
            for method, kind, numbers in methods
        ),
        sentences=tuple(_sentence(metrics, group) for metrics in group)
        + tuple(_largest_shift(metrics, shifts) for metrics in group if _has(shifts, metrics)),
    )


def _columns(group: Sequence[Metrics]) -> list[Column]:
    """List what any of the experiments has of the task's metrics, the same columns for all."""
    first = group[0]
    wanted = [*_COLUMNS[first.task], *_SEPARATION]
    tagged = list(dict.fromkeys(metrics.tagged for metrics in group if metrics.tagged))
    for name in tagged:
        wanted += [f"auc_{name}"] if name not in first.classes else []
        wanted += [f"rejection_{name}_at_", f"significance_improvement_{name}"]
    if len(first.classes) == _TWO and not tagged:
        wanted.append(f"rejection_{first.classes[0]}_at_")
    units = {name: value.unit for metrics in group for name, value in metrics.metrics.items()}
    return [
        Column(name, _heading(name, unit))
        for start in wanted
        for name, unit in units.items()
        if name == start or (start.endswith("_") and name.startswith(start))
    ]


def _heading(metric: str, unit: str) -> str:
    name = words(metric)
    return f"{name} [{unit}]" if unit else name


_Method = tuple[str, str, dict[str, Value]]


def _methods(group: list[Metrics]) -> list[_Method]:
    """List networks, their ensembles, baselines, oracles and published taggers, each once."""
    networks: list[_Method] = [(m.experiment, "network", dict(m.metrics)) for m in group]
    networks += [
        (f"{m.experiment}, ensemble of {len(m.seeds)}", "ensemble", m.ensemble)
        for m in group
        if m.ensemble
    ]
    simple: dict[str, _Method] = {}
    for metrics in group:
        for label, numbers in metrics.baselines.items():
            kind = "oracle" if label in metrics.oracles else "baseline"
            simple.setdefault(label, (label, kind, numbers))
    ranked = sorted(simple.values(), key=lambda method: method[1] == "oracle")
    return networks + ranked + _published(group)


def _published(group: list[Metrics]) -> list[_Method]:
    tagged = next((metrics.tagged for metrics in group if metrics.scoreboard), None)
    if tagged is None:
        return []
    return [(name, "published", numbers) for name, numbers in published(tagged).items()]


def _best(metric: str, methods: list[_Method]) -> list[str]:
    """Name the best network or baseline, or all that are exactly as good."""
    better = sign(metric)
    ranks = {
        method: rank
        for method, kind, numbers in methods
        if kind in {"network", "baseline"}
        and (rank := _rank(numbers.get(metric), better)) is not None
    }
    return [method for method, rank in ranks.items() if better and rank == max(ranks.values())]


def _rank(value: Value | None, better: int) -> tuple[float, bool] | None:
    """Order values, the best last; "at least n" comes after n and before all above."""
    if value is None:
        return None
    if value.value is not None:
        return better * value.value, False
    return None if value.lower_limit is None else (value.lower_limit, True)


def _cell(value: Value | None) -> str:
    if value is None:
        return measured(None, None)
    if value.value is None and value.lower_limit is not None:
        return f"> {math.floor(value.lower_limit)}"
    spread = value.spread if isinstance(value, NetworkValue) else None
    return measured(value.value, value.error, spread)


def _sentence(metrics: Metrics, group: list[Metrics]) -> str:
    """Say how a network stands against the best baseline, dense networks and the oracle."""
    headline = HEADLINE[metrics.task]
    own = metrics.metrics[headline]
    simple = [method for method in _methods([metrics]) if method[1] == "baseline"]
    name = words(headline)
    parts = [f"{metrics.experiment}: {name} {_with_unit(_cell(own), own.unit)}"]
    best = _best(headline, simple)
    if best:
        found = metrics.differences[best[0]][headline]
        parts.append(_verdict(metrics, f"the best baseline ({best[0]})", found.value, found.error))
    parts += [
        _verdict(metrics, other.experiment, *_paired(metrics, other))
        for other in group
        if other.model == "dense" and metrics.model != "dense"
    ]
    for oracle in metrics.oracles:
        found = metrics.differences[oracle][headline]
        parts.append(_verdict(metrics, f"the oracle ({oracle})", found.value, found.error))
    return "; ".join(parts) + "."


def _has(shifts: pd.DataFrame | None, metrics: Metrics) -> bool:
    return shifts is not None and not _shifts_of(shifts, metrics).empty


def _shifts_of(shifts: pd.DataFrame, metrics: Metrics) -> pd.DataFrame:
    headline = HEADLINE[metrics.task]
    return shifts[(shifts["method"] == metrics.experiment) & (shifts["metric"] == headline)]


def _largest_shift(metrics: Metrics, shifts: pd.DataFrame | None) -> str:
    """Say which parameter set moves a network most, and how far all move it."""
    row = _shifts_of(shifts if shifts is not None else pd.DataFrame(), metrics).iloc[0]
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


def _paired(metrics: Metrics, other: Metrics) -> tuple[float | None, float | None]:
    """Subtract another network's headline; its error from replicas, which share resamplings."""
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
