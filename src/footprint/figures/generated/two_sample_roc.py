"""ROC curve of the two-sample test: a network told to separate real from generated events."""

import numpy as np
from matplotlib.figure import Figure

from footprint.figures.methods import by_method, metric_of
from footprint.figures.names import measured
from footprint.figures.style import COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw which share of real events passes against which share of generated ones does."""
    figure = Figure(figsize=(COLUMN_INCH, 3.2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="cannot be told apart: AUC 0.5", **REFERENCE)
    for method, rows in by_method(tables, "two_sample_roc"):
        start, end = ([edge] for edge in (0.0, 1.0))
        passed = np.concatenate([start, rows["signal_efficiency"].to_numpy(float), end])
        rate, low, high = (
            np.concatenate([start, rows[name].to_numpy(float), end])
            for name in ("false_positive_rate", "low", "high")
        )
        area = measured(*metric_of(tables, method.name, "two_sample_auc"))
        axes.plot(rate, passed, label=f"{method.label}: AUC {area}", **method.line)
        axes.fill_betweenx(passed, low, high, color=method.colour, alpha=0.2, linewidth=0)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set(xlabel="generated events taken for real", ylabel="real events taken for real")
    axes.legend(loc="lower right")
    return figure
