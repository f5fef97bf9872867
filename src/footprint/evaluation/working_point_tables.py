"""The tables of working points: thresholds, what they are worth, and that in bins."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging
from footprint.evaluation import tagging, working_points
from footprint.evaluation.against import Row, Variable, of_one, places, spectator_variables
from footprint.evaluation.bootstrap import Sampled, Values, mean
from footprint.evaluation.methods import Methods
from footprint.evaluation.metrics import number
from footprint.evaluation.shares import share_error
from footprint.files.predictions import Predictions


@dataclass(frozen=True)
class Point:
    """The thresholds of one training, ensemble or baseline.

    Attributes
    ----------
    method, predictions
        Whose.
    thresholds
        Shape (`mistag_rates`,).
    rows
        Rows of ``working_points.csv``.
    """

    method: str
    predictions: Predictions
    thresholds: Values
    rows: list[Row]


def choose(methods: Methods, settings: Evaluation, asked: Tagging) -> list[Point]:
    """Choose thresholds for each training, the ensemble and each baseline."""
    points = []
    pairs = [(name, entry) for name, entries in methods.everything.items() for entry in entries]
    for method, predictions in pairs:
        chosen = of_one(
            methods,
            partial(working_points.thresholds, tagging=asked),
            predictions,
            settings.bootstrap,
        )
        cuts = chosen["threshold"].value
        fixed = of_one(
            methods,
            partial(working_points.rates, tagging=asked, cuts=cuts),
            predictions,
            settings.bootstrap,
        )
        seed = predictions.seed if methods.kind(method) == "network" else None
        columns = {
            "threshold": (chosen["threshold"].value, chosen["threshold"].error),
            "mistag_rate": _with_error(fixed, "mistag_rate", "effective_background"),
            "signal_efficiency": (
                chosen["signal_efficiency"].value,
                _at_least(chosen["signal_efficiency"], fixed),
            ),
        }
        rows = [
            {"method": method, "seed": seed, "working_point": wanted}
            | {
                key: float(found[k])
                for name, (value, error) in columns.items()
                for key, found in ((name, value), (f"{name}_error", error))
            }
            for k, wanted in enumerate(asked.mistag_rates)
        ]
        points.append(Point(method, predictions, cuts, rows))
    return points


def _with_error(found: dict[str, Sampled], name: str, events: str) -> tuple[Values, Values]:
    return found[name].value, share_error(found[name], found[events].value[..., None])


def _at_least(efficiency: Sampled, fixed: dict[str, Sampled]) -> Values:
    """Take the efficiency's error at the mistag rate, where all events pass that of a share."""
    return share_error(efficiency, fixed["effective_signal"].value[..., None])


def _variables(methods: Methods, settings: Evaluation, asked: Tagging) -> list[Variable]:
    rows = tagging.tagged(methods.first, asked).rows
    members = np.zeros(methods.events, dtype=np.bool_)
    members[rows] = True
    return spectator_variables(methods, settings, members=members, names=asked.against)


def in_bins(
    methods: Methods, settings: Evaluation, asked: Tagging, points: list[Point]
) -> list[Row]:
    """Measure efficiency and mistag rate in bins, the experiment's as the mean over trainings."""
    rows = []
    for variable in _variables(methods, settings, asked):
        for method in dict.fromkeys(point.method for point in points):
            trainings = [
                of_one(
                    methods,
                    partial(
                        working_points.rates_in_bins,
                        tagging=asked,
                        cuts=point.thresholds,
                        bins=variable.bins,
                    ),
                    point.predictions,
                    settings.bootstrap,
                )
                for point in points
                if point.method == method
            ]
            found = {name: mean([entry[name] for entry in trainings]) for name in trainings[0]}
            rows += _rows_in_bins(method, variable, asked, found)
    return rows


def _rows_in_bins(
    method: str, variable: Variable, asked: Tagging, found: dict[str, Sampled]
) -> list[Row]:
    efficiency = _with_error(found, "signal_efficiency", "effective_signal")
    mistag = _with_error(found, "mistag_rate", "effective_background")
    return [
        {
            "method": method,
            **place,
            "working_point": wanted,
            "signal": float(found["signal"].value[b]),
            "background": float(found["background"].value[b]),
            "signal_efficiency": float(efficiency[0][b, k]),
            "signal_efficiency_error": float(efficiency[1][b, k]),
            "mistag_rate": float(mistag[0][b, k]),
            "mistag_rate_error": float(mistag[1][b, k]),
        }
        for b, place in enumerate(places(variable))
        for k, wanted in enumerate(asked.mistag_rates)
    ]


def document(methods: Methods, asked: Tagging, points: list[Point]) -> dict[str, Any]:
    """Write the working points for programs: null where there is none."""
    entries = [
        {key: number(value) if isinstance(value, float) else value for key, value in row.items()}
        for point in points
        for row in point.rows
    ]
    return {
        "target": methods.first.target.name,
        "signal": asked.signal,
        "background": asked.background,
        "score": f"p({asked.signal})"
        if tagging.metric_name(methods.first, asked) == asked.signal
        else f"p({asked.signal}) / (p({asked.signal}) + p({asked.background}))",
        "tagged": "score >= threshold",
        "thresholds_from": "test",
        "note": "Thresholds were chosen on the test split, on which the rates are quoted: choose "
        "them anew on events of your own before you use them.",
        "working_points": entries,
    }
