"""What networks of one or two input values had learnt after some epochs: tables for figures.

Quality is measured on validation events, as all that is seen while a network is trained.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.errors import DataError
from footprint.evaluation import bootstrap, classification, regression
from footprint.evaluation.metrics import number
from footprint.evaluation.quantities import HEADLINE, unit
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions
from footprint.files.snapshots import SnapshotPredictions, beside, read_snapshot_predictions

AXES = ("first", "second")
"""Columns of the input values."""
NAMES = {"regression": "function_fit", "classification": "decision_boundary"}
"""The table over the grid, by task; that of the events has ``_points`` behind."""


def tables(predictions: Sequence[Path], settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make the tables of an experiment's snapshots.

    Parameters
    ----------
    predictions
        Prediction files of its trainings, beside which those of the snapshots lie, if any.
    settings
        How it is judged.

    Returns
    -------
    dict of str to DataFrame
        By file name; empty without snapshots. Of two classes only the second is listed, since
        its probability says all.

    Raises
    ------
    DataError
        Snapshots of some trainings are there and of others not.
    """
    paths = [beside(path) for path in predictions]
    there = [path for path in paths if path.is_file()]
    if not there:
        return {}
    if len(there) < len(paths):
        missing = [str(path) for path in paths if path not in there]
        msg = f"snapshots not found: {', '.join(missing)}; others of this experiment are there: "
        raise DataError(msg + "predict again")
    found = [read_snapshot_predictions(path) for path in there]
    first = found[0]
    name = NAMES[first.task]
    return {
        f"{name}.csv": pd.concat([_over_grid(entry) for entry in found], ignore_index=True),
        f"{name}_points.csv": _points(first),
        "snapshot_quality.csv": pd.DataFrame(
            [row for entry in found for row in _quality(entry, settings)]
        ),
        "snapshot_axes.csv": pd.DataFrame(
            [
                {"axis": axis, "label": label, "units": units}
                for axis, (label, units) in zip(AXES, first.axes, strict=False)
            ]
        ),
    }


def _states(found: SnapshotPredictions) -> list[dict[str, int]]:
    """List what says which state of the network a row is about."""
    last = len(found.epoch) - 1
    return [
        {"seed": found.seed, "epoch": int(epoch), "trained": int(position == last)}
        for position, epoch in enumerate(found.epoch)
    ]


def _coordinates(values: Array) -> dict[str, Array]:
    return {axis: values[:, number] for number, axis in enumerate(AXES[: values.shape[1]])}


def _over_grid(found: SnapshotPredictions) -> pd.DataFrame:
    """Put what all states say over the grid under one another."""
    place, parts = _coordinates(found.grid), []
    for state, prediction in zip(_states(found), found.grid_prediction, strict=True):
        if not found.classes:
            parts.append(pd.DataFrame({**state, **place, "prediction": prediction}))
            continue
        for index in shown_classes(found.classes):
            name, probability = found.classes[index], prediction[:, index]
            row = {**state, "class": name, **place, "probability": probability}
            parts.append(pd.DataFrame(row))
    return pd.concat(parts, ignore_index=True)


def shown_classes(classes: Sequence[str]) -> list[int]:
    """Find the numbers of the classes whose probabilities are shown: the second of two, or all."""
    return [1] if len(classes) == 2 else list(range(len(classes)))  # noqa: PLR2004, a pair


def _points(found: SnapshotPredictions) -> pd.DataFrame:
    place = _coordinates(found.points)
    if not found.classes:
        return pd.DataFrame({**place, "value": found.truth})
    return pd.DataFrame({**place, "truth": np.asarray(found.classes)[found.truth]})


def _quality(found: SnapshotPredictions, settings: Evaluation) -> list[dict[str, Any]]:
    """Measure the main metric of the task in each state, on the validation events."""
    metric, rows = HEADLINE[found.task], []
    for state, prediction in zip(_states(found), found.point_prediction, strict=True):
        events = Predictions(
            method=found.method,
            seed=found.seed,
            task=found.task,
            target=found.target,
            classes=found.classes,
            event_id=np.arange(len(found.truth), dtype=np.uint64),
            truth=found.truth,
            prediction=prediction,
            weight=found.weight,
        )
        measure = (
            classification.measures(events, []) if found.classes else regression.measures(events)
        )
        count = len(found.truth)
        sampled = bootstrap.bootstrap(measure, count, settings.bootstrap, found.weight)[metric]
        rows.append(
            {
                **state,
                "metric": metric,
                "value": number(float(sampled.value)),
                "error": number(float(sampled.error)),
                "unit": unit(metric, found.target.units),
                "events": count,
            }
        )
    return rows
