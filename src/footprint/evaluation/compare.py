"""All networks of one target side by side: every experiment on a data set, and its baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation, Experiment
from footprint.config.tagging import Tagging
from footprint.errors import DataError
from footprint.evaluation import tagging, tagging_tables
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.methods import Methods, ensemble_name, gather
from footprint.evaluation.metrics import Metrics, NetworkValue, Value
from footprint.evaluation.published import published
from footprint.evaluation.tables import PENALTY, learning_curve

Row = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """What came out.

    Attributes
    ----------
    tables
        ``comparison.csv`` with all metrics of all methods, ``learning_curves.csv`` and, where
        classes are tagged, ``tagging_roc.csv`` and, if asked for, ``sculpting.csv``, by file name.
    target
        What was learnt, for the tables' ``target.json``.
    """

    tables: dict[str, pd.DataFrame]
    target: dict[str, Any]


def compare(
    experiments: Mapping[str, Experiment],
    networks: Mapping[str, Sequence[Path]],
    baselines: Mapping[str, Path],
    metrics: Sequence[Metrics],
    label: str | None,
    *,
    histories: Mapping[str, Sequence[Path]] | None = None,
) -> Compared:
    """Set all networks of one target beside each other.

    Parameters
    ----------
    experiments
        Configurations by name, in the order of the study, those of ensembles too. What is tagged,
        and with how many resamplings, is read from the first that asks for it.
    networks
        By experiment, its prediction files, one for each seed.
    baselines
        By data set, a prediction file of a simple method or a folder of them. Of equal labels
        the first counts.
    metrics
        The numbers of each experiment.
    label
        The target's symbol; without it figures show its name.
    histories
        By experiment, ``history.csv`` of each training; without any there are no learning curves.

    Raises
    ------
    DataError
        The experiments were not judged on the same events, or there are none.
    """
    settings = _common(experiments)
    found: dict[str, dict[str, Sampled]] = {}
    sculpted: list[pd.DataFrame] = []
    remaining = dict(baselines)
    first: Methods | None = None
    for name, experiment in experiments.items():
        judged = experiment.model_copy(update={"evaluation": settings})
        methods = gather(name, judged, networks[name], [*_take(remaining, experiment.dataset)])
        first = first or methods
        methods = _without(methods, found)
        _check_events(methods, first)
        asked = tagging.asked_of(methods.first, settings)
        if asked is not None:
            found |= tagging_tables.curves(methods, settings, asked)
            sculpted += _sculpted(methods, settings, asked)
    if first is None:
        msg = "no experiments given: there is nothing to compare"
        raise DataError(msg)
    asked = tagging.asked_of(first.first, settings)
    tables = {"comparison.csv": pd.DataFrame([*_numbers(metrics), *_published(first, asked)])}
    # The loss of a density says nothing beside that of a classification.
    alike = {n: h for n, h in (histories or {}).items() if experiments[n].task != "density"}
    if alike:
        tables["learning_curves.csv"] = _learning_curves(experiments, alike, first)
    if asked is not None:
        reference = asked.reference or first.experiment
        tables["tagging_roc.csv"] = tagging_tables.roc_table(
            found, reference, tagging_tables.background(first, asked)
        )
    if sculpted:
        tables["sculpting.csv"] = pd.concat(sculpted, ignore_index=True)
    return Compared(tables, _facts(first, asked, label))


def _sculpted(methods: Methods, settings: Evaluation, asked: Tagging) -> list[pd.DataFrame]:
    """Tabulate the sculpting of the background, where the spectator that shows it is there."""
    if asked.sculpting not in methods.first.spectators:
        return []
    tables = tagging_tables.sculpting_tables(methods, settings, asked)
    return [table for name, table in tables.items() if name == "sculpting.csv"]


def _facts(methods: Methods, asked: Tagging | None, label: str | None) -> dict[str, Any]:
    """Say what the tables are about, for ``target.json``."""
    facts = {
        "name": methods.first.target.name,
        "units": methods.first.target.units,
        "label": label or "",
        "task": "comparison",
        "learnt": methods.first.task,
        "classes": list(methods.first.classes),
        "experiment": "",
    }
    return facts | ({"tagged": tagging.metric_name(methods.first, asked)} if asked else {})


def _learning_curves(
    experiments: Mapping[str, Experiment], histories: Mapping[str, Sequence[Path]], first: Methods
) -> pd.DataFrame:
    """Put the losses of all trainings under one another.

    Of a network of several targets the loss is that of the target in question. The weights kept
    are those of the smallest validation loss, of all targets together, with the penalties on
    weights. These are taken off the losses that are compared; from that of the training events,
    a mean over the epoch, those of its end.
    """
    parts = []
    for name, paths in histories.items():
        history = learning_curve(paths, experiments[name].seeds)
        own = f"{first.first.target.name}_loss"
        loss = own if own in history else "loss"
        penalty = history[PENALTY] if loss == "loss" and PENALTY in history else 0.0
        best = history.groupby("seed")["validation_loss"].transform("min")
        parts.append(
            pd.DataFrame(
                {
                    "method": name,
                    "seed": history["seed"],
                    "epoch": history["epoch"],
                    "loss": history[loss] - penalty,
                    "validation_loss": history[f"validation_{loss}"] - penalty,
                    "kept": (history["validation_loss"] == best).astype(int),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _common(experiments: Mapping[str, Experiment]) -> Evaluation:
    """Find what is asked of all experiments alike, without what each is asked in bins."""
    every = [experiment.evaluation for experiment in experiments.values()] or [Evaluation()]
    settings = next((entry for entry in every if entry.tagging is not None), every[0])
    changes: dict[str, Any] = {"against": [], "separation": {}}
    if settings.tagging is not None:
        changes["tagging"] = settings.tagging.model_copy(update={"against": []})
    return settings.model_copy(update=changes)


def _take(remaining: dict[str, Path], dataset: str) -> list[Path]:
    """Take the baselines of a data set out, so that they are measured once."""
    return [remaining.pop(dataset)] if dataset in remaining else []


def _without(methods: Methods, found: Mapping[str, Any]) -> Methods:
    """Leave out the baselines that another data set has had."""
    simple = {label: entry for label, entry in methods.baselines.items() if label not in found}
    return replace(methods, baselines=simple)


def _check_events(methods: Methods, first: Methods) -> None:
    """Refuse methods that were judged on other events than the first."""
    if not np.array_equal(methods.first.event_id, first.first.event_id):
        msg = (
            f"experiments '{methods.experiment}' and '{first.experiment}' were not judged on the "
            f"same events ({methods.events} and {first.events}): predict again from one data set"
        )
        raise DataError(msg)


def _numbers(metrics: Sequence[Metrics]) -> Iterator[Row]:
    """List all metrics of all methods, each baseline once."""
    seen: set[str] = set()
    for entry in metrics:
        kind = "ensemble" if entry.members else "network"
        yield from _rows(entry.experiment, kind, entry.metrics)
        yield from _rows(ensemble_name(entry.experiment), "ensemble", entry.ensemble)
        for label, numbers in entry.baselines.items():
            if label not in seen:
                kind = "oracle" if label in entry.oracles else "baseline"
                yield from _rows(label, kind, numbers)
        seen |= set(entry.baselines)


def _rows(method: str, kind: str, numbers: Mapping[str, Value]) -> Iterator[Row]:
    for metric, found in numbers.items():
        yield {
            "method": method,
            "kind": kind,
            "metric": metric,
            "value": found.value,
            "error": found.error,
            "spread": found.spread if isinstance(found, NetworkValue) else None,
            "unit": found.unit,
            "lower_limit": found.lower_limit,
            "mark": found.mark,
        }


def _published(methods: Methods, asked: Tagging | None) -> Iterator[Row]:
    if asked is not None and asked.scoreboard:
        tagged = tagging.metric_name(methods.first, asked)
        for name, numbers in published(tagged).items():
            yield from _rows(name, "published", numbers)
