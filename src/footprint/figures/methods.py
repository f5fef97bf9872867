"""The methods of an experiment: their order, their names, and one look each in all figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from footprint.errors import FileFormatError, suggest
from footprint.figures.names import readable
from footprint.figures.tables import Tables

KINDS = ("network", "corrected", "ensemble", "baseline", "oracle", "published")
Dashes = str | tuple[int, tuple[float, ...]]
_SOLID: Dashes = "-"
_ENSEMBLE = "_ensemble"
_COLOURS: dict[str, tuple[str, ...]] = {
    "network": ("#0065b3", "#56b4e9", "#003a66", "#8a7fd6", "#3d8f99", "#4d9221"),
    "corrected": ("#7b2d8b",),
    "ensemble": ("#000000",),
    "baseline": ("#d55e00", "#e69f00", "#8c510a", "#cc79a7", "#009e73"),
    "oracle": ("0.45", "0.65"),
    "published": ("0.35",),
}
_DASHES: dict[str, tuple[Dashes, ...]] = {
    "network": (_SOLID, (0, (5, 1.2)), (0, (2.5, 1))),
    "corrected": ((0, (5, 1.2)),),
    "ensemble": (_SOLID, (0, (5, 1.2)), (0, (2.5, 1))),
    "baseline": ((0, (1, 1)), (0, (4, 1, 1, 1)), _SOLID, (0, (3, 1, 1, 1, 1, 1)), (0, (6, 1))),
    "oracle": ((0, (4, 2)),),
    "published": (_SOLID,),
}
_MARKERS = {
    "network": ("o", "h", "8", "p"),
    "corrected": ("s",),
    "ensemble": ("D", "d"),
    "baseline": ("v", "^", "s", "P", "X"),
    "oracle": ("D", "d"),
    "published": ("*",),
}


@dataclass(frozen=True)
class Method:
    """How a method looks.

    Attributes
    ----------
    name, kind
        Its name in the tables; ``network``, ``corrected`` (a network's answers, as its validation
        events tell), ``ensemble`` (of a network's trainings, or of several networks),
        ``baseline``, ``oracle`` or ``published``.
    colour, dashes, marker
        Cold colours are networks, warm ones baselines, grey dashes are oracles. An ensemble has
        its network's colour; that of several networks is black.
    of
        Of an ensemble, the network whose trainings it averages; empty for all others.
    """

    name: str
    kind: str
    colour: str
    dashes: Dashes
    marker: str
    of: str = ""

    @property
    def label(self) -> str:
        """Name in legends."""
        mark = " (oracle)" if self.kind == "oracle" and "oracle" not in self.name else ""
        return readable(self.name) + mark

    @property
    def line(self) -> dict[str, Any]:
        """Look of a line; networks lie on top."""
        return {
            "color": self.colour,
            "linestyle": self.dashes,
            "linewidth": 1.5 if self.in_front else 1.1,
            "zorder": 3.0 if self.in_front else 2.0,
        }

    @property
    def in_front(self) -> bool:
        """Whether it is what the figures are about: a network, or an ensemble of several."""
        return self.kind == "network" or (self.kind == "ensemble" and not self.of)

    @property
    def points(self) -> dict[str, Any]:
        """Look of points with errors that a line joins."""
        return {**self.line, "marker": self.marker, "elinewidth": 0.9}


def methods_of(tables: Tables) -> dict[str, Method]:
    """List the methods, networks first and oracles last, by their names in the tables.

    Raises
    ------
    FileFormatError
        ``comparison.csv`` names a kind that is none.
    """
    comparison = tables.read("comparison")
    kinds: dict[str, str] = {}
    for method, kind in zip(comparison["method"], comparison["kind"], strict=True):
        if kind not in KINDS or kinds.setdefault(method, kind) != kind:
            msg = f"{tables.path('comparison')}: method '{method}' is of kind '{kind}'; "
            msg += suggest(kind, KINDS) if kind not in KINDS else f"and of kind '{kinds[method]}'"
            raise FileFormatError(msg)
    found: dict[str, Method] = {}
    for kind in KINDS:
        for index, name in enumerate(name for name, of in kinds.items() if of == kind):
            found[name] = _look(name, kind, index, found)
    return found


def rejections(tables: Tables) -> dict[str, float]:
    """List the metrics of background rejection of what is tagged, each with its efficiency in %.

    The lowest signal efficiency comes first.
    """
    start = f"rejection_{tables.target.tagged}_at_"
    found = {str(name) for name in tables.read("comparison")["metric"] if name.startswith(start)}
    at = {name: float(name.removeprefix(start)) for name in found}
    return dict(sorted(at.items(), key=lambda item: item[1]))


def _look(name: str, kind: str, index: int, others: Mapping[str, Method]) -> Method:
    """Choose how the next method of a kind looks; the mean over a network's seeds is dotted."""
    if kind == "ensemble":
        network = others.get(name.removesuffix(_ENSEMBLE))
        if network is not None:
            return Method(name, kind, network.colour, (0, (1, 1)), "D", of=network.name)
    colours, markers, dashes = _COLOURS[kind], _MARKERS[kind], _DASHES[kind]
    # Networks change their dashes when the colours are used up, simple methods each time.
    turn = index // len(colours) if kind in {"network", "ensemble"} else index
    return Method(
        name,
        kind,
        colours[index % len(colours)],
        dashes[turn % len(dashes)],
        markers[index % len(markers)],
    )


def by_method(tables: Tables, name: str) -> list[tuple[Method, pd.DataFrame]]:
    """Read a table and take it apart by method, in the methods' order.

    Raises
    ------
    FileFormatError
        A method is not in ``comparison.csv``.
    """
    table, methods = tables.read(name), methods_of(tables)
    for method in table["method"].unique():
        if method not in methods:
            msg = f"{tables.path(name)}: method '{method}' is not in comparison.csv; "
            raise FileFormatError(msg + suggest(method, methods))
    rows = dict(list(table.groupby("method", sort=False)))
    return [(method, rows[key]) for key, method in methods.items() if key in rows]


def metric_of(tables: Tables, method: str, metric: str) -> tuple[float, float]:
    """Look up a metric and its error in ``comparison.csv``.

    Raises
    ------
    FileFormatError
        No such metric for the method.
    """
    table = tables.read("comparison")
    rows = table[(table["method"] == method) & (table["metric"] == metric)]
    if rows.empty:
        known = table.loc[table["method"] == method, "metric"]
        msg = f"{tables.path('comparison')}: no metric '{metric}' of method '{method}'; "
        raise FileFormatError(msg + suggest(metric, known))
    return float(rows["value"].iloc[0]), float(rows["error"].iloc[0])
