"""Marks beside numbers that have neither an error nor a limit: why they have none."""

from collections.abc import Iterable

EXACT = "exact"
UNDEFINED = "undefined"
UNSTATED = "no error"
MEANING = {
    EXACT: "exact: by construction, whatever the events are",
    UNDEFINED: "undefined: there is no such number, as there is no correlation with a constant",
    UNSTATED: "no error: none can be stated, there are too few events or it was measured once",
}
"""Marks, and what the legend of a table says of them."""


def legend(cells: Iterable[str]) -> list[str]:
    """Explain the marks in the cells of a table, in the order of `MEANING`."""
    there = set(cells)
    return [
        meaning
        for mark, meaning in MEANING.items()
        if any(cell == mark or cell.endswith(f"({mark})") for cell in there)
    ]
