"""How methods fare on samples simulated in another way, beside the sample they were trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Experiment
from footprint.config.variations import NOMINAL
from footprint.errors import DataError
from footprint.evaluation import bootstrap
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.evaluate import measure_of
from footprint.evaluation.methods import Methods
from footprint.evaluation.metrics import number
from footprint.evaluation.quantities import unit


@dataclass(frozen=True)
class Setting:
    """Where a point lies.

    Attributes
    ----------
    curve, value
        The curve's name and the option's value there.
    point
        Name of the point; ``nominal`` belongs to every curve.
    label, units
        Name and unit of the value on axes.
    """

    curve: str
    value: Any
    point: str
    label: str = ""
    units: str = ""


def degradation(
    settings: Sequence[Setting],
    methods: Mapping[str, Mapping[str, Methods]],
    experiments: Mapping[str, Experiment],
) -> pd.DataFrame:
    """Tabulate all metrics of all experiments at all points.

    Parameters
    ----------
    settings
        The points of all curves.
    methods
        By experiment and point: the predictions of its trainings.
    experiments
        Their configurations.

    Returns
    -------
    DataFrame
        ``change`` is the value minus that at the nominal point; its error is that of paired
        events where both points have the same ones.

    Raises
    ------
    DataError
        A point of a curve has no predictions.
    """
    rows = []
    for name, by_point in methods.items():
        found = {point: _numbers(entry, experiments[name]) for point, entry in by_point.items()}
        for setting in settings:
            if setting.point not in found:
                msg = (
                    f"experiment '{name}' has no predictions of point '{setting.point}'; there "
                    f"are those of {', '.join(found)}: predict the variations again"
                )
                raise DataError(msg)
            entry = by_point[setting.point]
            same = np.array_equal(entry.first.event_id, by_point[NOMINAL].first.event_id)
            for metric, sampled in found[setting.point].items():
                change, error = _change(sampled, found[NOMINAL][metric], paired=same)
                rows.append(
                    {
                        "method": name,
                        "curve": setting.curve,
                        "point": setting.point,
                        "setting": str(setting.value),
                        "label": setting.label,
                        "setting_units": setting.units,
                        "nominal": int(setting.point == NOMINAL),
                        "metric": metric,
                        "unit": unit(metric, entry.first.target.units),
                        "events": entry.events,
                        "value": number(float(sampled.value)),
                        "error": number(float(sampled.error)),
                        "change": change,
                        "change_error": error,
                    }
                )
    return pd.DataFrame(rows)


def _numbers(methods: Methods, experiment: Experiment) -> dict[str, Sampled]:
    """Average each metric over the trainings."""
    measured = [
        bootstrap.bootstrap(
            measure_of(entry, experiment.evaluation),
            methods.events,
            experiment.evaluation.bootstrap,
        )
        for entry in methods.networks
    ]
    return {name: bootstrap.mean([entry[name] for entry in measured]) for name in measured[0]}


def _change(
    sampled: Sampled, nominal: Sampled, *, paired: bool
) -> tuple[float | None, float | None]:
    if paired:
        difference = sampled - nominal
        return number(float(difference.value)), number(float(difference.error))
    value = float(sampled.value) - float(nominal.value)
    return number(value), number(float(np.hypot(sampled.error, nominal.error)))


def nominal_comparison(table: pd.DataFrame) -> pd.DataFrame:
    """Take the metrics at the nominal point, as ``comparison.csv`` has them."""
    rows = table[table["nominal"] == 1].drop_duplicates(["method", "metric"])
    return rows[["method", "metric", "value", "error", "unit"]].assign(kind="network", spread=None)
