"""All figures of one sample, from the folder of its tables."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from footprint.errors import FileFormatError
from footprint.figures import style
from footprint.figures.samples import (
    energy_spectrum,
    event_displays,
    lateral_distribution,
    muons,
    stations_hit,
    time_residuals,
    traces,
    trigger_efficiency,
    xmax_moments,
    zenith,
)
from footprint.figures.samples.tables import SampleTables, open_sample

KINDS: dict[str, tuple[str, Callable[[SampleTables], Figure]]] = {
    "event_displays": ("events", event_displays.draw),
    "traces": ("traces", traces.draw),
    "lateral_distribution": ("lateral_distribution", lateral_distribution.draw),
    "time_residuals": ("time_residuals", time_residuals.draw),
    "trigger_efficiency": ("trigger_efficiency", trigger_efficiency.draw),
    "stations_hit": ("stations_hit", stations_hit.draw),
    "zenith": ("zenith", zenith.draw),
    "energy_spectrum": ("energy_spectrum", energy_spectrum.draw),
    "muons": ("muons", muons.draw),
    "xmax_moments": ("xmax_moments", xmax_moments.draw),
}
"""The figures by name, with the table that each is drawn from."""


def draw_sample(folder: Path, output: Path, look: style.Look = style.REPORT) -> list[str]:
    """Draw the figures of a sample for which its survey made a table.

    Parameters
    ----------
    folder
        The sample's tables.
    output
        Where ``<name>.pdf`` and ``<name>.png`` go. Figures of an earlier drawing are removed,
        once all new ones could be drawn; other files stay.
    look
        Their sizes and formats.

    Returns
    -------
    list of str
        The figures' names.
    """
    tables = open_sample(folder)
    with style.paper():
        return style.replace(output, KINDS, make(tables), look)


def make(tables: SampleTables) -> dict[str, Figure]:
    """Make the figures that there are tables for, without saving them.

    Raises
    ------
    FileFormatError
        No table at all, or one is wrong.
    DataError
        A table is empty.
    """
    figures = {name: draw(tables) for name, (table, draw) in KINDS.items() if tables.has(table)}
    if not figures:
        known = ", ".join(f"{table}.csv" for table, _ in KINDS.values())
        msg = f"{tables.folder}: no table to draw, expected some of {known}: survey again"
        raise FileFormatError(msg)
    return figures
