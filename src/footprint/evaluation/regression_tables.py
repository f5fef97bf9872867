"""The tables behind a regression's figures."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation
from footprint.evaluation import regression
from footprint.evaluation.bootstrap import Measure, Sampled, Values, bootstrap, mean
from footprint.evaluation.methods import Methods
from footprint.evaluation.regression import Bin
from footprint.files.predictions import Predictions

RESIDUAL_BINS = 40
TRUTH_BINS = 40
SHOWN = 0.98
"""Share of every method's residuals that the histogram's range holds at least."""

Row = dict[str, Any]
Prepare = Callable[[Predictions], Measure]


def tables(methods: Methods, settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make all tables of a regression.

    Parameters
    ----------
    methods
        Predictions of all methods.
    settings
        Number of resamplings and bins, and the spectators to look against.

    Returns
    -------
    dict of str to DataFrame
        By file name. Residuals and resolution are of all methods, the experiment's as the mean
        over its trainings; truth against prediction counts the events of all trainings.
    """

    def by_method(prepare: Prepare) -> Iterator[tuple[str, dict[str, Sampled]]]:
        number = settings.bootstrap
        found = [bootstrap(prepare(p), methods.events, number) for p in methods.networks]
        yield methods.experiment, {name: mean([f[name] for f in found]) for name in found[0]}
        for label, predictions in methods.baselines.items():
            yield label, bootstrap(prepare(predictions), methods.events, number)

    edges = _residual_edges(methods)
    rows = {
        "truth_vs_prediction": _truth_vs_prediction(methods),
        "residuals": [
            row
            for method, found in by_method(partial(regression.density, edges=edges))
            for row in _residuals(method, found["density"], edges)
        ],
        "resolution": [
            row
            for name, units, values in _variables(methods, settings)
            for bins in [regression.equal_population(values, settings.bins)]
            for method, found in by_method(partial(regression.resolution, bins=bins))
            for row in _resolution(method, name, units, bins, found)
        ],
    }
    return {f"{name}.csv": pd.DataFrame(entries) for name, entries in rows.items()}


def _variables(methods: Methods, settings: Evaluation) -> Iterator[tuple[str, str, Values]]:
    """List what the resolution is looked at against: name, units, values."""
    first = methods.first
    yield first.target.name, first.target.units, first.truth
    for name in settings.against:
        if name != first.target.name:
            values = first.spectators[name].reshape(methods.events)
            yield name, first.spectator_specs[name].units, values


def _resolution(
    method: str, name: str, units: str, bins: list[Bin], found: Mapping[str, Sampled]
) -> Iterator[Row]:
    errors = {quantity: sampled.error for quantity, sampled in found.items()}
    for k, entry in enumerate(bins):
        row: Row = {
            "method": method,
            "variable": name,
            "units": units,
            "low": entry.low,
            "high": entry.high,
            "centre": entry.centre,
            "events": len(entry.members),
        }
        for quantity, sampled in found.items():
            row[quantity] = float(sampled.value[k])
            row[f"{quantity}_error"] = float(errors[quantity][k])
        yield row


def _residual_edges(methods: Methods) -> NDArray[np.float64]:
    """Choose a range about zero that holds `SHOWN` of the residuals of every method."""
    everyone = [*methods.networks, *methods.baselines.values()]
    reach = max(float(np.quantile(np.abs(regression.residuals(p)), SHOWN)) for p in everyone)
    reach = reach or 1.0  # all predictions exact
    return np.linspace(-reach, reach, RESIDUAL_BINS + 1)


def _residuals(method: str, density: Sampled, edges: NDArray[np.float64]) -> Iterator[Row]:
    columns = zip(edges[:-1], edges[1:], density.value, density.error, strict=True)
    for low, high, value, error in columns:
        yield {
            "method": method,
            "low": float(low),
            "high": float(high),
            "density": float(value),
            "error": float(error),
        }


def _truth_vs_prediction(methods: Methods) -> list[Row]:
    """Count the events of all trainings in equal bins of truth and prediction."""
    truth = np.concatenate([p.truth.astype(np.float64) for p in methods.networks])
    prediction = np.concatenate([p.prediction.astype(np.float64) for p in methods.networks])
    everything = np.concatenate([truth, prediction])
    low, high = float(everything.min()), float(everything.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, TRUTH_BINS + 1)
    counts, _, _ = np.histogram2d(truth, prediction, bins=(edges, edges))
    return [
        {
            "truth_low": float(edges[i]),
            "truth_high": float(edges[i + 1]),
            "prediction_low": float(edges[j]),
            "prediction_high": float(edges[j + 1]),
            "count": int(counts[i, j]),
        }
        for i in range(TRUTH_BINS)
        for j in range(TRUTH_BINS)
    ]
