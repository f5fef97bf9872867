"""The summary as Markdown."""

from collections.abc import Sequence

from footprint.evaluation.summary import Row, Section


def text(sections: Sequence[Section]) -> str:
    """Write all sections as Markdown tables, the best numbers in bold."""
    return "# Summary\n\n" + "\n".join(_section(section) for section in sections)


def _section(section: Section) -> str:
    header = ["method", *(column.heading for column in section.columns)]
    lines = [
        f"## {section.title}",
        "",
        section.about,
        "",
        _line(header),
        _line([":---", *("---:" for _ in section.columns)]),
        *(_line(_cells(row)) for row in section.rows),
        "",
        *(f"- {sentence}" for sentence in section.sentences),
        "",
    ]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    name = f"{row.method} (oracle)" if row.kind == "oracle" else row.method
    numbers = zip(row.cells, row.best, strict=True)
    return [name, *(f"**{cell}**" if best else cell for cell, best in numbers)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
