"""Calibration: reliability of each class before and after, and what it did to the metrics."""

from typing import Any

from matplotlib.figure import Figure

from footprint.figures.names import measured, metric_name, readable
from footprint.figures.style import REFERENCE, label_outside, panels
from footprint.figures.tables import Tables

_LOOKS: dict[str, dict[str, Any]] = {
    "before": {"color": "#ffa90e", "marker": "s", "markerfacecolor": "white"},
    "after": {"color": "#0065b3", "marker": "o"},
}


def draw(tables: Tables) -> Figure:
    """Draw observed frequency against predicted probability, before and after calibration.

    Of two classes the second alone, since the first is its mirror image.
    """
    table = tables.read("calibrated_reliability")
    classes = list(tables.target.classes)
    shown = classes[1:] if len(classes) == 2 else classes  # noqa: PLR2004, a pair
    figure, grid = panels(len(shown))
    for axes, name in zip(grid, shown, strict=True):
        axes.plot([0, 1], [0, 1], **REFERENCE)
        for step, look in _LOOKS.items():
            rows = table[(table["class"] == name) & (table["step"] == step)]
            values = (rows["predicted"], rows["observed"], rows["error"])
            axes.errorbar(*values, linewidth=0.9, elinewidth=0.9, **look)
        axes.set_title(readable(name), loc="left")
        axes.set(xlim=(0, 1), ylim=(-0.02, 1.02))
    label_outside(grid, "predicted probability of the class", "observed frequency")
    lines = [grid[0].plot([], [], **look)[0] for look in _LOOKS.values()]
    figure.legend(
        lines,
        [_label(tables, step, wide=len(shown) > 1) for step in _LOOKS],
        loc="outside upper left",
    )
    return figure


def _label(tables: Tables, step: str, *, wide: bool) -> str:
    """Write what the metrics are in a step, and the calibration error of chance alone."""
    table = tables.read("calibration")
    parts = []
    for _, row in table[table["step"] == step].iterrows():
        value, chance = (
            measured(float(row[name]), float(row[error]))
            for name, error in (("value", "error"), ("of_chance", "of_chance_error"))
        )
        text = f"{metric_name(str(row['metric']))} {value}"
        parts.append(text + (f" (chance: {chance})" if row["of_chance"] > 0 else ""))
    return f"{step}: " + (", " if wide else ",\n    ").join(parts)
