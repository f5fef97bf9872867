"""The summary as one HTML page that needs nothing else."""

from collections.abc import Sequence
from html import escape

from footprint.evaluation.pages import document
from footprint.evaluation.summary import Row, Section
from footprint.evaluation.summary_networks import ABOUT, Table

_NOTE = (
    "Bold: best of each column among networks and baselines. An ensemble is the mean of what "
    "all trainings of a network predict, or of what several networks predict. An oracle sees truth "
    "that no experiment has; it shows how much of what can be known the networks find."
)


def page(sections: Sequence[Section]) -> str:
    """Write all sections as a page without external resources."""
    body = "\n".join(_section(section) for section in sections)
    return document("Summary", f'<h1>Summary</h1>\n{body}\n<p class="note">{_NOTE}</p>')


def _section(section: Section) -> str:
    headings = ["method", *(column.heading for column in section.columns)]
    methods = _table(headings, [_row(row) for row in section.rows])
    sentences = "\n".join(f"<li>{escape(sentence)}</li>" for sentence in section.sentences)
    return (
        f'<h2>{escape(section.title)}</h2>\n<p class="about">{escape(section.about)}</p>\n'
        f"{methods}\n{_networks(section.networks)}<ul>\n{sentences}\n</ul>"
    )


def _networks(table: Table | None) -> str:
    """Write the table of the networks, with what its columns mean."""
    if table is None:
        return ""
    rows = [
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>" for cells in table.rows
    ]
    return f'<p class="about">{escape(ABOUT)}</p>\n{_table(table.headings, rows)}\n'


def _table(headings: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    lines = "\n".join(rows)
    return (
        f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody>\n</table></div>"
    )


def _row(row: Row) -> str:
    name = f"{row.method} (oracle)" if row.kind == "oracle" else row.method
    cells = "".join(
        f'<td class="best">{escape(cell)}</td>' if best else f"<td>{escape(cell)}</td>"
        for cell, best in zip(row.cells, row.best, strict=True)
    )
    return f'<tr class="{row.kind}"><td>{escape(name)}</td>{cells}</tr>'
