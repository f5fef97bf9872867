"""Spectra of the spectators and targets of a data set, by class, with and without weights."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from footprint.evaluation.bins import suits_logarithm
from footprint.files.datasets import Dataset
from footprint.survey.datasets.rows import Groups, Rows
from footprint.survey.sums import Floats

BINS = 40
SHOWN = (0.001, 0.999)
"""Quantiles between which the bins lie."""


def table(dataset: Dataset, rows: Rows, groups: list[Groups]) -> pd.DataFrame:
    """Write the distribution of each spectator and continuous target of one value an event.

    Returns
    -------
    DataFrame
        ``density`` per unit of the spectator, normalised to all events of the class with a finite
        value, also those beyond the bins. Where events do not count alike, rows of ``weighted``
        1 stand beside those of 0, which are before flattening.
    """
    found: list[dict[str, Any]] = []
    weights = {0: rows.before}
    if not np.array_equal(rows.before, rows.after):
        weights[1] = rows.after
    for kind, name in _names(dataset):
        values = rows.read(dataset, kind, name)
        if values.size != len(values) or values.dtype.kind not in "iufb":
            continue
        wide = values.reshape(len(values)).astype(np.float64)
        finite = np.isfinite(wide)
        if not finite.any():
            continue
        edges, units = edges_of(wide[finite]), dataset.spec(kind, name).units
        for group in groups:
            for weighted, weight in weights.items():
                for number, label in enumerate(group.classes):
                    chosen = finite & (group.numbers == number)
                    place = {
                        "target": group.target,
                        "class": label,
                        "spectator": name,
                        "units": units,
                        "weighted": weighted,
                    }
                    found += [place | row for row in histogram(wide[chosen], weight[chosen], edges)]
    return pd.DataFrame(found)


def _names(dataset: Dataset) -> list[tuple[str, str]]:
    """List spectators, and the targets without classes that are not among them."""
    spectators = dataset.names("spectators")
    targets = [t for t in dataset.names("targets") if not dataset.classes(t)]
    own = [("targets", name) for name in targets if name not in spectators]
    return [("spectators", name) for name in spectators] + own


def histogram(values: Floats, weights: Floats, edges: Floats) -> Iterator[dict[str, float]]:
    """Fill a histogram of unit area: one row for each bin, with the error sqrt(sum of w^2).

    That of an empty bin is what one event of mean weight would be.
    """
    filled, _ = np.histogram(values, edges, weights=weights)
    squares, _ = np.histogram(values, edges, weights=weights**2)
    events, _ = np.histogram(values, edges)
    one = float(weights.mean()) if weights.size and weights.any() else 1.0
    squares = np.where(squares > 0, squares, one**2)
    scale = np.diff(edges) * (weights.sum() or 1.0)
    columns = zip(edges[:-1], edges[1:], events, filled, squares, scale, strict=True)
    for low, high, count, content, square, unit in columns:
        yield {
            "low": float(low),
            "high": float(high),
            "events": int(count),
            "density": float(content / unit),
            "error": float(np.sqrt(square) / unit),
        }


def edges_of(values: Floats) -> Floats:
    """Choose bins: whole numbers in the middle of theirs, logarithmic ones where that is even."""
    low, high = (float(edge) for edge in np.quantile(values, SHOWN))
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    if np.all(values == np.round(values)):
        low, high = np.floor(low), np.ceil(high)
        width = np.ceil((high - low + 1) / BINS)
        return np.asarray(np.arange(low - 0.5, high + 0.5 + width, width))
    if low > 0 and suits_logarithm(np.quantile(values, np.linspace(0.02, 0.98, 25))):
        return np.geomspace(low, high, BINS + 1)
    return np.linspace(low, high, BINS + 1)
