"""Resolution and bias in bins of the truth or of a spectator."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from footprint.errors import FileFormatError, suggest
from footprint.figures.methods import Method, by_method
from footprint.figures.names import readable, with_unit
from footprint.figures.style import COLUMN_INCH, REFERENCE, columns_for
from footprint.figures.tables import Tables


def variables(tables: Tables) -> list[str]:
    """List what the resolution was measured against."""
    return [str(name) for name in tables.read("resolution")["variable"].unique()]


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the 68 % half-width and the bias of all methods against a variable.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    target = tables.target
    methods = by_method(tables, "resolution")
    table = tables.read("resolution")
    table = table[table["variable"] == variable]
    if table.empty:
        msg = f"{tables.path('resolution')}: no variable '{variable}'; "
        raise FileFormatError(msg + suggest(variable, variables(tables)))
    figure = Figure(figsize=(COLUMN_INCH, 4.3))
    upper, lower = figure.subplots(2, sharex=True)
    lower.axhline(0, **REFERENCE)
    for method, rows in methods:
        chosen = rows[rows["variable"] == variable].sort_values("low")
        _points(upper, chosen, "half_width_68", method)
        _points(lower, chosen, "bias", method)
    upper.set_ylim(bottom=0)
    upper.set_ylabel(with_unit("resolution (68 % half-width)", target.units))
    lower.set_ylabel(with_unit(f"bias of {target.label}", target.units))
    name = f"true {target.label}" if variable == target.name else readable(variable)
    lower.set_xlabel(with_unit(name, table["units"].iloc[0]))
    figure.align_ylabels()
    handles, labels = upper.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns_for(labels))
    return figure


def _points(axes: Axes, rows: pd.DataFrame, quantity: str, method: Method) -> None:
    """Draw a point for each bin, its error upright and the bin's width across."""
    width = [rows["centre"] - rows["low"], rows["high"] - rows["centre"]]
    axes.errorbar(
        rows["centre"],
        rows[quantity],
        xerr=width,
        yerr=rows[f"{quantity}_error"],
        label=method.label,
        **method.points,
    )
