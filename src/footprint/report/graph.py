"""The graph of the workflow's steps as SVG: layers from top to bottom, arrows the way of the data.

After Sugiyama, Tagawa and Toda (1981): the layer of a step is the length of the longest way to it,
long arrows get a place in each layer they pass, and places are ordered by the means of their
neighbours'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_CHARACTER, _HIGH, _GAP, _LAYER = 7.2, 30.0, 22.0, 62.0
"""Pixels: of a letter, of a box, between boxes, between layers."""
_SWEEPS = 8
Edge = tuple[str, str]


@dataclass(frozen=True)
class Steps:
    """The steps of a workflow.

    Attributes
    ----------
    jobs
        How often each step is done.
    edges
        Pairs of steps of which the second needs what the first makes.
    """

    jobs: Mapping[str, int]
    edges: Sequence[Edge]


def reduced(steps: Steps) -> list[Edge]:
    """Leave out arrows that follow from others (transitive reduction), in a fixed order."""
    after = {name: {b for a, b in steps.edges if a == name and b != name} for name in steps.jobs}
    reach: dict[str, set[str]] = {}

    def reached(name: str) -> set[str]:
        if name not in reach:
            reach[name] = set().union(*({b} | reached(b) for b in after.get(name, ())), set())
        return reach[name]

    return sorted(
        (a, b)
        for a, following in after.items()
        for b in following
        if not any(b in reached(other) for other in following if other != b)
    )


def layers_of(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Find the layer of each step: one below the lowest of those it needs."""
    before: dict[str, list[str]] = {name: [a for a, b in edges if b == name] for name in names}
    found: dict[str, int] = {}

    def layer(name: str) -> int:
        if name not in found:
            found[name] = max((layer(other) + 1 for other in before[name]), default=0)
        return found[name]

    for name in names:
        layer(name)
    after = {name: [b for a, b in edges if a == name] for name in names}
    for name in sorted(names, key=lambda n: -found[n]):  # first steps stand near what needs them
        if not before[name] and after[name]:
            found[name] = min(found[other] for other in after[name]) - 1
    return found


def svg(steps: Steps) -> str:
    """Draw the steps as boxes with the number of their jobs, and arrows between them."""
    names = sorted(steps.jobs)
    if not names:
        return ""
    edges = reduced(steps)
    layer = layers_of(names, edges)
    chains = [_chain(a, b, layer) for a, b in edges]
    rows = _ordered(names, layer, chains)
    centres, width = _placed(rows, steps.jobs)
    height = _LAYER * (len(rows) - 1) + _HIGH + 4
    lines = [_arrow([centres[place] for place in chain]) for chain in chains]
    boxes = [_box(name, steps.jobs[name], centres[name]) for name in names]
    label = escape(f"Steps of the workflow: {', '.join(names)}", quote=True)
    return (
        f'<svg class="graph" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img"'
        f' aria-label="{label}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4"'
        ' markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker>'
        f"</defs>{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _chain(first: str, last: str, layer: Mapping[str, int]) -> list[str]:
    """Name the places that an arrow passes, one in each layer."""
    between = range(layer[first] + 1, layer[last])
    return [first, *(f"{first}>{last}>{number}" for number in between), last]


def _ordered(
    names: Sequence[str], layer: Mapping[str, int], chains: Sequence[Sequence[str]]
) -> list[list[str]]:
    """Order the places of each layer so that arrows cross little."""
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in names:
        rows[layer[name]].append(name)
    for chain in chains:
        for number, place in enumerate(chain[1:-1], layer[chain[0]] + 1):
            rows[number].append(place)
    near: dict[str, tuple[list[str], list[str]]] = {p: ([], []) for row in rows for p in row}
    for chain in chains:
        for above, below in pairwise(chain):
            near[below][0].append(above)
            near[above][1].append(below)
    for sweep in range(_SWEEPS):
        side = sweep % 2
        numbers = range(1, len(rows)) if side == 0 else range(len(rows) - 2, -1, -1)
        for number in numbers:
            fixed = _shares(rows[number - 1] if side == 0 else rows[number + 1])
            means = _shares(rows[number])
            for name in rows[number]:
                if neighbours := near[name][side]:
                    means[name] = sum(fixed[n] for n in neighbours) / len(neighbours)
            rows[number].sort(key=means.__getitem__)
    return rows


def _shares(row: Sequence[str]) -> dict[str, float]:
    """Give each place its position in a row, from 0 to 1."""
    return {name: (number + 0.5) / len(row) for number, name in enumerate(row)}


def _label(name: str, jobs: int) -> str:
    return f"{name} ×{jobs}" if jobs > 1 else name  # noqa: RUF001 - times so many


def _placed(
    rows: Sequence[Sequence[str]], jobs: Mapping[str, int]
) -> tuple[dict[str, tuple[float, float, float]], float]:
    """Give each place the middle of its box and half its width; give the whole width, too."""
    widths = {
        place: len(_label(place, jobs[place])) * _CHARACTER + 20 if place in jobs else 4.0
        for row in rows
        for place in row
    }
    whole = max(sum(widths[place] + _GAP for place in row) for row in rows)
    centres = {}
    for number, row in enumerate(rows):
        room = (whole - sum(widths[place] for place in row)) / len(row)
        left = room / 2
        for place in row:
            middle = left + widths[place] / 2
            centres[place] = (middle, _LAYER * number + _HIGH / 2 + 2, widths[place] / 2)
            left += widths[place] + room
    return centres, whole


def _box(name: str, jobs: int, centre: tuple[float, float, float]) -> str:
    x, y, half = centre
    return (
        f'<rect x="{x - half:.1f}" y="{y - _HIGH / 2:.1f}" width="{2 * half:.1f}"'
        f' height="{_HIGH:.0f}" rx="5"/><text x="{x:.1f}" y="{y + 4.5:.1f}">'
        f"{escape(_label(name, jobs))}</text>"
    )


def _arrow(points: Sequence[tuple[float, float, float]]) -> str:
    """Draw a smooth line from box to box through the places between."""
    x, y = points[0][0], points[0][1] + _HIGH / 2
    path = f"M{x:.1f} {y:.1f}"
    for number, (to_x, middle, _) in enumerate(points[1:], 1):
        to_y = middle - _HIGH / 2 if number == len(points) - 1 else middle
        bend = (to_y - y) / 2
        path += f" C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    return f'<path class="arrow" d="{path}" marker-end="url(#tip)"/>'
