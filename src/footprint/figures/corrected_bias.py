"""Bias of the test events before and after its correction, and the correction itself."""

from typing import Any

from matplotlib.figure import Figure

from footprint.evaluation.bins import suits_logarithm
from footprint.figures.names import MINUS, readable, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, log_axis
from footprint.figures.tables import Tables

_LOOKS: dict[str, dict[str, Any]] = {
    "before": {"color": "#ffa90e", "marker": "s", "markerfacecolor": "white"},
    "after": {"color": "#0065b3", "marker": "o"},
}
_CORRECTION = "#8c510a"


def draw(tables: Tables) -> Figure:
    """Draw the bias in bins of the variable it is a function of, and that of validation events."""
    measured, table = tables.read("bias_correction"), tables.read("corrected_bias")
    figure = Figure(figsize=(COLUMN_INCH, 3.2))
    axes = figure.subplots()
    axes.axhline(0, **REFERENCE)
    for number, (_, rows) in enumerate(measured.groupby("seed", sort=True)):
        bias, error = rows["bias"], rows["error"]
        label = "validation, as taken off" if number == 0 else None
        axes.plot(rows["centre"], bias, color=_CORRECTION, linewidth=1.0, label=label)
        low, high = bias - error, bias + error
        axes.fill_between(rows["centre"], low, high, color=_CORRECTION, alpha=0.2, linewidth=0)
    for step, look in _LOOKS.items():
        rows = table[table["step"] == step]
        axes.errorbar(
            rows["centre"],
            rows["bias"],
            yerr=rows["error"],
            label=f"test, {step}",
            linestyle="none",
            elinewidth=0.9,
            **look,
        )
    if suits_logarithm(table["centre"].unique()):
        axes.set_xscale("log")
        log_axis(axes.xaxis)
    target, variable = tables.target, str(table["variable"].iloc[0])
    name = f"predicted {target.label}" if variable == "prediction" else readable(variable)
    axes.set(
        xlabel=with_unit(name, str(table["units"].iloc[0])),
        ylabel=with_unit(f"bias (predicted {MINUS} true {target.label})", target.units),
    )
    figure.legend(loc="outside upper left", ncols=3)
    return figure
