"""Recorded beside simulated events: histograms with their ratio, and tests of agreement.

Recorded events count 1. Simulated ones count with their weights, times a factor that makes the
sum of all the number of recorded events: shapes are compared, not rates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from footprint.config.recorded import Recorded
from footprint.errors import DataError
from footprint.evaluation import data_quantities
from footprint.evaluation.against import Row
from footprint.evaluation.bootstrap import Values, effective_events
from footprint.evaluation.data_quantities import Quantity
from footprint.evaluation.two_distributions import CHI2_BINS, ks_probability, pair
from footprint.files.datasets import Dataset, open_dataset
from footprint.files.predictions import Predictions, read_predictions

Floats = NDArray[np.float64]
FEWEST_IN_BIN = 10
"""Events that a bin of the chi squared should hold on average of data and of simulation."""
_SHOWN = (0.001, 0.999)
"""Share of all events that lie below the edges of a histogram."""


@dataclass(frozen=True)
class Agreement:
    """How well two samples of a quantity agree.

    Attributes
    ----------
    ks, ks_probability
        Largest difference of the cumulative distributions, and how often it is larger by chance
        for as many (effective) events.
    chi2, degrees, chi2_probability
        Sum over bins of about as many events; NaN where there are fewer than two bins.
    """

    ks: float
    ks_probability: float
    chi2: float
    degrees: int
    chi2_probability: float


def agreement(simulation: Floats, data: Floats, weight: Floats | None = None) -> Agreement:
    """Test whether two samples are of one distribution.

    Parameters
    ----------
    simulation, data
        Values, shapes (n,) and (m,); NaN where an event has none.
    weight
        How much each simulated event counts, shape (n,).

    Returns
    -------
    Agreement
        Both probabilities are uniform where the distributions are the same: that of Kolmogorov
        and Smirnov in the limit of many events, with effective numbers of events where these have
        weights (Monahan, Numerical Methods of Statistics (2001), ch. 12).
    """
    weights = np.ones(len(simulation)) if weight is None else weight.astype(np.float64)
    ones = np.ones(len(data))
    known = np.isfinite(simulation), np.isfinite(data)
    events = [effective_events(w[k]) for w, k in zip((weights, ones), known, strict=True)]
    bins = int(np.clip(min(events) / FEWEST_IN_BIN, 2, CHI2_BINS))
    both = pair(simulation, data, (weights, ones), bins)
    _, ks = both.wasserstein_and_ks(weights, ones)
    reduced, degrees = both.chi_squared(weights, ones), both.degrees
    total = reduced * degrees
    return Agreement(
        ks,
        ks_probability(ks, weights[known[0]], ones[known[1]]),
        total,
        degrees,
        float(chi2.sf(total, degrees)) if np.isfinite(total) else float("nan"),
    )


@dataclass(frozen=True)
class Compared:
    """Tables by file name, and what the network learnt, for their ``target.json``."""

    tables: dict[str, pd.DataFrame]
    target: dict[str, Any]


def compare_files(
    predictions: tuple[Path, Path],
    datasets: tuple[Path, Path],
    settings: Recorded,
    inputs: Sequence[str] | None = None,
    label: str | None = None,
) -> Compared:
    """Compare what a network says of simulated test events and of recorded ones, and what it sees.

    Parameters
    ----------
    predictions, datasets
        Files of the simulated and of the recorded events.
    settings
        Which spectators, and how many bins.
    inputs
        The network's inputs; None for all.
    label
        The target's symbol; without it figures show its name.

    Raises
    ------
    FileFormatError
        A file is not what it should be.
    DataError
        Predictions and data sets are not of the same events, or there are none.
    """
    simulation, data = (read_predictions(path) for path in predictions)
    with open_dataset(datasets[0]) as simulated, open_dataset(datasets[1]) as recorded:
        for entry, path, dataset in zip(
            (simulation, data), predictions, (simulated, recorded), strict=True
        ):
            _check_events(entry, path, dataset)
        names = simulated.names("inputs") if inputs is None else inputs
        quantities = [
            *data_quantities.scores(simulation, data, label),
            *data_quantities.inputs(simulated, recorded, names),
            *data_quantities.spectators(simulated, recorded, settings.spectators),
        ]
    classes = (simulation.truth, simulation.classes) if simulation.classes else None
    return Compared(
        compare(quantities, settings.bins, simulation.weight, classes),
        {
            "name": simulation.target.name,
            "units": simulation.target.units,
            "label": label or "",
            "task": "data",
            "classes": list(simulation.classes),
        },
    )


def _check_events(predictions: Predictions, path: Path, dataset: Dataset) -> None:
    if not np.array_equal(predictions.event_id, dataset.event_id("test")):
        msg = (
            f"{path} is not of the {dataset.length('test')} test events of {dataset.path}: predict "
            f"again"
        )
        raise DataError(msg)


def edges_of(quantity: Quantity, bins: int) -> Floats:
    """Choose the bins of a histogram: of a score from 0 to 1, of few whole numbers one each.

    Otherwise of equal width where all but a few outermost events of both samples lie.
    """
    both = np.concatenate([quantity.simulation, quantity.data])
    both = both[np.isfinite(both)]
    if not both.size:
        return np.array([0.0, 1.0])
    if quantity.kind == "score" and quantity.label.startswith("score"):
        return np.linspace(0, 1, bins + 1)
    low, high = (float(edge) for edge in np.quantile(both, _SHOWN))
    if np.all(both == np.round(both)) and high - low < bins:
        return np.arange(low - 0.5, high + 1)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def compare(
    quantities: Sequence[Quantity],
    bins: int,
    weight: Values | None = None,
    classes: tuple[Values, tuple[str, ...]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare all quantities of recorded and simulated events.

    Parameters
    ----------
    quantities
        What is compared.
    bins
        Of the histograms.
    weight
        How much each simulated event counts, shape (n,); None where all count alike.
    classes
        The true class of each simulated event, shape (n,), and the names; None without classes.

    Returns
    -------
    dict of str to DataFrame
        By file name: ``data_histograms.csv``, ``data_tests.csv``, and with classes
        ``data_components.csv``, the simulated events by true class.

    Raises
    ------
    DataError
        There are no events, or simulated ones count nothing.
    """
    first = quantities[0]
    weights = np.ones(len(first.simulation)) if weight is None else weight.astype(np.float64)
    if not first.data.size or weights.sum() <= 0:
        msg = (
            f"{first.data.size} recorded events and a sum of weights of {weights.sum():g} of "
            f"{weights.size} simulated ones: there is nothing to compare"
        )
        raise DataError(msg)
    scaled = weights * (first.data.size / weights.sum())
    entries: dict[str, list[Row]] = {"data_histograms": [], "data_tests": []}
    if classes is not None:
        entries["data_components"] = []
    for quantity in quantities:
        edges = edges_of(quantity, bins)
        entries["data_histograms"] += _histogram(quantity, edges, scaled)
        entries["data_tests"].append(_tested(quantity, weights))
        if classes is not None:
            entries["data_components"] += _components(quantity, edges, scaled, *classes)
    return {f"{name}.csv": pd.DataFrame(rows) for name, rows in entries.items()}


