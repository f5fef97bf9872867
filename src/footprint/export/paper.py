"""A folder for a paper: figures at a column's width, tables and numbers in LaTeX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from footprint.errors import DataError, suggest
from footprint.evaluation.metrics import Metrics
from footprint.evaluation.summary import Section
from footprint.export.latex import macro_name, numbers, table
from footprint.figures.datasets.draw import draw_dataset
from footprint.figures.draw import draw
from footprint.figures.inside.draw import draw_inside
from footprint.figures.samples.draw import draw_sample
from footprint.figures.scans.draw import draw_scan
from footprint.figures.style import JOURNAL, Look
from footprint.files.atomic import write_text

KINDS: dict[str, tuple[str, Callable[[Path, Path, Look], list[str]]]] = {
    "figure": ("", draw),
    "comparison": ("comparisons", draw),
    "variation": ("variations", draw),
    "data": ("data", draw),
    "sample": ("samples", draw_sample),
    "dataset": ("datasets", draw_dataset),
    "inside": ("inside", draw_inside),
    "scan": ("scans", draw_scan),
}
"""What figures are about: the folder that they go to, and who draws them."""


@dataclass(frozen=True)
class Drawn:
    """Tables that figures are drawn from.

    Attributes
    ----------
    kind
        One of `KINDS`.
    tables
        Folder of the tables, or for a look inside a network its file.
    names
        What they are about, such as experiment and target.
    """

    kind: str
    tables: Path
    names: Mapping[str, str]


def write_paper(
    folder: Path, drawn: Sequence[Drawn], sections: Sequence[Section], found: Sequence[Metrics]
) -> None:
    """Write figures, tables and numbers for a paper.

    Parameters
    ----------
    folder
        Gets ``figures/``, ``tables/`` and ``numbers.tex``.
    drawn
        What the figures are drawn from.
    sections
        The summary: a table each.
    found
        All numbers.

    Raises
    ------
    DataError
        A kind of tables is unknown, or two tables or numbers would have the same name.
    """
    for entry in drawn:
        if entry.kind not in KINDS:
            msg = f"{entry.tables}: unknown kind '{entry.kind}'; {suggest(entry.kind, KINDS)}"
            raise DataError(msg)
        place, artist = KINDS[entry.kind]
        artist(entry.tables, folder.joinpath("figures", place, *entry.names.values()), JOURNAL)
    written: set[str] = set()
    for section in sections:
        name = macro_name(section.title)
        if name in written:
            msg = f"two tables would be {name}.tex: rename data set or target of '{section.title}'"
            raise DataError(msg)
        written.add(name)
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        write_text(folder / "tables" / f"{name}.tex", table(section))
    write_text(folder / "numbers.tex", numbers(found))
