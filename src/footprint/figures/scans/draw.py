"""All figures of one scan, from the table of its points."""

from pathlib import Path

from matplotlib.figure import Figure

from footprint.figures import style
from footprint.figures.scans import heat_map, parameters
from footprint.figures.scans.tables import ScanTables, open_scan

KINDS = ("scan", "heat_map")
"""Names of the figures."""


def draw_scan(folder: Path, output: Path, look: style.Look = style.REPORT) -> list[str]:
    """Draw the figures of a scan.

    Parameters
    ----------
    folder
        The scan's tables.
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
    tables = open_scan(folder)
    with style.paper():
        return style.replace(output, KINDS, make(tables), look)


def make(tables: ScanTables) -> dict[str, Figure]:
    """Make the figures without saving them: a heat map only of a grid of two parameters."""
    figures = {"scan": parameters.draw(tables)}
    if tables.method == "grid" and len(tables.parameters) == len(("across", "up")):
        figures["heat_map"] = heat_map.draw(tables)
    return figures
