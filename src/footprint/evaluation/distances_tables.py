"""The tables behind the figures of directions and positions."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation
from footprint.evaluation import distances
from footprint.evaluation.against import Row, Variable, over_methods, rows, spectator_variables
from footprint.evaluation.bins import equal_population
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error, share_error

DISTANCE_BINS = 40
SHOWN = (0.005, 0.995)
"""Share of every method's distances below the range of the distribution, and up to its end."""
MOST_DECADES = 4.0
"""Factors of ten that the distribution spans at most."""
ZENITH = "zenith"


def tables(methods: Methods, settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make all tables of a direction or a position.

    Parameters
    ----------
    methods
        Predictions of all methods.
    settings
        Number of resamplings and bins, and the spectators to look against.

    Returns
    -------
    dict of str to DataFrame
        By file name: the distribution of the distances, and how far they contain 68, 50 and
        95 % in bins; of all methods, the experiment's as the mean over its trainings. Without
        spectators to look against, a position has no bins.
    """
    edges = _edges(methods)
    distribution = [
        row
        for method, found in over_methods(
            methods, partial(distances.distribution, edges=edges), settings.bootstrap
        )
        for row in _distribution(method, found, edges, methods.effective_events)
    ]
    contained = rows(
        methods, _variables(methods, settings), distances.containment, settings.bootstrap
    )
    found = {"distances.csv": pd.DataFrame(distribution)}
    return found | ({"containment.csv": pd.DataFrame(contained)} if contained else {})


def _variables(methods: Methods, settings: Evaluation) -> list[Variable]:
    """List the bins: of the true zenith angle for directions, then of the spectators."""
    if methods.first.task != "direction":
        return spectator_variables(methods, settings)
    bins = equal_population(distances.zenith(methods.first.truth), settings.bins)
    true_zenith = Variable(ZENITH, "deg", bins)
    return [true_zenith, *spectator_variables(methods, settings, but=[ZENITH])]


def _edges(methods: Methods) -> NDArray[np.float64]:
    """Choose edges that grow by a factor and hold nearly all distances of every method.

    Methods differ by factors of ten, a constant from a network: equal steps would show one only.
    """
    everyone = [entry for trainings in methods.trainings.values() for entry in trainings]
    found = [distances.distances(entry) for entry in everyone]
    positive = [values[values > 0] for values in found if (values > 0).any()]
    if not positive:  # all predictions exact
        return np.geomspace(0.01, 1.0, DISTANCE_BINS + 1)
    high = max(float(np.quantile(values, SHOWN[1])) for values in positive)
    low = min(float(np.quantile(values, SHOWN[0])) for values in positive)
    low = max(low, high / 10**MOST_DECADES)
    if low >= high:  # all at the same distance
        low, high = high / 2, high * 2
    return np.geomspace(low, high, DISTANCE_BINS + 1)


def _distribution(
    method: str, found: Mapping[str, Sampled], edges: NDArray[np.float64], events: float
) -> Iterator[Row]:
    density, cumulative = found["density"], found["cumulative"]
    errors = density_error(density, np.diff(np.log10(edges)), events)
    cumulative_errors = share_error(cumulative, np.asarray(events))
    for k in range(DISTANCE_BINS):
        yield {
            "method": method,
            "low": float(edges[k]),
            "high": float(edges[k + 1]),
            "density": float(density.value[k]),
            "error": float(errors[k]),
            "cumulative": float(cumulative.value[k]),
            "cumulative_error": float(cumulative_errors[k]),
        }
