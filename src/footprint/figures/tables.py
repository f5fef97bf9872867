"""The tables of one experiment, checked as they are read: all that a figure may know.

``target.json`` says what was learnt; each CSV file holds one table. Beyond the columns listed
here a table may have more.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.errors import DataError, FileFormatError, suggest
from footprint.figures.table_files import TableFolder, read_facts, read_table

_BIN = ("variable", "units", "low", "high", "centre", "events")
COLUMNS: dict[str, tuple[str, ...]] = {
    "learning_curve": ("seed", "epoch", "loss", "validation_loss", "learning_rate"),
    "learning_curves": ("method", "seed", "epoch", "loss", "validation_loss", "kept"),
    "comparison": ("method", "kind", "metric", "value", "error", "spread", "unit"),
    "roc": ("method", "class", "signal_efficiency", "false_positive_rate", "low", "high"),
    "auc": ("method", "class", "auc", "error"),
    "confusion_matrix": ("truth", "predicted", "count", "fraction", "error"),
    "scores": ("class", "truth", "low", "high", "density", "error"),
    "reliability": ("class", "low", "high", "predicted", "observed", "error", "events"),
    "truth_vs_prediction": (
        "truth_low",
        "truth_high",
        "prediction_low",
        "prediction_high",
        "count",
    ),
    "degradation": (
        *("method", "curve", "point", "setting", "label", "setting_units", "nominal"),
        *("metric", "unit", "events", "value", "error", "change", "change_error"),
    ),
    "shifts": (
        *("method", "parameter_set", "shift", "point", "label", "metric", "unit", "events"),
        *("value", "error", "change", "change_error", "ratio", "ratio_error"),
    ),
    "total_shifts": (
        *("method", "metric", "unit", "value", "error", "up", "up_error", "down", "down_error"),
        *("parameter_set", "shift", "point", "label", "change", "change_error"),
    ),
    "shifted_roc": (
        *("method", "class", "parameter_set", "shift", "point", "label", "signal_efficiency"),
        *("false_positive_rate", "low", "high", "total_low", "total_high"),
    ),
    "residuals": ("method", "low", "high", "density", "error"),
    "resolution": (
        *("method", *_BIN),
        *("bias", "bias_error", "sd", "sd_error", "half_width_68", "half_width_68_error"),
    ),
    "distances": ("method", "low", "high", "density", "error", "cumulative", "cumulative_error"),
    "containment": ("method", *_BIN, "distance_68", "distance_68_error"),
    "accuracy": ("method", *_BIN, "accuracy", "accuracy_error"),
    "confusion_matrices": (*_BIN, "truth", "predicted", "count", "fraction", "error"),
    "tagging_roc": (
        *("method", "signal_efficiency", "background", "reference"),
        *("rejection", "rejection_low", "rejection_high", "ratio", "ratio_low", "ratio_high"),
        *("improvement", "improvement_low", "improvement_high"),
    ),
    "tagging_efficiency": (
        *("method", *_BIN, "working_point"),
        *("signal_efficiency", "signal_efficiency_error", "mistag_rate", "mistag_rate_error"),
    ),
    "sculpting": (
        *("method", "variable", "units", "signal_efficiency", "quoted"),
        *("rejection", "rejection_error", "jsd", "jsd_error", "jsd_of_chance", "passing"),
    ),
    "spectra": (
        *("method", "variable", "units", "signal_efficiency", "low", "high", "density", "error"),
    ),
    "function_fit": ("seed", "epoch", "trained", "first", "prediction"),
    "function_fit_points": ("first", "value"),
    "decision_boundary": ("seed", "epoch", "trained", "class", "first", "probability"),
    "decision_boundary_points": ("first", "truth"),
    "snapshot_quality": ("seed", "epoch", "trained", "metric", "value", "error", "unit"),
    "snapshot_axes": ("axis", "label", "units"),
    "observable_distances": (
        *("method", "observable", "label", "units", "wasserstein", "wasserstein_error"),
        *("wasserstein_sd", "wasserstein_sd_error", "ks", "ks_probability", "chi2"),
        "variance_ratio",
    ),
    "observables": (
        *("sample", "variable", "observable", "label", "units", "low", "high"),
        *("density", "error", "ratio", "ratio_error"),
    ),
    "lateral": (
        *("sample", "variable", "units", "distance_units", "low", "high"),
        *("signal", "error", "ratio", "ratio_error"),
    ),
    "correlations": ("sample", "first", "second", "correlation", "error", "difference"),
    "two_sample_roc": (*("method", "signal_efficiency", "false_positive_rate", "low", "high"),),
    "pictures": (
        *("variable", "units", "half_width", "sample", "event", "conditions"),
        *("row", "column", "value"),
    ),
    "pictures_by_epoch": (
        *("variable", "units", "half_width", "sample", "epoch", "event", "conditions"),
        *("row", "column", "value"),
    ),
    "coverage": ("method", "interval", "nominal", "observed", "error", "events"),
    "pit": ("method", "low", "high", "density", "error", "events"),
    "coverage_in_bins": (
        *("method", *_BIN),
        *("coverage_68", "coverage_68_error", "interval_68", "interval_68_error"),
    ),
    "posteriors": ("event", "truth_value", "low", "high", "density"),
    "log_density": (
        *("method", "low", "high", "true", "learnt", "learnt_error", "gap", "gap_error"),
    ),
    "log_density_points": ("true", "learnt"),
    "calibration": ("step", "metric", "value", "error", "of_chance", "of_chance_error"),
    "calibrated_reliability": (
        *("step", "class", "low", "high", "predicted", "observed", "error", "events"),
    ),
    "bias_correction": (
        *("seed", "variable", "units", "low", "high", "centre", "events"),
        *("relative", "bias", "error", "correction"),
    ),
    "corrected_bias": ("step", "variable", "units", "low", "high", "centre", "bias", "error"),
    "data_histograms": (
        *("quantity", "label", "units", "low", "high", "data", "data_error"),
        *("simulation", "simulation_error", "ratio", "ratio_error", "band"),
    ),
    "data_components": ("quantity", "label", "units", "class", "low", "high", "simulation"),
    "data_tests": (
        *("quantity", "kind", "label", "units", "ks", "ks_probability"),
        *("chi2", "degrees", "chi2_probability"),
    ),
    "pulls": ("method", "low", "high", "density", "error"),
    "sigma_calibration": (
        *("method", "scale", "units", "low", "high", "predicted", "observed", "error", "events"),
    ),
    "separation": ("method", "kinds", *_BIN, "merit_factor", "merit_factor_error"),
}
_TEXT = {
    *("method", "kind", "kinds", "metric", "unit", "units", "variable", "mark"),
    *("class", "truth", "predicted", "reference", "axis", "interval", "first", "second"),
    *("sample", "observable", "distance_units", "conditions", "scale", "step", "quantity"),
    *("curve", "point", "setting", "label", "setting_units", "parameter_set", "shift"),
}
_TEXT_ONLY_IN = {
    "predicted": {"confusion_matrix", "confusion_matrices"},
    "first": {"correlations"},
}
_MAY_BE_EMPTY = {
    *("half_width", "value", "variance_ratio", "ks_probability", "chi2", "difference"),
    *("ratio", "ratio_low", "ratio_high", "jsd", "jsd_of_chance"),
    *("signal_efficiency", "mistag_rate", "of_chance", "band", "chi2_probability"),
}
"""Of a tagger that lets no background pass, or of very few events, these are not known."""
_KEYS = ("name", "units", "label", "task", "classes", "experiment")


@dataclass(frozen=True)
class Target:
    """What the experiment learnt.

    Attributes
    ----------
    name, units, label
        The target's name, its unit, and its symbol or name for figures.
    task
        ``classification``, ``regression``, ``direction`` or ``position``.
    classes
        Class names; empty for continuous targets.
    experiment
        Name of the experiment.
    tagged
        What is tagged, as in the names of metrics; empty where nothing is.
    learnt
        The task of the networks, where `task` says what is done with several of them.
    signals
        Classes that are looked for among all others, where variations shift them.
    """

    name: str
    units: str
    label: str
    task: str
    classes: tuple[str, ...]
    experiment: str
    tagged: str = ""
    learnt: str = ""
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables(TableFolder):
    """The tables of one experiment in one folder."""

    target: Target

    def read(self, name: str) -> pd.DataFrame:
        """Read a table.

        Raises
        ------
        FileFormatError
            The file is missing or not CSV, a column is missing or is not of numbers, or a class
            is not among the target's.
        DataError
            The table, or one of its columns that should be drawn, is empty.
        """
        path = self.path(name)
        table = read_table(path, COLUMNS[name], _text_columns(name), _MAY_BE_EMPTY)
        self._check_classes(table, path)
        return table

    def _check_classes(self, table: pd.DataFrame, path: Path) -> None:
        for column in ("class", "truth"):
            for found in table[column].unique() if column in table else ():
                if found not in self.target.classes:
                    msg = f"{path}: column '{column}' names '{found}', which is no class of "
                    msg += f"'{self.target.name}'; {suggest(found, self.target.classes)}"
                    raise FileFormatError(msg)


def open_tables(folder: Path) -> Tables:
    """Open an experiment's folder of tables.

    Raises
    ------
    FileFormatError
        No such folder, or its ``target.json`` is missing, not JSON or lacks a key.
    DataError
        The target's label cannot be typeset.
    """
    path = folder / "target.json"
    found = read_facts(path, _KEYS, "evaluate again")
    return Tables(folder, _target(found, path))


def _target(found: dict[str, Any], path: Path) -> Target:
    from matplotlib.mathtext import MathTextParser

    from footprint.figures.names import readable

    label = str(found["label"] or found["name"])
    if label == found["name"]:
        label = readable(label)
    try:
        MathTextParser("path").parse(label)
    except ValueError as error:
        reason = str(error).strip().splitlines()[-1]
        msg = f"{path}: label {label!r} cannot be typeset ({reason}): mend the target's label"
        raise DataError(msg) from None
    return Target(
        name=str(found["name"]),
        units=str(found["units"] or ""),
        label=label,
        task=str(found["task"]),
        classes=tuple(found["classes"] or ()),
        experiment=str(found["experiment"]),
        tagged=str(found.get("tagged") or ""),
        learnt=str(found.get("learnt") or ""),
        signals=tuple(found.get("signals") or ()),
    )


def _text_columns(table: str) -> set[str]:
    """Name the columns of text: ``predicted`` is a class in one table, a number in another."""
    return {name for name in _TEXT if table in _TEXT_ONLY_IN.get(name, {table})}
