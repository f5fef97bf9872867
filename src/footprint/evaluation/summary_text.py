"""The summary as Markdown."""

from collections.abc import Sequence

from footprint.evaluation.summary import Row, Section
from footprint.evaluation.summary_best import ONLY, Best
from footprint.evaluation.summary_networks import ABOUT, Table


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
        *([f"{'; '.join(section.notes)}.", ""] if section.notes else []),
        *_best(section.best),
        *_networks(section.networks),
        *(f"- {sentence}" for sentence in section.sentences),
        "",
    ]
    return "\n".join(lines)


def _best(best: Best | None) -> list[str]:
    """Say which network is best, and how it was chosen."""
    if best is None:
        return []
    how = best.chosen_by if best.chosen_by == ONLY else f"chosen by {best.chosen_by}"
    return [f"Best network: {best.network}, {best.metric} {best.value} ({how}).", ""]


def _networks(table: Table | None) -> list[str]:
    if table is None:
        return []
    rule = [":---", *("---:" for _ in table.headings[1:])]
    return [ABOUT, "", _line(table.headings), _line(rule), *map(_line, table.rows), ""]


def _cells(row: Row) -> list[str]:
    name = f"{row.method} (oracle)" if row.kind == "oracle" else row.method
    numbers = zip(row.cells, row.best, strict=True)
    return [name, *(f"**{cell}**" if best else cell for cell, best in numbers)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
