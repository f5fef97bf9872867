"""The methods of an experiment: their order, their names, and one look each in all figures."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from footprint.errors import FileFormatError, suggest
from footprint.figures.names import readable
from footprint.figures.tables import Tables

KINDS = ("network", "baseline", "oracle")
Dashes = str | tuple[int, tuple[float, ...]]
_SOLID: Dashes = "-"
_COLOURS: dict[str, tuple[str, ...]] = {
    "network": ("#0065b3", "#56b4e9", "#003a66", "#8a7fd6", "#3d8f99"),
    "baseline": ("#d55e00", "#e69f00", "#8c510a", "#cc79a7", "#009e73"),
    "oracle": ("0.45", "0.65"),
}
_DASHES: dict[str, tuple[Dashes, ...]] = {
    "network": (_SOLID,),
    "baseline": ((0, (1, 1)), (0, (4, 1, 1, 1)), _SOLID, (0, (3, 1, 1, 1, 1, 1)), (0, (6, 1))),
    "oracle": ((0, (4, 2)),),
}
_MARKERS = {
    "network": ("o", "h", "8", "p"),
    "baseline": ("v", "^", "s", "P", "X"),
    "oracle": ("D", "d"),
}


@dataclass(frozen=True)
class Method:
    """How a method looks.

    Attributes
    ----------
    name, kind
        Its name in the tables; ``network``, ``baseline`` or ``oracle``.
    colour, dashes, marker
        Cold colours are networks, warm ones baselines, grey dashes are oracles.
    """

    name: str
    kind: str
    colour: str
    dashes: Dashes
    marker: str

    @property
    def label(self) -> str:
        """Name in legends."""
        mark = " (oracle)" if self.kind == "oracle" and "oracle" not in self.name else ""
        return readable(self.name) + mark

    @property
    def line(self) -> dict[str, Any]:
        """Look of a line; networks lie on top."""
        network = self.kind == "network"
        return {
            "color": self.colour,
            "linestyle": self.dashes,
            "linewidth": 1.5 if network else 1.1,
            "zorder": 3.0 if network else 2.0,
        }

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
    found = {}
    for kind in KINDS:
        for index, name in enumerate(name for name, of in kinds.items() if of == kind):
            looks = [look[kind][index % len(look[kind])] for look in (_COLOURS, _MARKERS)]
            dashes = _DASHES[kind][index % len(_DASHES[kind])]
            found[name] = Method(name, kind, str(looks[0]), dashes, str(looks[1]))
    return found


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
