"""All figures of one data set, from the folder of its tables."""

from collections.abc import Callable, Iterator
from pathlib import Path

from matplotlib.figure import Figure

from footprint.figures import style
from footprint.figures.datasets import classes, closure, constituents, images, spectra
from footprint.figures.datasets.tables import DatasetTables, open_dataset_tables

Named = Iterator[tuple[str, Figure]]
KINDS: dict[str, tuple[str, Callable[[DatasetTables], Named]]] = {
    "classes": ("classes", classes.draw),
    "spectrum_": ("spectra", spectra.draw),
    "flattening_": ("closure", closure.draw),
    "mean_": ("mean_images", images.draw_means),
    "gallery_": ("single_images", images.draw_gallery),
    "jets_": ("single_jets", constituents.draw),
}
"""How the figures' names begin, with the table that they are drawn from."""


def draw_dataset(folder: Path, output: Path, look: style.Look = style.REPORT) -> list[str]:
    """Draw the figures of a data set for which its survey made a table.

    Parameters
    ----------
    folder
        The data set's tables.
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
    tables = open_dataset_tables(folder)
    with style.paper():
        earlier = [f"{name}*" if name.endswith("_") else name for name in KINDS]
        return style.replace(output, earlier, make(tables), look)


def make(tables: DatasetTables) -> dict[str, Figure]:
    """Make the figures that there are tables for, without saving them.

    Raises
    ------
    FileFormatError
        A table is missing that every survey makes, or one is wrong.
    DataError
        A table is empty.
    """
    return {
        name: figure
        for kind, (table, draw) in KINDS.items()
        if kind == "classes" or tables.has(table)
        for name, figure in draw(tables)
    }
