"""Corrections learnt from validation events and applied to test events, as methods of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from footprint.config.corrections import BiasCorrection
from footprint.config.experiments import Evaluation
from footprint.errors import DataError
from footprint.evaluation import bias_correction, bootstrap, calibration, classification
from footprint.evaluation.against import Row, averaged
from footprint.evaluation.alignment import read_aligned
from footprint.evaluation.bias_correction import Bias
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.bootstrap import bootstrap as resample
from footprint.evaluation.classification_tables import reliability_rows
from footprint.evaluation.methods import Methods
from footprint.files.predictions import VALIDATION, Predictions

STEPS = ("before", "after")
SHOWN = ("calibration_error", "log_loss", "brier_score")
"""Metrics that a calibration should make smaller."""


@dataclass(frozen=True)
class Corrections:
    """What the validation events changed.

    Attributes
    ----------
    methods
        With the corrected predictions beside the others.
    parameters
        Fitted numbers of each training, with their errors, by name.
    biases
        The bias of each training's validation events; none of a calibration.
    """

    methods: Methods
    parameters: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    biases: tuple[Bias, ...] = ()


def name_of(experiment: str, task: str) -> str:
    """Name the corrected predictions of an experiment in tables."""
    return f"{experiment}_{'calibrated' if task == 'classification' else 'corrected'}"


def correct(methods: Methods, settings: Evaluation, predictions: Sequence[Path]) -> Corrections:
    """Learn from each training's validation events, and correct its test predictions.

    Parameters
    ----------
    methods, settings
        What is judged, and whether and how it is corrected.
    predictions
        The trainings' prediction files, in the order of `Methods.networks`, beside which lies
        a folder ``validation`` with a file of the same name.

    Raises
    ------
    FileFormatError
        The validation events' predictions are missing.
    DataError
        They share events with the test split.
    """
    task = methods.first.task
    if task == "classification" and settings.calibration is not None:
        pairs = _with_validation(methods, predictions)
        fits = [
            calibration.calibration_of(settings.calibration, validation, validation.weight)
            for _, validation in pairs
        ]
        entries = [
            replace(test, prediction=fit.apply(test.prediction))
            for (test, _), fit in zip(pairs, fits, strict=True)
        ]
        parameters = {name: [fit.parameters[name] for fit in fits] for name in fits[0].parameters}
        return Corrections(_beside(methods, entries), parameters)
    asked = settings.bias_correction
    if task == "regression" and asked is not None:
        pairs = _with_validation(methods, predictions)
        biases = [bias_correction.bias_of(v, asked, v.weight) for _, v in pairs]
        entries = [
            bias_correction.corrected(test, bias, asked)
            for (test, _), bias in zip(pairs, biases, strict=True)
        ]
        return Corrections(_beside(methods, entries), biases=tuple(biases))
    return Corrections(methods)


def _beside(methods: Methods, entries: Sequence[Predictions]) -> Methods:
    label = name_of(methods.experiment, methods.first.task)
    if label in methods.everything:
        msg = f"'{label}' is the name of corrected predictions: call the other method otherwise"
        raise DataError(msg)
    named = tuple(replace(entry, method=label) for entry in entries)
    return replace(methods, corrected={label: named})


def _with_validation(
    methods: Methods, predictions: Sequence[Path]
) -> list[tuple[Predictions, Predictions]]:
    """Read what each training says of the validation events."""
    if len(predictions) != len(methods.networks):
        msg = (
            f"'{methods.experiment}': {len(predictions)} prediction files for "
            f"{len(methods.networks)} trainings, the validation events beside them are needed"
        )
        raise DataError(msg)
    pairs = []
    for test, path in zip(methods.networks, predictions, strict=True):
        beside = path.parent / VALIDATION / path.name
        validation = read_aligned([beside])[0]
        shared = set(validation.event_id.tolist()) & set(test.event_id.tolist())
        if shared:
            msg = (
                f"{beside} and {path} share {len(shared)} events: what is learnt from the one "
                f"would be judged on the same events; predict again"
            )
            raise DataError(msg)
        pairs.append((test, validation))
    return pairs


def tables(found: Corrections, settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make the tables of what was corrected, before and after; none where nothing was.

    Returns
    -------
    dict of str to DataFrame
        By file name. Of classes ``calibration.csv``, metrics with the calibration error that
        chance alone would make, and ``calibrated_reliability.csv``; of values
        ``bias_correction.csv``, the bias of the validation events, and ``corrected_bias.csv``,
        that of the test events.
    """
    methods = found.methods
    if not methods.corrected:
        return {}
    after = next(iter(methods.corrected.values()))
    if methods.first.task == "classification":
        entries = _of_classes(methods, {"before": methods.networks, "after": after}, settings)
    else:
        asked = settings.bias_correction or BiasCorrection()
        entries = _of_values(found, after, asked, settings.bootstrap)
    return {f"{name}.csv": pd.DataFrame(rows) for name, rows in entries.items()}


def _of_classes(
    methods: Methods, steps: dict[str, Sequence[Predictions]], settings: Evaluation
) -> dict[str, list[Row]]:
    metrics: list[Row] = []
    curves: list[Row] = []
    for step, entries in steps.items():
        every = [_taken(methods, classification.measures(e, []), settings) for e in entries]
        floors = [calibration.floor(e, settings.bootstrap, methods.weight) for e in entries]
        chance = {"calibration_error": tuple(np.mean(floors, axis=0).tolist())}
        metrics += [
            {
                "step": step,
                "metric": name,
                "value": float(numbers.value),
                "error": float(numbers.error),
                "of_chance": chance.get(name, (None, None))[0],
                "of_chance_error": chance.get(name, (None, None))[1],
            }
            for name in SHOWN
            for numbers in [averaged(every)[name]]
        ]
        sums = averaged([_taken(methods, classification.reliability(e), settings) for e in entries])
        curves += [{"step": step, **row} for row in reliability_rows(sums, methods.first.classes)]
    return {"calibration": metrics, "calibrated_reliability": curves}


def _taken(
    methods: Methods, measure: bootstrap.Measure, settings: Evaluation
) -> dict[str, Sampled]:
    return resample(measure, methods.events, settings.bootstrap, methods.weight)


def _of_values(
    found: Corrections, after: Sequence[Predictions], asked: BiasCorrection, number: int
) -> dict[str, list[Row]]:
    methods, first = found.methods, found.methods.first
    spec = first.target if asked.by is None else first.spectator_specs[asked.by]
    place = {"variable": asked.by or "prediction", "units": spec.units}
    measured = [
        {
            "seed": test.seed,
            **place,
            "low": entry.low,
            "high": entry.high,
            "centre": float(bias.centre[k]),
            "events": len(entry.members),
            "relative": int(bias.relative),
            "bias": float(bias.value[k]),
            "error": float(bias.error[k]),
            "correction": float(bias.correction[k]),
        }
        for test, bias in zip(methods.networks, found.biases, strict=True)
        for k, entry in enumerate(bias.bins)
    ]
    both = averaged(
        [
            resample(
                bias_correction.in_bins_of_both(one, other, bias_correction.bins_of(one, asked)),
                methods.events,
                number,
                methods.weight,
            )
            for one, other in zip(methods.networks, after, strict=True)
        ]
    )
    shown = [
        {
            "step": step,
            **place,
            **{name: float(both[name].value[k]) for name in ("low", "high", "centre")},
            "bias": float(both[step].value[k]),
            "error": float(both[step].error[k]),
        }
        for step in STEPS
        for k in range(len(both["centre"].value))
    ]
    return {"bias_correction": measured, "corrected_bias": shown}
