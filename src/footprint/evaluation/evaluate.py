"""Judge one experiment beside its baselines: all its numbers, and the tables of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation, Experiment
from footprint.config.networks import Layers, OwnFile
from footprint.evaluation import (
    bootstrap,
    classification_tables,
    corrections,
    distances_tables,
    posterior_tables,
    regression_tables,
    separation,
    separation_tables,
    snapshots,
    tagging,
    tagging_tables,
    uncertainty_tables,
    written,
)
from footprint.evaluation.corrections import Corrections
from footprint.evaluation.ensembles import is_ensemble
from footprint.evaluation.judge import Judged, judge
from footprint.evaluation.methods import Methods
from footprint.evaluation.metrics import Metrics, NetworkValue, Value, number
from footprint.evaluation.quantities import HEADLINE
from footprint.evaluation.tables import learning_curve


@dataclass(frozen=True)
class Evaluated:
    """What came out.

    Attributes
    ----------
    metrics
        The numbers.
    tables
        Tables by file name.
    target
        What was learnt, for the tables' ``target.json``.
    documents
        Further JSON files beside the tables, by file name.
    """

    metrics: Metrics
    tables: dict[str, pd.DataFrame]
    target: dict[str, Any]
    documents: dict[str, Any]


def evaluate(
    methods: Methods,
    experiment: Experiment,
    histories: Sequence[Path],
    label: str | None,
    predictions: Sequence[Path] = (),
) -> Evaluated:
    """Judge an experiment beside its baselines.

    Parameters
    ----------
    methods
        Predictions of all methods for the same events.
    experiment
        The experiment's configuration.
    histories
        ``history.csv`` of each training; none leaves the learning curve out.
    label
        The target's symbol; without it figures show its name.
    predictions
        Prediction files of the trainings, beside which those of snapshots may lie.
    """
    settings = experiment.evaluation
    found = corrections.correct(methods, settings, predictions)
    # Curves and cuts are those of the network's own scores, whose order calibration keeps.
    plain, methods = methods, found.methods
    judged = judge(methods, settings)
    tables = {}
    if histories:
        seeds = [entry.seed for entry in methods.networks]
        tables["learning_curve.csv"] = learning_curve(histories, seeds)
    tables["comparison.csv"] = written.comparison(judged, methods.kind, methods.first.target.units)
    tables |= _tables(plain if plain.first.classes else methods, settings, judged)
    tables |= corrections.tables(found, settings)
    tables |= snapshots.tables(predictions, settings)
    documents = {}
    if tagging.asked_of(methods.first, settings):
        tagged = tagging_tables.make(plain, settings)
        tables |= tagged.tables
        documents["working_points.json"] = tagged.working_points
    target = methods.first.target
    return Evaluated(
        metrics=_metrics(found, experiment, judged, [*tables, *documents]),
        tables=tables,
        documents=documents,
        target={
            "name": target.name,
            "units": target.units,
            "label": label or "",
            "task": methods.first.task,
            "classes": list(methods.first.classes),
            "experiment": methods.experiment,
        }
        | ({"tagged": name} if (name := _tagged(methods, settings)) else {}),
    )


def _tagged(methods: Methods, settings: Evaluation) -> str:
    """Name what is tagged; empty where nothing is."""
    asked = tagging.asked_of(methods.first, settings)
    return tagging.metric_name(methods.first, asked) if asked else ""


def _tables(methods: Methods, settings: Evaluation, judged: Judged) -> dict[str, pd.DataFrame]:
    """Make the tables of the task, and of the separation of two kinds where it is asked for."""
    task, asked = methods.first.task, settings.separation.get(methods.first.target.name)
    if task == "classification":
        tables = classification_tables.tables(methods, settings, judged)
    elif task == "regression":
        tables = regression_tables.tables(methods, settings)
        tables |= uncertainty_tables.tables(methods, settings)
        tables |= posterior_tables.tables(methods, settings)
    else:
        tables = distances_tables.tables(methods, settings)
    return tables | (separation_tables.tables(methods, settings, asked) if asked else {})


def _metrics(
    found: Corrections, experiment: Experiment, judged: Judged, tables: list[str]
) -> Metrics:
    methods = found.methods
    task, asked = (
        methods.first.task,
        experiment.evaluation.separation.get(methods.first.target.name),
    )
    tagged = tagging.asked_of(methods.first, experiment.evaluation)
    network = judged.of(methods.experiment)
    replicas = network[HEADLINE[task]].replicas

    units = methods.first.target.units

    def values(label: str) -> dict[str, Value]:
        return written.values(judged, label, units)

    return Metrics(
        experiment=methods.experiment,
        dataset=experiment.dataset,
        model="ensemble" if is_ensemble(methods.first) else model_name(experiment),
        members=list(methods.members),
        task=task,
        target=methods.first.target.name,
        classes=list(methods.first.classes),
        events=methods.events,
        effective_events=None
        if methods.weight is None
        else bootstrap.effective_events(methods.weight),
        seeds=[entry.seed for entry in methods.networks],
        metrics=written.network_values(judged, methods.experiment, units),
        corrected={
            label: written.network_values(judged, label, units) | _fitted(found)
            for label in methods.corrected
        },
        ensemble=next((values(label) for label in methods.ensemble), {}),
        baselines={label: values(label) for label in methods.baselines},
        oracles=list(methods.oracles),
        differences={
            label: written.differences(network, judged.of(label))
            for label in (*methods.corrected, *methods.members, *methods.baselines)
        },
        replicas={HEADLINE[task]: [number(float(value)) for value in replicas]},
        separated=separation.words(asked) if asked else "",
        tagged=_tagged(methods, experiment.evaluation),
        scoreboard=tagged is not None and tagged.scoreboard,
        tables=["target.json", *tables],
    )


def _fitted(found: Corrections) -> dict[str, NetworkValue]:
    """Take what was fitted to validation events: the mean over trainings, and their spread."""
    return {
        name: NetworkValue(
            value=number(float(np.mean([value for value, _ in fits]))),
            error=number(float(np.mean([error for _, error in fits]))),
            unit="",
            spread=number(float(np.std([value for value, _ in fits], ddof=1)))
            if len(fits) > 1
            else None,
        )
        for name, fits in found.parameters.items()
    }


def model_name(experiment: Experiment) -> str:
    """Name the model as in the zoo, or say ``layers`` or ``file``."""
    if isinstance(experiment.model, Layers):
        return "layers"
    return "file" if isinstance(experiment.model, OwnFile) else experiment.model.name
