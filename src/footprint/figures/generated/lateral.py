"""Lateral distribution of real and generated events: how the signal falls from its centre."""

from matplotlib.figure import Figure

from footprint.figures.generated.looks import each, legend, ratio, samples_of, steps
from footprint.figures.names import readable, unit_of, with_unit
from footprint.figures.style import COLUMN_INCH, log_axis
from footprint.figures.tables import Tables

_DECADE = 10


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the mean signal against the distance to the centre of gravity, and its ratio."""
    table = tables.read("lateral")
    table = table[table["variable"] == variable]
    samples = samples_of(tables, "lateral")
    figure = Figure(figsize=(COLUMN_INCH, 3.4))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=[2.2, 1.0])
    for sample, rows in each(table, samples):
        steps(upper, rows, "signal", "error", sample)
    ratio(lower, table, samples)
    units, distance = (str(table[name].iloc[0]) for name in ("units", "distance_units"))
    cell = "station" if distance == "m" else "pixel"
    name = readable(variable)
    unit = unit_of("" if units == "nan" else units)
    upper.set_ylabel(f"mean {name} per {cell}" + (f" [{unit}]" if unit else ""))
    lower.set_ylabel("ratio to\nreal")
    lower.set_xlabel(with_unit("distance to the centre", "" if distance == "nan" else distance))
    lower.set_xlim(0, float(table["high"].max()))
    known = table.loc[table["signal"] > 0, "signal"]
    if len(known) and known.max() > _DECADE * known.min():
        upper.set(yscale="log", ylim=(0.6 * known.min(), 2 * known.max()))
        log_axis(upper.yaxis)
    else:
        upper.set_ylim(bottom=0)
    figure.align_ylabels()
    legend(figure, samples, COLUMN_INCH)
    return figure
