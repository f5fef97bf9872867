"""What stands in the columns of tables: what is measured has an error, and why the rest has none.

A measured column has its error beside it: in ``<column>_error``, for the main one of a table in
``error``; or the ends of its 68 % interval in ``<column>_low`` and ``<column>_high``, for the main
one in ``low`` and ``high``. In place of an error may stand a one-sided limit, in ``lower_limit``
or ``<column>_limit``, or one of the marks of `marks.MEANING`, in ``mark`` or
``<column>_mark``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.evaluation.marks import EXACT, UNDEFINED, UNSTATED

PLACE = "says where a value stands, as bins, their centres and efficiencies do"
CHOSEN = "was chosen, as settings and what follows from them"
COUNT = "was counted: exact for these events, as others would have it with the root of n"
STATISTIC = "is a test statistic, or its probability, which says what chance alone makes"
COURSE = "was measured once in the course of a training; several seeds show how much it differs"
EXPECTED = "was computed, not measured"
SINGLE = "is of single events, as they are"

COLUMNS: dict[str, str] = {
    **dict.fromkeys(
        ("low", "high", "centre", "truth_low", "truth_high", "prediction_low", "prediction_high",
         "energy_low", "energy_high", "zenith_low", "zenith_high", "lg_energy", "setting",
         "signal_efficiency", "nominal", "working_point", "row", "column", "epoch", "seed",
         "predicted", "true", "half_width", "first", "quoted", "kept", "weighted", "relative",
         "number", "trained"),
        PLACE,
    ),
    **dict.fromkeys(
        ("count", "events", "effective_events", "weight", "signal", "background", "passing",
         "stations", "triggered", "degrees", "ndf"),
        COUNT,
    ),
    **dict.fromkeys(
        ("ks", "ks_probability", "chi2", "chi2_ndf", "chi2_probability", "p_value"), STATISTIC
    ),
    **dict.fromkeys(("jsd_of_chance", "goal", "expected", "band"), EXPECTED),
    **dict.fromkeys(
        ("learning_rate", "correction", "best_epoch", "epochs", "network_parameters", "whitened"),
        CHOSEN,
    ),
    "spread": "is a standard deviation over seeds itself",
    "lower_limit": "is a limit itself",
    "rejection_limit": "is a limit itself",
}  # fmt: skip
"""Columns without an error in any table, where none stands beside them, and why."""

TABLES: dict[str, str] = {
    **dict.fromkeys(("learning_curve", "learning_curves", "points"), COURSE),
    **dict.fromkeys(("classes", "cut_flow", "truth_vs_prediction"), COUNT),
    **dict.fromkeys(("normalisation", "snapshot_axes"), CHOSEN),
    "xmax_model": EXPECTED,
    **dict.fromkeys(
        ("events", "stations", "traces", "single_images", "single_jets", "pictures",
         "pictures_by_epoch", "posteriors", "log_density_points", "function_fit",
         "function_fit_points", "decision_boundary", "decision_boundary_points"),
        SINGLE,
    ),
}  # fmt: skip
"""Tables of which no column has an error, and why."""


MAIN: dict[str, str] = {
    **dict.fromkeys(
        ("comparison", "degradation", "shifts", "total_shifts", "calibration", "snapshot_quality"),
        "value",
    ),
    **dict.fromkeys(
        ("scores", "spectra", "residuals", "pulls", "distances", "pit", "observables", "zenith",
         "energy_spectrum"),
        "density",
    ),
    **dict.fromkeys(
        ("reliability", "calibrated_reliability", "sigma_calibration", "coverage"), "observed"
    ),
    **dict.fromkeys(("confusion_matrix", "confusion_matrices"), "fraction"),
    **dict.fromkeys(("bias_correction", "corrected_bias"), "bias"),
    **dict.fromkeys(("lateral", "lateral_distribution"), "signal"),
    **dict.fromkeys(("roc", "two_sample_roc", "shifted_roc"), "false_positive_rate"),
    "auc": "auc",
    "correlations": "correlation",
    "mean_images": "mean",
}  # fmt: skip
"""The main column of a table, to which ``error``, ``low`` and ``high`` or ``mark`` belong."""


@dataclass(frozen=True)
class Beside:
    """The columns beside a measured one, as far as they are there.

    Attributes
    ----------
    error
        That of its error, or those of the ends of its interval.
    limit, mark
        That of a one-sided limit, and that of marks; they may be missing.
    """

    error: tuple[str, ...]
    limit: str
    mark: str


def beside(table: str, column: str, found: Sequence[str]) -> Beside | None:
    """Find what stands beside a column; None without an error or an interval.

    Parameters
    ----------
    table
        Name of the table, without the ending of its file.
    column, found
        One of its columns, and all of them.
    """
    own = MAIN.get(table) == column
    places = [((f"{column}_error",), column), ((f"{column}_low", f"{column}_high"), column)]
    places = [(("error",), ""), *places, (("low", "high"), "")] if own else places
    for names, before in places:
        if all(name in found for name in names):
            start = f"{before}_" if before else ""
            return Beside(names, f"{start}limit" if start else "lower_limit", f"{start}mark")
    return None


def measured(name: str, table: pd.DataFrame) -> dict[str, Beside]:
    """Find the measured columns of a table, and what stands beside each."""
    if name in TABLES:
        return {}
    columns = [str(column) for column in table]
    found = {column: beside(name, column, columns) for column in columns}
    return {column: known for column, known in found.items() if known is not None}


def uncertain(table: pd.DataFrame, known: Beside) -> NDArray[np.bool_]:
    """Find the rows of which neither an error nor a limit or a mark says how well they are known.

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    sure = np.zeros(len(table), dtype=np.bool_)
    if len(known.error) == 1:
        errors = _floats(table, known.error[0])
        sure |= np.isfinite(errors) & (errors > 0)
    else:
        low, high = (_floats(table, name) for name in known.error)
        sure |= low < high
    if known.limit in table:
        sure |= np.isfinite(_floats(table, known.limit))
    if known.mark in table:
        sure |= (table[known.mark].notna() & (table[known.mark] != "")).to_numpy()
    return ~sure


def marked(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Mark the numbers of a table that have no error, so that no place is just empty.

    Parameters
    ----------
    name
        Of the table, without the ending of its file.
    table
        As it was made; errors that are 0 or missing need not be marked.

    Returns
    -------
    DataFrame
        With columns of marks where some number needs one. An interval of no width about 1, as
        that of the rates of who says the same of all events, is exact.
    """
    columns = measured(name, table)
    found = table.copy() if columns else table
    for column, known in columns.items():
        rows = uncertain(found, known)
        if not rows.any():
            continue
        values = _floats(found, column)
        marks = np.where(np.isfinite(values), UNSTATED, UNDEFINED)
        if len(known.error) > 1:
            low, high = (_floats(found, edge) for edge in known.error)
            marks = np.where((low == high) & (values == 1), EXACT, marks)
        before = found[known.mark].fillna("") if known.mark in found else ""
        found[known.mark] = np.where(rows, marks, before)
    return found


def why_without(table: str, column: str) -> str | None:
    """Say why a column has no error; None where it is measured and has to have one.

    Parameters
    ----------
    table
        Name of the table, without the ending of its file.
    column
        One of its columns beside which there is no error.
    """
    return TABLES.get(table) or COLUMNS.get(column)


def _floats(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    return np.asarray(pd.to_numeric(table[column]), dtype=np.float64)
