"""One table a target: all its networks and baselines, and who beats whom by how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from footprint.errors import DataError
from footprint.evaluation.marks import legend
from footprint.evaluation.metrics import Metrics
from footprint.evaluation.quantities import CONFIDENCE, words
from footprint.evaluation.records import Training
from footprint.evaluation.rounding import NOTHING
from footprint.evaluation.scoreboard import SOURCE
from footprint.evaluation.summary_best import Best, best_network
from footprint.evaluation.summary_generation import COLUMNS as generation_columns  # noqa: N811
from footprint.evaluation.summary_methods import best_of, cell, methods_of
from footprint.evaluation.summary_networks import Table, networks_table
from footprint.evaluation.summary_sentences import sentences

_COLUMNS = {
    "classification": ("accuracy", "auc_macro", "log_loss"),
    "regression": (
        *("bias", "sd", "rmse", "half_width_68", "correlation"),
        *("relative_bias", "relative_sd", "relative_half_width_68"),
        *(
            "coverage_68",
            "joint_coverage_68",
            "interval_68",
            "crps",
            "log_likelihood",
            "pull_width",
        ),
    ),
    "direction": ("angle_68", "angle_50", "angle_95", "zenith_bias"),
    "position": ("distance_68", "distance_50", "distance_95", "bias_"),
    "generation": generation_columns,
    "density": ("log_likelihood", "log_likelihood_gap", *generation_columns),
}
"""Metrics shown for each task, where there are such; those that end in _ by their beginning."""
_SEPARATION = ("merit_factor", "separation_auc")
_TWO = 2
_LIMIT = (
    f"> n ({CONFIDENCE:.0%}): too few background events are left for an error; the rejection is "
    f"larger than n at {CONFIDENCE:.0%} confidence"
).replace("%", " %")
_NOT_THERE = f"{NOTHING}: not a quantity of this method"


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
    notes
        Its legend: what stands where a number has no error.
    best
        The best network, and how it was chosen; None where no network has a number.
    networks
        What the networks cost and what they reach, where their trainings are known.
    sentences
        One for each network.
    """

    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    best: Best | None
    networks: Table | None
    sentences: tuple[str, ...]


def summarise(
    found: Sequence[Metrics],
    shifts: Mapping[tuple[str, str], pd.DataFrame] | None = None,
    trainings: Sequence[Training] = (),
) -> list[Section]:
    """Make a section for each target, in the order of the experiments.

    Parameters
    ----------
    found
        The metrics of all experiments.
    shifts
        What `shifts.total_shifts` makes, by data set and target, where parameter sets vary it.
    trainings
        The records of all trainings, as far as they are known.

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
    groups: dict[tuple[str, str, str], list[Metrics]] = {}
    for metrics in found:
        groups.setdefault((metrics.dataset, metrics.target, metrics.task), []).append(metrics)
    return [
        _section(group, (shifts or {}).get(key[:2]), trainings) for key, group in groups.items()
    ]


def _section(
    group: list[Metrics], shifts: pd.DataFrame | None, trainings: Sequence[Training]
) -> Section:
    first = group[0]
    columns = _columns(group)
    methods = methods_of(group)
    best = {column.metric: best_of(column.metric, methods) for column in columns}
    separated = sorted({metrics.separated for metrics in group if metrics.separated})
    into = f" into {', '.join(first.classes)}" if first.classes else ""
    rows = tuple(
        Row(
            method=method,
            kind=kind,
            cells=tuple(cell(numbers.get(column.metric)) for column in columns),
            best=tuple(method in best[column.metric] for column in columns),
        )
        for method, kind, numbers in methods
    )
    return Section(
        title=f"{first.target} ({first.dataset})",
        about=f"{first.task.capitalize()}{into}, {first.events} test events. "
        f"Errors: bootstrap over test events; in brackets the sd over seeds."
        + (f" Merit factor and separation AUC: {'; '.join(separated)}." if separated else "")
        + (f" Published: {SOURCE}." if any(metrics.scoreboard for metrics in group) else ""),
        columns=tuple(columns),
        rows=rows,
        notes=notes(cell for row in rows for cell in row.cells),
        best=best_network(group, trainings),
        networks=networks_table(group, trainings),
        sentences=sentences(group, shifts),
    )


def notes(cells: Iterable[str]) -> tuple[str, ...]:
    """Explain what stands in the cells of a table where a number has no error."""
    there = set(cells)
    return (
        *([_LIMIT] if any(cell.startswith(">") for cell in there) else []),
        *legend(there),
        *([_NOT_THERE] if NOTHING in there else []),
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
