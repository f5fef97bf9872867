"""The summary as one HTML page that needs nothing else."""

from collections.abc import Sequence
from html import escape

from footprint.evaluation.summary import Row, Section

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
p.about, p.note { color: #555; }
div.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.45rem; font-size: 0.88rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #222; font-weight: 600; }
tbody td { border-bottom: 1px solid #ddd; }
tr.baseline td:first-child, tr.oracle td, tr.published td { color: #666; }
tr:not(.ensemble) + tr.ensemble td, tr:not(.baseline) + tr.baseline td,
tr:not(.oracle) + tr.oracle td, tr:not(.published) + tr.published td {
  border-top: 1px solid #888; }
td.best { font-weight: 700; }
"""
_NOTE = (
    "Bold: best of each column among networks and baselines. An ensemble is the mean of the "
    "probabilities of all trainings of a network. An oracle sees truth that no experiment has; "
    "it shows how much of what can be known the networks find."
)


def page(sections: Sequence[Section]) -> str:
    """Write all sections as a page without external resources."""
    body = "\n".join(_section(section) for section in sections)
    return document("Summary", f'<h1>Summary</h1>\n{body}\n<p class="note">{_NOTE}</p>')


def document(title: str, body: str) -> str:
    """Write a page of tables without external resources around what stands in it."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


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
