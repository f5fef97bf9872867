"""Which labels of axes say their unit, and which need none."""

import re
from collections.abc import Iterator, Mapping

from matplotlib.figure import Figure

PURE = (
    *("accuracy", "AUC", "rejection", "efficiency", "probability", "score", "fraction", "share"),
    *("frequency", "ratio", "relative", "correlation", "difference", "loss", "MAE (normalised"),
    *("learning", "epoch", "events", "event", "number of", "class", "merit factor", "critic"),
    *("lg(E/eV)", "lg(E)", "log10", "lost", "image", "constituents", "over mean of masses"),
    *("significance improvement", "tau", "muons", "eta", "phi", "number", "interval holds"),
    *("coverage", "index", "nominal", "method", "pull", "mistag rate", "data / simulation"),
)
"""Quantities without a unit, by words in their names."""
_UNIT = re.compile(r"\[[^\[\]]+\]")


def labels_without_units(figures: Mapping[str, Figure]) -> Iterator[str]:
    """Name every figure with a label that neither says a unit nor is of a pure number."""
    for name, figure in figures.items():
        for axes in figure.axes:
            for label in (axes.get_xlabel(), axes.get_ylabel()):
                words = label.replace("\n", " ")
                if words and not _UNIT.search(words) and not any(word in words for word in PURE):
                    yield f"{name}: {label}"


def figures_without_labels(figures: Mapping[str, Figure]) -> list[str]:
    """Name every figure none of whose axes or colour bars has a label."""
    return [
        name
        for name, figure in figures.items()
        if not any(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes)
        and not (figure.get_supxlabel() or figure.get_supylabel())
    ]
