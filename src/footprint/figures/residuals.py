"""Residuals: how far the predictions lie from the truth."""

from matplotlib.figure import Figure

from footprint.figures.bins import histogram
from footprint.figures.methods import by_method, metric_of
from footprint.figures.names import MINUS, measured, per_unit, unit_of, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE
from footprint.figures.tables import Tables


def draw(tables: Tables) -> Figure:
    """Draw the residuals of all methods, with bias and sd of each in the legend."""
    target, methods = tables.target, by_method(tables, "residuals")
    figure = Figure(figsize=(COLUMN_INCH, 2.6 + 0.14 * len(methods)))
    axes = figure.subplots()
    axes.axvline(0, **REFERENCE)
    for method, rows in methods:
        bias, sd = (measured(*metric_of(tables, method.name, name)) for name in ("bias", "sd"))
        histogram(axes, rows, f"{method.label}: bias {bias}, sd {sd}", method.line)
    table = tables.read("residuals")
    axes.set(
        xlim=(table["low"].min(), table["high"].max()),
        xlabel=with_unit(f"predicted {MINUS} true {target.label}", target.units),
        ylabel=per_unit("probability density", target.units),
    )
    axes.set_ylim(bottom=0)
    unit = unit_of(target.units)
    title = f"bias and standard deviation in {unit}" if unit else "bias and standard deviation"
    figure.legend(loc="outside upper left", title=title, alignment="left")
    return figure
