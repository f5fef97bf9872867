"""Observables of real and generated events: their distributions, and the ratio to the real one."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from footprint.figures.generated.looks import Sample, each, legend, ratio, samples_of, steps
from footprint.figures.names import per_unit, with_unit
from footprint.figures.style import COLUMN_INCH, PAGE_INCH
from footprint.figures.tables import Tables

ACROSS = 3
_WORD = 40
"""Letters of an axis' name that fit below a panel."""
_DECADES = 300.0


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the observables of one array, each with the ratio to the real events below."""
    table = tables.read("observables")
    table = table[table["variable"] == variable]
    samples = samples_of(tables, "observables")
    names = list(table["observable"].unique())
    across = min(len(names), ACROSS)
    down = -(-len(names) // ACROSS)
    width = COLUMN_INCH if across == 1 else PAGE_INCH
    figure = Figure(figsize=(width, 2.5 * down + 0.3))
    heights = [2.2, 1.0] * down
    grid = figure.subplots(2 * down, across, height_ratios=heights, squeeze=False)
    for number in range(down * across):
        upper, lower = (grid[2 * (number // across) + k, number % across] for k in (0, 1))
        if number >= len(names):
            upper.remove()
            lower.remove()
            continue
        rows = table[table["observable"] == names[number]]
        _panel(upper, lower, rows, samples)
        if number % across == 0:
            lower.set_ylabel("ratio to\nreal")
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.set(hspace=0.0, h_pad=0.02)  # type: ignore[call-arg]
    figure.align_ylabels()
    legend(figure, samples, width)
    return figure


def _panel(upper: Axes, lower: Axes, table: pd.DataFrame, samples: list[Sample]) -> None:
    for sample, rows in each(table, samples):
        steps(upper, rows, "density", "error", sample)
    ratio(lower, table, samples)
    span = (float(table["low"].min()), float(table["high"].max()))
    for axes in (upper, lower):
        axes.set_xlim(*span)
        axes.xaxis.set_major_locator(MaxNLocator(4))
    upper.tick_params(labelbottom=False)
    label, units = (str(table[name].iloc[0]) for name in ("label", "units"))
    upper.set_ylabel(per_unit("density", "" if units == "nan" else units))
    lower.set_xlabel(_broken(with_unit(label, "" if units == "nan" else units)), fontsize=7)
    known = table.loc[table["density"] > 0, "density"].to_numpy(float)
    if known.size and known.max() > _DECADES * np.median(known):
        upper.set_yscale("log")
        upper.set_ylim(0.5 * np.quantile(known, 0.02), 3 * known.max())
    else:
        upper.set_ylim(0, 1.15 * (known.max() if known.size else 1.0))


def _broken(label: str) -> str:
    """Break a long name of an axis in two lines, near its middle."""
    if len(label) <= _WORD or " " not in label:
        return label
    places = [place for place, letter in enumerate(label) if letter == " "]
    middle = min(places, key=lambda place: abs(place - len(label) // 2))
    return f"{label[:middle]}\n{label[middle + 1 :]}"