def _named(quantity: Quantity) -> dict[str, Any]:
    return {
        "quantity": f"{quantity.kind}_{quantity.name}",
        "label": quantity.label,
        "units": quantity.units,
    }


def _histogram(quantity: Quantity, edges: Floats, scaled: Floats) -> Iterator[Row]:
    """Count both; the error of recorded events is the root of their number, of none 1."""
    simulated, _ = np.histogram(quantity.simulation, edges, weights=scaled)
    squares = _squares(quantity.simulation, edges, scaled)
    counts, _ = np.histogram(quantity.data, edges)
    for k, count in enumerate(counts):
        error, expected = float(np.sqrt(max(count, 1))), float(simulated[k])
        there = expected > 0
        yield {
            **_named(quantity),
            "low": float(edges[k]),
            "high": float(edges[k + 1]),
            "data": int(count),
            "data_error": error,
            "simulation": expected,
            "simulation_error": float(np.sqrt(squares[k])),
            "ratio": count / expected if there else float("nan"),
            "ratio_error": error / expected if there else float("nan"),
            "band": float(np.sqrt(squares[k])) / expected if there else float("nan"),
        }


def _components(
    quantity: Quantity, edges: Floats, scaled: Floats, truth: Values, names: tuple[str, ...]
) -> Iterator[Row]:
    for number, name in enumerate(names):
        chosen = truth == number
        filled, _ = np.histogram(quantity.simulation[chosen], edges, weights=scaled[chosen])
        squares = _squares(quantity.simulation[chosen], edges, scaled[chosen])
        for k, value in enumerate(filled):
            yield {
                **_named(quantity),
                "class": name,
                "low": float(edges[k]),
                "high": float(edges[k + 1]),
                "simulation": float(value),
                "simulation_error": float(np.sqrt(squares[k])),
            }


def _squares(values: Floats, edges: Floats, weights: Floats) -> Floats:
    """Sum the squared weights in bins; an empty one has that of one event of mean weight."""
    squares, _ = np.histogram(values, edges, weights=weights**2)
    one = float(weights.mean()) if weights.size else 0.0
    return np.asarray(np.where(squares > 0, squares, one**2))


def _tested(quantity: Quantity, weights: Floats) -> Row:
    found = agreement(quantity.simulation, quantity.data, weights)
    simulated = _mean(quantity.simulation, weights)
    recorded = _mean(quantity.data, np.ones(len(quantity.data)))
    return {
        **_named(quantity),
        "kind": quantity.kind,
        "data_events": int(np.isfinite(quantity.data).sum()),
        "simulation_events": int(np.isfinite(quantity.simulation).sum()),
        "effective_events": effective_events(weights[np.isfinite(quantity.simulation)]),
        "ks": found.ks,
        "ks_probability": found.ks_probability,
        "chi2": found.chi2,
        "degrees": found.degrees,
        "chi2_probability": found.chi2_probability,
        "data_mean": recorded[0],
        "data_mean_error": recorded[1],
        "simulation_mean": simulated[0],
        "simulation_mean_error": simulated[1],
    }


def _mean(values: Floats, weights: Floats) -> tuple[float, float]:
    """Compute a weighted mean and its error, the root of sum w^2 (x - mean)^2 over sum w."""
    known = np.isfinite(values)
    x, w = values[known], weights[known]
    if w.sum() <= 0:
        return float("nan"), float("nan")
    mean = float(np.average(x, weights=w))
    return mean, float(np.sqrt(np.sum((w * (x - mean)) ** 2)) / w.sum())
