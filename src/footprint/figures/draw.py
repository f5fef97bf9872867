"""All figures of one experiment, from the folder of its tables."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.figures import (
    comparison,
    confusion_matrix,
    degradation,
    learning_curve,
    reliability,
    residuals,
    resolution,
    roc,
    scores,
    style,
    truth_vs_prediction,
)
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
    "variations": {},
}
"""The figures that each task must have, by name."""

NAMES = (
    "learning_curve",
    "resolution_*",
    "degradation_*",
    *{name for kinds in KINDS.values() for name in kinds},
)


def draw(folder: Path, output: Path) -> list[str]:
    """Draw all figures of an experiment.

    Parameters
    ----------
    folder
        The experiment's tables. Those of its task must all be there; ``learning_curve.csv`` may
        be missing, because networks trained elsewhere have none.
    output
        Where ``<name>.pdf`` and ``<name>.png`` go. Figures of an earlier drawing are removed,
        once all new ones could be drawn; other files stay.

    Returns
    -------
    list of str
        The figures' names.
    """
    tables = open_tables(folder)
    with style.paper():
        figures = make(tables)
        clear(output)
        for name, figure in figures.items():
            style.save(figure, output, name)
    return list(figures)


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
    if task == "regression":
        for variable in resolution.variables(tables):
            figures[f"resolution_{variable}"] = resolution.draw(tables, variable)
    if task == "variations":
        for curve in degradation.curves(tables):
            figures[f"degradation_{curve}"] = degradation.draw(tables, curve)
    if tables.has("learning_curve"):
        figures["learning_curve"] = learning_curve.draw(tables)
    return figures


def clear(output: Path) -> None:
    """Make the folder, or remove the figures of an earlier drawing from it."""
    output.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for suffix in (".pdf", ".png"):
            for old in (*output.glob(name + suffix), *output.glob(f".{name}.partial{suffix}")):
                old.unlink()
