"""The tables of variations: one folder of them for each target of each data set."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.config.experiments import Experiment
from footprint.errors import FileFormatError
from footprint.evaluation.at_points import AllPoints, AtPoint
from footprint.evaluation.degradation import Setting, degradation, nominal_comparison
from footprint.evaluation.shifts import Shift, roc_curves, shifts, signals, total_shifts

TOTAL = "total_shifts.csv"


def tables_of(
    curves: Sequence[Setting], sets: Sequence[Shift], methods: AllPoints
) -> dict[str, pd.DataFrame]:
    """Make all tables, those of curves and of parameter sets where there are any.

    Parameters
    ----------
    curves, sets
        Their points.
    methods
        By method and point.

    Returns
    -------
    dict of str to DataFrame
        By file name.
    """
    found = {"comparison.csv": nominal_comparison(methods)}
    if curves:
        found["degradation.csv"] = degradation(curves, methods)
    if sets:
        found |= {
            "shifts.csv": shifts(sets, methods),
            TOTAL: total_shifts(sets, methods),
        }
        if _first(methods).classes:
            found["shifted_roc.csv"] = roc_curves(sets, methods)
    return found


def facts_of(
    target: str, label: str | None, experiments: Mapping[str, Experiment], methods: AllPoints
) -> dict[str, Any]:
    """Say what the tables are about, for ``target.json``."""
    first = _first(methods)
    asked = [experiment.evaluation.tagging for experiment in experiments.values()]
    return {
        "name": target,
        "units": first.units,
        "label": label or "",
        "task": "variations",
        "classes": list(first.classes),
        "signals": signals(first, [tagging for tagging in asked if tagging is not None]),
        "experiment": "",
    }


def _first(methods: AllPoints) -> AtPoint:
    return next(iter(next(iter(methods.values())).values()))


def read_total_shifts(folder: Path) -> pd.DataFrame | None:
    """Read what all parameter sets do to a target; None where it has only curves.

    Raises
    ------
    FileFormatError
        There are no tables of variations.
    """
    if not folder.is_dir():
        msg = f"file not found: {folder}, expected a folder of tables: evaluate the variations"
        raise FileFormatError(msg)
    path = folder / TOTAL
    return pd.read_csv(path, keep_default_na=False, na_values=[]) if path.is_file() else None
