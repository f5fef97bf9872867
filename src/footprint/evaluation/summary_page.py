"""The summary as one HTML page that needs nothing else."""

from collections.abc import Sequence
from html import escape

from footprint.evaluation.pages import document
from footprint.evaluation.summary import Row, Section

_NOTE = (
    "Bold: best of each column among networks and baselines. An ensemble is the mean of the "
    "probabilities of all trainings of a network. An oracle sees truth that no experiment has; "
    "it shows how much of what can be known the networks find."
)


def page(sections: Sequence[Section]) -> str:
    """Write all sections as a page without external resources."""
    body = "\n".join(_section(section) for section in sections)
    return document("Summary", f'<h1>Summary</h1>\n{body}\n<p class="note">{_NOTE}</p>')


def _section(section: Section) -> str:
    head = "".join(f'<th scope="col">{escape(column.heading)}</th>' for column in section.columns)
    rows = "\n".join(_row(row) for row in section.rows)
    sentences = "\n".join(f"<li>{escape(sentence)}</li>" for sentence in section.sentences)
    return (
        f'<h2>{escape(section.title)}</h2>\n<p class="about">{escape(section.about)}</p>\n'
        f'<div class="table"><table>\n<thead><tr><th scope="col">method</th>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n<ul>\n{sentences}\n</ul>"
    )


def _row(row: Row) -> str:
    name = f"{row.method} (oracle)" if row.kind == "oracle" else row.method
    cells = "".join(
        f'<td class="best">{escape(cell)}</td>' if best else f"<td>{escape(cell)}</td>"
        for cell, best in zip(row.cells, row.best, strict=True)
    )
    return f'<tr class="{row.kind}"><td>{escape(name)}</td>{cells}</tr>'
