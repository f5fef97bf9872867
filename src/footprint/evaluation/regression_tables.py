"""The tables behind a regression's figures."""

from collections.abc import Iterator
from functools import partial
from statistics import median_low

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation
from footprint.evaluation import regression
from footprint.evaluation.against import (
    Row,
    over_methods,
    rows,
    spectator_variables,
    truth_variable,
)
from footprint.evaluation.bins import suits_logarithm
from footprint.evaluation.bootstrap import Measure, Sampled
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error
from footprint.files.predictions import Predictions

RESIDUAL_BINS = 40
TRUTH_BINS = 40
SHOWN = 0.98
"""Share of a method's residuals that the histogram's range holds at least."""
FAR = 2.5
"""A method whose residuals are larger by this factor than those of half the methods is cut."""


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
    number = settings.bootstrap
    edges = _residual_edges(methods)
    variables = [
        truth_variable(methods, settings),
        *spectator_variables(methods, settings, but=[methods.first.target.name]),
    ]
    entries = {
        "truth_vs_prediction": _truth_vs_prediction(methods),
        "residuals": [
            row
            for method, found in over_methods(methods, partial(_density, edges=edges), number)
            for row in _residuals(method, found["density"], edges, methods.effective_events)
        ],
        "resolution": rows(methods, variables, regression.resolution, number),
    }
    return {f"{name}.csv": pd.DataFrame(found) for name, found in entries.items()}


def _density(predictions: Predictions, edges: NDArray[np.float64]) -> Measure:
    return regression.density(regression.residuals(predictions), edges)


def _residual_edges(methods: Methods) -> NDArray[np.float64]:
    """Choose a range about zero that holds `SHOWN` of the residuals of most methods."""
    everyone = [entry for trainings in methods.trainings.values() for entry in trainings]
    found = [float(np.quantile(np.abs(regression.residuals(p)), SHOWN)) for p in everyone]
    reach = min(max(found), FAR * median_low(found))
    reach = reach or max(found) or 1.0  # some or all predictions exact
    return np.linspace(-reach, reach, RESIDUAL_BINS + 1)


def _residuals(
    method: str, density: Sampled, edges: NDArray[np.float64], events: float
) -> Iterator[Row]:
    errors = density_error(density, np.diff(edges), events)
    columns = zip(edges[:-1], edges[1:], density.value, errors, strict=True)
    for low, high, value, error in columns:
        yield {
            "method": method,
            "low": float(low),
            "high": float(high),
            "density": float(value),
            "error": float(error),
        }


def _truth_vs_prediction(methods: Methods) -> list[Row]:
    """Count the events of all trainings in bins of truth and prediction.

    Their widths are equal, or grow by a factor where the truth lies evenly on a logarithmic axis.
    Of weighted events the weights are added.
    """
    truth = np.concatenate([p.truth.astype(np.float64) for p in methods.networks])
    prediction = np.concatenate([p.prediction.astype(np.float64) for p in methods.networks])
    everything = np.concatenate([truth, prediction])
    low, high = float(everything.min()), float(everything.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    even = suits_logarithm(np.quantile(truth, np.linspace(0.02, 0.98, 25)))
    edges = (np.geomspace if even and low > 0 else np.linspace)(low, high, TRUTH_BINS + 1)
    edges[[0, -1]] = low, high
    weights = None if methods.weight is None else np.tile(methods.weight, len(methods.networks))
    counts, _, _ = np.histogram2d(truth, prediction, bins=(edges, edges), weights=weights)
    return [
        {
            "truth_low": float(edges[i]),
            "truth_high": float(edges[i + 1]),
            "prediction_low": float(edges[j]),
            "prediction_high": float(edges[j + 1]),
            "count": int(counts[i, j]) if weights is None else float(counts[i, j]),
        }
        for i in range(TRUTH_BINS)
        for j in range(TRUTH_BINS)
    ]
