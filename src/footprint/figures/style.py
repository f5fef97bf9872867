"""The look of all figures: sizes of a paper's column, colours, and how figures are saved.

Figures are made without pyplot, so neither a display nor the user's matplotlibrc, nor a notebook
that calls this, has a part in it; the same tables give the same bytes.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import mplhep
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from footprint.figures.names import log_tick
from footprint.files.atomic import atomic, clear_abandoned

COLUMN_INCH = 3.5
PAGE_INCH = 7.1
DPI = 150
_CHARACTERS_PER_INCH = 19  # of a legend, keys included
_CM_IN_AN_INCH = 2.54
_STILL_A_COLUMN = 1.3
"""Figures up to so many times a column's width are pressed into one."""

# Petroff's ten colours, told apart also by colour-blind readers, grey last: grey is the oracle's.
CLASS_COLOURS = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#832db6", "#a96b59"),
    *("#e76300", "#b9ac70", "#717581", "#92dadd", "#94a4a2"),
)
REFERENCE: dict[str, Any] = {
    "color": "0.55",
    "linestyle": (0, (1, 1.5)),
    "linewidth": 1.0,
    "zorder": 1.0,
}
"""Lines of what would be perfect, or of pure chance."""

PAPER: dict[Any, Any] = {
    "figure.figsize": (COLUMN_INCH, 2.8),
    "figure.constrained_layout.use": True,
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.linewidth": 0.7,
    "axes.unicode_minus": True,
    "axes.formatter.limits": (-4, 6),
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.size": 4,
    "ytick.major.size": 4,
    "xtick.minor.size": 2,
    "ytick.minor.size": 2,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.minor.width": 0.5,
    "ytick.minor.width": 0.5,
    "xtick.major.pad": 3,
    "ytick.major.pad": 3,
    "legend.fontsize": 7,
    "legend.title_fontsize": 7.5,
    "legend.handlelength": 2.2,
    "legend.labelspacing": 0.3,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "figure.dpi": DPI,
    # The fonts hold PostScript outlines. As Type 42 they would be embedded under the name of
    # TrueType, which readers and journals may refuse; as Type 3 they are drawn.
    "pdf.fonttype": 3,
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """Where figures go, and what follows for their size.

    Attributes
    ----------
    column_inch, page_inch
        Width of figures of a column, and of all wider ones; None leaves them as they are drawn.
    smallest_pt
        Text that would be smaller is set in this size.
    suffixes
        Formats to write.
    """

    column_inch: float | None = None
    page_inch: float | None = None
    smallest_pt: float = 0.0
    suffixes: tuple[str, ...] = ("png", "pdf")


REPORT = Look()
"""For the report, and to look at: as PNG and PDF."""
JOURNAL = Look(8.6 / _CM_IN_AN_INCH, 17.8 / _CM_IN_AN_INCH, 7.0, ("pdf",))
"""For journals of two columns: 8.6 cm or 17.8 cm wide, no text below 7 pt, as vectors."""

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every glyph in a PDF


@contextmanager
def paper() -> Iterator[None]:
    """Draw and save in Footprint's style within this block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(mplhep.style.CMS)
        mpl.rcParams.update(PAPER)
        yield


def save(figure: Figure, folder: Path, name: str, look: Look = REPORT) -> None:
    """Write a figure in the formats of a look, each whole or not at all, without times or versions.

    The layout is found once for both and the files are printed directly, because ``savefig``
    would draw four times.
    """
    for axes in figure.axes:  # powers of ten go to the left, away from the axis' name
        axes.xaxis.get_offset_text().set(x=0, ha="left")
    fit(figure, look)
    layout = figure.get_layout_engine()
    if layout is not None:
        try:
            layout.execute(figure)
        except ValueError:
            _mend_formulas(figure)
            layout.execute(figure)
        figure.set_layout_engine("none")
    canvas: Any = FigureCanvasAgg(figure)
    if "png" in look.suffixes:
        with atomic(folder / f"{name}.png") as partial:
            canvas.print_png(str(partial), metadata={"Software": None})
    canvas = FigureCanvasPdf(figure)
    with atomic(folder / f"{name}.pdf") as partial:
        metadata = {"CreationDate": None, "Producer": None, "Creator": "Footprint"}
        canvas.print_pdf(str(partial), metadata=metadata)


def _mend_formulas(figure: Figure) -> None:
    """Show as it stands what looks like a formula and is none, such as a unit from a file."""
    parser = MathTextParser("path")
    for text in figure.findobj(Text):
        words = text.get_text() if isinstance(text, Text) else ""
        if isinstance(text, Text) and "$" in words:
            try:
                parser.parse(words)
            except ValueError:
                log.warning("shown as it stands, for it is no formula: %r", words)
                text.set_parse_math(False)


def fit(figure: Figure, look: Look) -> None:
    """Bring a figure to the width of a look, its height kept, and small text to the least size."""
    if look.column_inch is not None and look.page_inch is not None:
        width, height = figure.get_size_inches()
        small = width <= _STILL_A_COLUMN * COLUMN_INCH
        figure.set_size_inches(look.column_inch if small else look.page_inch, height)
    for text in figure.findobj(Text):
        if float(text.get_fontsize()) < look.smallest_pt:
            text.set_fontsize(look.smallest_pt)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            size = axis.get_tick_params().get("labelsize")
            if isinstance(size, int | float) and size < look.smallest_pt:
                axis.set_tick_params(labelsize=look.smallest_pt)


def clear(output: Path, names: Iterable[str]) -> None:
    """Make the folder, or remove the figures of an earlier drawing, by their names, from it."""
    output.mkdir(parents=True, exist_ok=True)
    for name in names:
        for suffix in (".pdf", ".png"):
            for old in output.glob(name + suffix):
                old.unlink()
        clear_abandoned(output, name)


def replace(
    folder: Path, names: Iterable[str], figures: Mapping[str, Figure], look: Look = REPORT
) -> list[str]:
    """Save figures in place of those that an earlier drawing left under any of some names."""
    clear(folder, names)
    for name, figure in figures.items():
        save(figure, folder, name, look)
    return list(figures)


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """Give each class its colour, the same in all figures."""
    return {name: CLASS_COLOURS[i % len(CLASS_COLOURS)] for i, name in enumerate(classes)}


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """Open a figure with one panel for each class, two in a row, with common axes."""
    columns = min(count, 2)
    rows = -(-count // 2)
    width = PAGE_INCH if count > 1 else COLUMN_INCH
    figure = Figure(figsize=(width, 2.55 * rows + 0.25))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for surplus in grid[count:]:
        surplus.remove()
        grid[count - 2].xaxis.set_tick_params(labelbottom=True)
    return figure, list(grid[:count])


def label_outside(grid: Sequence[Axes], xlabel: str, ylabel: str) -> None:
    """Label the lowest panel of each column and the leftmost of each row."""
    for index, axes in enumerate(grid):
        if index >= len(grid) - 2:
            axes.set_xlabel(xlabel)
        if index % 2 == 0:
            axes.set_ylabel(ylabel)


def log_axis(axis: Axis) -> None:
    """Make an axis logarithmic, with plain numbers where they are short: 0.1, 1, 10, 100.

    Call it when the limits stand: less than two decades are divided further.
    """
    axis.set_major_formatter(FuncFormatter(log_tick))
    axis.set_minor_formatter(NullFormatter())
    low, high = sorted(axis.get_view_interval())
    if high < 100 * low:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))


def columns_for(labels: Sequence[str], width_inch: float = COLUMN_INCH) -> int:
    """Columns of a legend above the figure that stays within a width, its rows about equal."""
    longest = max(map(len, labels))
    fitting = int(_CHARACTERS_PER_INCH * width_inch) // (longest + 8)
    rows = -(-len(labels) // max(1, fitting))
    return -(-len(labels) // rows)
