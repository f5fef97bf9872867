"""Shifts by parameter sets: how far each moves a method's numbers, and all of them together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from footprint.config.tagging import Tagging
from footprint.config.variations import NOMINAL
from footprint.evaluation.at_points import AllPoints, AtPoint, of_point
from footprint.evaluation.bootstrap import Sampled, Values
from footprint.evaluation.certainty import columns, of_difference, of_ratio
from footprint.evaluation.classification import EFFICIENCIES
from footprint.evaluation.metrics import number
from footprint.evaluation.quantities import unit


@dataclass(frozen=True)
class Shift:
    """A point of a parameter set.

    Attributes
    ----------
    parameter_set, shift
        The set's name; ``up`` or ``down`` of a pair, otherwise empty.
    point
        Name of the point.
    label
        The set's name on figures.
    """

    parameter_set: str
    shift: str
    point: str
    label: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """What a table says of it."""
        return {
            "parameter_set": self.parameter_set,
            "shift": self.shift,
            "point": self.point,
            "label": self.label,
        }


def shifts(entries: Sequence[Shift], methods: AllPoints) -> pd.DataFrame:
    """Tabulate all metrics of all methods at all points of parameter sets.

    Returns
    -------
    DataFrame
        ``change`` is the value minus that at the nominal point and ``ratio`` the one over the
        other; their errors know which events both points share.

    Raises
    ------
    DataError
        A point has no predictions.
    """
    rows = []
    for name, by_point in methods.items():
        for entry in entries:
            here = of_point(name, by_point, entry.point)
            for metric, sampled in here.numbers.items():
                nominal = by_point[NOMINAL].numbers[metric]
                ratio = sampled / nominal
                rows.append(
                    {
                        "method": name,
                        "kind": here.kind,
                        **entry.columns,
                        "metric": metric,
                        "unit": unit(metric, here.units),
                        "events": here.events,
                        **columns("value", sampled, here.certainty(metric)),
                        **_apart("change", sampled - nominal),
                        **columns("ratio", ratio, of_ratio(ratio)),
                    }
                )
    return pd.DataFrame(rows)


def _apart(name: str, change: Sampled) -> dict[str, float | str | None]:
    return columns(name, change, of_difference(change))


def total_shifts(entries: Sequence[Shift], methods: AllPoints) -> pd.DataFrame:
    """Add up the changes of all parameter sets, for each method and metric.

    Returns
    -------
    DataFrame
        ``up`` is the root of the sum of squares of each set's largest rise, ``down``, negative,
        that of its largest fall, as uncertainties that do not depend on one another are added.
        A set of one point counts on the side to which it moves the number. What chance moves is
        in the sums, too: they are upper limits where they are not far above their errors.
        Set, shift and point are those of the largest change, which is given with its error.
        Metrics that are finite at no pair of points are left out.
    """
    rows = []
    for name, by_point in methods.items():
        nominal = by_point[NOMINAL]
        for metric, sampled in nominal.numbers.items():
            changes = {
                entry: change
                for entry in entries
                for change in [of_point(name, by_point, entry.point).numbers[metric] - sampled]
                if np.isfinite(change.value)
            }
            if not changes:  # as of a rejection without any background left
                continue
            largest = max(changes, key=lambda entry: abs(float(changes[entry].value)))
            rows.append(
                {
                    "method": name,
                    "kind": nominal.kind,
                    "metric": metric,
                    "unit": unit(metric, nominal.units),
                    **columns("value", sampled, nominal.certainty(metric)),
                    **_apart("up", together(changes, 1)),
                    **_apart("down", together(changes, -1)),
                    **largest.columns,
                    **_apart("change", changes[largest]),
                }
            )
    return pd.DataFrame(rows)


def together(changes: Mapping[Shift, Sampled], side: int) -> Sampled:
    """Add each set's largest change to one side in quadrature, also in every resampling.

    Parameters
    ----------
    changes
        By point.
    side
        1 for changes to higher values, -1 for those to lower ones.
    """

    def of(arrays: Mapping[Shift, Values]) -> Values:
        squares: dict[str, Values] = {}
        for entry, values in arrays.items():
            reach = np.maximum(side * values, 0)
            squares[entry.parameter_set] = np.maximum(squares.get(entry.parameter_set, 0), reach**2)
        total = np.sqrt(np.sum(list(squares.values()), axis=0))
        return np.asarray(side * total + 0.0)  # never -0.0

    return Sampled(
        of({entry: sampled.value for entry, sampled in changes.items()}),
        of({entry: sampled.replicas for entry, sampled in changes.items()}),
    )


def roc_curves(entries: Sequence[Shift], methods: AllPoints) -> pd.DataFrame:
    """Tabulate the ROC curves of all methods but oracles, nominal and at all points of sets.

    Returns
    -------
    DataFrame
        ``low`` and ``high`` bound 68 % of the resamplings of the nominal curve; ``total_low``
        and ``total_high`` are its false positive rate with the changes of all sets, added as in
        `total_shifts`; both are empty at other points.
    """
    rows: list[dict[str, object]] = []
    for name, by_point in methods.items():
        nominal = by_point[NOMINAL]
        if nominal.kind == "oracle":
            continue
        for of_class, rate in nominal.roc.items():
            at_points = {
                entry: of_point(name, by_point, entry.point).roc[of_class].value
                for entry in entries
            }
            low, high = rate.band()
            changes = {
                entry: Sampled(values - rate.value, np.empty((0, len(values))))
                for entry, values in at_points.items()
            }
            bands = {
                "low": low,
                "high": high,
                "total_low": rate.value + together(changes, -1).value,
                "total_high": rate.value + together(changes, 1).value,
            }
            first = {"method": name, "class": of_class}
            own = Shift("", "", NOMINAL)
            rows += _curve(first | own.columns, rate.value, bands)
            for entry, values in at_points.items():
                nothing = dict.fromkeys(bands, np.full(len(values), np.nan))
                rows += _curve(first | entry.columns, values, nothing)
    return pd.DataFrame(rows)


def _curve(
    first: Mapping[str, str], rates: Values, bands: Mapping[str, Values]
) -> Iterator[dict[str, object]]:
    for k, efficiency in enumerate(EFFICIENCIES):
        yield {
            **first,
            "signal_efficiency": round(float(efficiency), 6),
            "false_positive_rate": float(rates[k]),
            **{name: number(float(values[k])) for name, values in bands.items()},
        }


def signals(first: AtPoint, tagged: Sequence[Tagging] = ()) -> list[str]:
    """Name the classes that are looked for among all others.

    Those that are tagged; where none is, all, but of two the first one alone.
    """
    found = dict.fromkeys(asked.signal for asked in tagged if asked.fits(first.classes))
    if found:
        return list(found)
    pair = 2
    return list(first.classes[:1] if len(first.classes) == pair else first.classes)
