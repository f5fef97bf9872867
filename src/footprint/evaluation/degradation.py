"""How methods fare on samples simulated in another way, beside the sample they were trained on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from footprint.config.variations import NOMINAL
from footprint.evaluation.at_points import AllPoints, of_point
from footprint.evaluation.certainty import columns, of_difference
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


def degradation(settings: Sequence[Setting], methods: AllPoints) -> pd.DataFrame:
    """Tabulate all metrics of all methods at all points of curves.

    Parameters
    ----------
    settings
        The points of all curves.
    methods
        By method and point.

    Returns
    -------
    DataFrame
        ``change`` is the value minus that at the nominal point; its error knows which events
        both points share.

    Raises
    ------
    DataError
        A point of a curve has no predictions.
    """
    rows = []
    for name, by_point in methods.items():
        for setting in settings:
            here = of_point(name, by_point, setting.point)
            for metric, sampled in here.numbers.items():
                change = sampled - by_point[NOMINAL].numbers[metric]
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
                        "events": here.events,
                        **columns("value", sampled, here.certainty(metric)),
                        **columns("change", change, of_difference(change)),
                    }
                )
    return pd.DataFrame(rows)


def nominal_comparison(methods: AllPoints) -> pd.DataFrame:
    """Tabulate the metrics at the nominal point, as ``comparison.csv`` has them."""
    rows = [
        {
            "method": name,
            "kind": by_point[NOMINAL].kind,
            "metric": metric,
            **columns("value", sampled, by_point[NOMINAL].certainty(metric)),
            "spread": None,
            "unit": unit(metric, by_point[NOMINAL].units),
        }
        for name, by_point in methods.items()
        for metric, sampled in by_point[NOMINAL].numbers.items()
    ]
    return pd.DataFrame(rows)
