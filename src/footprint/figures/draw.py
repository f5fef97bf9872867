"""All figures of one experiment, from the folder of its tables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.figures import (
    accuracy,
    against,
    calibration,
    comparison,
    confusion_matrix,
    corrected_bias,
    coverage,
    data_simulation,
    decorrelation,
    degradation,
    distances,
    learning_curve,
    learning_curves,
    log_density,
    merit_factor,
    pulls,
    rejection,
    reliability,
    residuals,
    resolution,
    roc,
    scores,
    sculpting,
    shifted_roc,
    shifts,
    significance_improvement,
    snapshots,
    style,
    tagging_efficiency,
    tagging_roc,
    truth_vs_prediction,
)
from footprint.figures.generated import correlations, lateral, observables, two_sample_roc
from footprint.figures.generated import distances as observable_distances
from footprint.figures.generated import pictures as generated_pictures
from footprint.figures.tables import Tables, open_tables

KINDS: dict[str, dict[str, Callable[[Tables], Figure]]] = {
    "classification": {
        "comparison": comparison.draw,
        "roc": roc.draw,
        "confusion_matrix": confusion_matrix.draw,
        "scores": scores.draw,
        "reliability": reliability.draw,
    },
    "regression": {
        "comparison": comparison.draw,
        "truth_vs_prediction": truth_vs_prediction.draw,
        "residuals": residuals.draw,
    },
    "direction": {"comparison": comparison.draw, "opening_angle": distances.draw},
    "position": {"comparison": comparison.draw, "distance": distances.draw},
    "generation": {
        "comparison": comparison.draw,
        "observable_distances": observable_distances.draw,
    },
    "density": {
        "comparison": comparison.draw,
        "observable_distances": observable_distances.draw,
    },
    "variations": {},
    "data": {"agreement": data_simulation.draw_tests},
    "comparison": {"comparison": comparison.draw},
}
"""The figures that each task must have, by name."""


@dataclass(frozen=True)
class Binned:
    """Figures in bins, one for each variable of a table, where there is such a table.

    Attributes
    ----------
    name
        What stands before the variable in the figure's name.
    table
        Where the bins stand.
    draw
        Draws one variable.
    column
        Column that the table must have for it.
    needed
        Task that must have the table.
    """

    name: str
    table: str
    draw: Callable[[Tables, str], Figure]
    column: str = "variable"
    needed: str = ""


BINNED = (
    Binned("resolution", "resolution", resolution.draw, needed="regression"),
    Binned(
        "relative_resolution",
        "resolution",
        resolution.draw_relative,
        column="relative_half_width_68",
    ),
    Binned("resolution", "containment", distances.draw_containment),
    Binned("accuracy", "accuracy", accuracy.draw),
    Binned("confusion_matrix", "confusion_matrices", confusion_matrix.draw_in_bins),
    Binned("merit_factor", "separation", merit_factor.draw),
    Binned("coverage", "coverage_in_bins", coverage.draw_in_bins),
    Binned("tagging_efficiency", "tagging_efficiency", tagging_efficiency.draw),
    Binned("observables", "observables", observables.draw),
    Binned("lateral_distribution", "lateral", lateral.draw),
    Binned("real_and_generated", "pictures", generated_pictures.draw),
    Binned("generated_by_epoch", "pictures_by_epoch", generated_pictures.draw_by_epoch),
)

OF_TABLES: dict[str, tuple[str, Callable[[Tables], Figure]]] = {
    "learning_curve": ("learning_curve", learning_curve.draw),
    "learning_curves": ("learning_curves", learning_curves.draw),
    "tagging_roc": ("tagging_roc", tagging_roc.draw),
    "significance_improvement": ("tagging_roc", significance_improvement.draw),
    "two_sample_roc": ("two_sample_roc", two_sample_roc.draw),
    "correlations": ("correlations", correlations.draw),
    "sculpting": ("spectra", sculpting.draw),
    "decorrelation": ("sculpting", decorrelation.draw),
    "coverage": ("coverage", coverage.draw),
    "pit": ("pit", coverage.draw_pit),
    "posteriors": ("posteriors", coverage.draw_posteriors),
    "calibration": ("calibrated_reliability", calibration.draw),
    "bias_correction": ("corrected_bias", corrected_bias.draw),
    "pulls": ("pulls", pulls.draw),
    "sigma_calibration": ("sigma_calibration", pulls.draw_calibration),
    "log_density": ("log_density", log_density.draw),
    "function_fit": ("function_fit", snapshots.draw_fit),
    "decision_boundary": ("decision_boundary", snapshots.draw_boundary),
}
"""Figures that are drawn where there is a table for them, by name."""

NAMES = (
    "degradation_*",
    *OF_TABLES,
    *("score_*", "input_*", "spectator_*"),
    "rejection",
    "shifts",
    "shifted_roc_*",
    *{name for kinds in KINDS.values() for name in kinds},
    *{f"{kind.name}_*" for kind in BINNED},
)


def draw(folder: Path, output: Path, look: style.Look = style.REPORT) -> list[str]:
    """Draw all figures of an experiment.

    Parameters
    ----------
    folder
        The experiment's tables. Those of its task must all be there; ``learning_curve.csv`` may
        be missing, because networks trained elsewhere have none.
    output
        Where ``<name>.pdf`` and ``<name>.png`` go. Figures of an earlier drawing are removed,
        once all new ones could be drawn; other files stay.
    look
        Their sizes and formats.

    Returns
    -------
    list of str
        The figures' names.
    """
    tables = open_tables(folder)
    with style.paper():
        return style.replace(output, NAMES, make(tables), look)


def make(tables: Tables) -> dict[str, Figure]:
    """Make the figures that the tables are for, without saving them.

    Raises
    ------
    FileFormatError
        The task is unknown, or a table is missing or wrong.
    DataError
        A table is empty.
    """
    task = tables.target.task
    if task not in KINDS:
        msg = f"{tables.folder / 'target.json'}: unknown task '{task}'; {suggest(task, KINDS)}"
        raise FileFormatError(msg)
    figures = {name: kind(tables) for name, kind in KINDS[task].items()}
    if task == "variations":
        return _of_variations(tables)
    if task == "data":
        each = {name: data_simulation.draw(tables, name) for name in data_simulation.names(tables)}
        return figures | each
    if task == "comparison" and tables.target.tagged:
        figures["rejection"] = rejection.draw(tables)
    for kind in BINNED:
        there = tables.has(kind.table) or kind.needed == task
        if there and kind.column in tables.read(kind.table):
            for variable in against.variables(tables, kind.table):
                figures[f"{kind.name}_{variable}"] = kind.draw(tables, variable)
    for name, (table, of_table) in OF_TABLES.items():
        if tables.has(table):
            figures[name] = of_table(tables)
    return figures


def _of_variations(tables: Tables) -> dict[str, Figure]:
    """Make a figure for each curve, and those of the parameter sets."""
    figures = {}
    if tables.has("degradation"):
        for curve in degradation.curves(tables):
            figures[f"degradation_{curve}"] = degradation.draw(tables, curve)
    if tables.has("shifts"):
        figures["shifts"] = shifts.draw(tables)
    if tables.has("shifted_roc"):
        for method, signal in shifted_roc.names(tables):
            figures[f"shifted_roc_{method}_{signal}"] = shifted_roc.draw(tables, method, signal)
    return figures
