"""How methods fare on samples simulated in another way, beside the sample they were trained on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation, Experiment
from footprint.config.variations import NOMINAL
from footprint.errors import DataError
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.evaluate import judge
from footprint.evaluation.methods import Methods, gather
from footprint.evaluation.metrics import number
from footprint.evaluation.quantities import unit
from footprint.files.hdf5 import Array


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

    @property
    def text(self) -> str:
        """The value as YAML writes it, but ``none`` where there is none."""
        if self.value is None:
            return "none"
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, float):
            return f"{self.value:.10g}"
        return json.dumps(self.value)


@dataclass(frozen=True)
class AtPoint:
    """A method's numbers at one point.

    Attributes
    ----------
    kind
        ``network``, ``baseline`` or ``oracle``.
    event_id
        Of the events they were measured on, in order, shape (n,).
    units, classes
        Unit of the target, and its classes if it has any.
    numbers
        All metrics.
    """

    kind: str
    event_id: Array
    units: str
    classes: tuple[str, ...]
    numbers: dict[str, Sampled]


def at_point(methods: Methods, settings: Evaluation) -> dict[str, AtPoint]:
    """Measure an experiment and its baselines at one point, by method."""
    judged, first = judge(methods, settings), methods.first
    return {
        name: AtPoint(
            methods.kind(name), first.event_id, first.target.units, first.classes, numbers
        )
        for name, numbers in ({methods.experiment: judged.network} | judged.baselines).items()
    }


def at_all_points(
    target: str,
    settings: Sequence[Setting],
    experiments: Mapping[str, Experiment],
    networks: Mapping[str, Sequence[Path]],
    baselines: Path | None = None,
) -> dict[str, dict[str, AtPoint]]:
    """Measure all experiments at all points, reading one point after the other.

    Parameters
    ----------
    target
        What they learn.
    settings
        The points of all curves.
    experiments
        Their configurations by name.
    networks
        By experiment, the folder of each training, with ``<point>/<target>.h5``.
    baselines
        Folder with ``<point>/<label>.h5`` of the simple methods, which are measured once, by the
        settings of the first experiment.

    Returns
    -------
    dict of str to dict of str to AtPoint
        By method and point.
    """
    found: dict[str, dict[str, AtPoint]] = {}
    for name, folders in networks.items():
        simple = baselines if name == next(iter(networks)) else None
        for point in dict.fromkeys(entry.point for entry in settings):
            files = [folder / point / f"{target}.h5" for folder in folders]
            others = [] if simple is None else [simple / point]
            methods = gather(name, experiments[name], files, others)
            for method, measured in at_point(methods, experiments[name].evaluation).items():
                found.setdefault(method, {})[point] = measured
    return found


def degradation(
    settings: Sequence[Setting], methods: Mapping[str, Mapping[str, AtPoint]]
) -> pd.DataFrame:
    """Tabulate all metrics of all methods at all points.

    Parameters
    ----------
    settings
        The points of all curves.
    methods
        By method and point.

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
        for setting in settings:
            if setting.point not in by_point:
                msg = (
                    f"'{name}' has no predictions of point '{setting.point}'; there are those of "
                    f"{', '.join(by_point)}: predict the variations again"
                )
                raise DataError(msg)
            here, nominal = by_point[setting.point], by_point[NOMINAL]
            same = np.array_equal(here.event_id, nominal.event_id)
            for metric, sampled in here.numbers.items():
                change, error = _change(sampled, nominal.numbers[metric], paired=same)
                rows.append(
                    {
                        "method": name,
                        "kind": here.kind,
                        "curve": setting.curve,
                        "point": setting.point,
                        "setting": setting.text,
                        "label": setting.label,
                        "setting_units": setting.units,
                        "nominal": int(setting.point == NOMINAL),
                        "metric": metric,
                        "unit": unit(metric, here.units),
                        "events": len(here.event_id),
                        "value": number(float(sampled.value)),
                        "error": number(float(sampled.error)),
                        "change": change,
                        "change_error": error,
                    }
                )
    return pd.DataFrame(rows)


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
    return rows[["method", "kind", "metric", "value", "error", "unit"]].assign(spread=None)
