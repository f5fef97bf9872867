"""Real events above, below them events generated under the same conditions, on one scale.

Below each other, what the generator made after some epochs of its training.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from footprint.figures.names import readable, unit_of, with_unit
from footprint.figures.pictures import bare, colour_bar, scale_of, show
from footprint.figures.style import PAGE_INCH
from footprint.figures.tables import Tables

_SIDE = 1.2
_SMALLEST = 1e-6
"""Colours of stations reach so far below the largest signal: near the core it is huge."""


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the pictures of one array, a column for each pair of real and generated event."""
    table = tables.read("pictures")
    table = table[table["variable"] == variable]
    return _drawn(table.assign(line=table["sample"].map(readable)), variable)


def draw_by_epoch(tables: Tables, variable: str) -> Figure:
    """Draw what a generator made of one array after some epochs, a line for each."""
    table = tables.read("pictures_by_epoch")
    table = table[table["variable"] == variable]
    epoch = table["epoch"].map(lambda number: "" if np.isnan(number) else f"epoch {number:.0f}")
    return _drawn(table.assign(line=epoch.where(epoch != "", table["sample"])), variable)


def _drawn(table: pd.DataFrame, variable: str) -> Figure:
    """Draw a picture for each event and what stands in the column ``line``."""
    samples, events = (list(table[name].unique()) for name in ("line", "event"))
    pictures = {
        (sample, event): _picture(rows)
        for (sample, event), rows in table.groupby(["line", "event"])
    }
    half = float(table["half_width"].iloc[0])
    values = np.stack(list(pictures.values()))
    shown = np.where(values == 0, np.nan, values) if _mostly_empty(values) else values
    norm = scale_of(shown, _SMALLEST)
    lines = max(_title(table, event).count("\n") + 1 for event in events)
    width = min(PAGE_INCH, _SIDE * len(events) + 1.3)
    aspect = values.shape[1] / values.shape[2]
    side = (width - 1.2) / len(events)
    height = len(samples) * side * (aspect if np.isnan(half) else 1.0) + 0.25 + 0.13 * lines
    figure = Figure(figsize=(width, height))
    grid = figure.subplots(len(samples), len(events), squeeze=False)
    image: Any = None
    for line, sample in zip(grid, samples, strict=True):
        for axes, event in zip(line, events, strict=True):
            image = show(axes, pictures[sample, event], norm, None if np.isnan(half) else half)
            bare(axes)
        line[0].set_ylabel(sample)
    for axes, event in zip(grid[0], events, strict=True):
        axes.set_title(_title(table, event), fontsize=6, pad=3)
    units = str(table["units"].iloc[0])
    label = with_unit(readable(variable), "" if units == "nan" else units)
    colour_bar(figure, image, list(grid.ravel()), label)
    return figure


def _picture(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Put pixels into their places; nothing where nothing was measured."""
    shape = tuple(int(rows[name].max()) + 1 for name in ("row", "column"))
    picture = np.full(shape, np.nan)
    picture[rows["row"].astype(int), rows["column"].astype(int)] = rows["value"]
    return picture


def _mostly_empty(values: NDArray[np.float64]) -> bool:
    """Whether pixels that are 0 are empty ones, which stay white."""
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() == 0 and (known == 0).mean() > 0.05)  # noqa: PLR2004


def _title(table: pd.DataFrame, event: float) -> str:
    """Write the conditions of an event, in as many lines as there are."""
    given = str(table.loc[table["event"] == event, "conditions"].iloc[0])
    return "" if given == "nan" else unit_of(given.replace(", ", "\n"))
