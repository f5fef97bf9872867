"""The tables behind the figures of posteriors."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.evaluation import posterior
from footprint.evaluation.against import (
    Row,
    over_methods,
    rows,
    spectator_variables,
    truth_variable,
)
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error, share_error
from footprint.files.predictions import Predictions

SHOWN_EVENTS = 6
"""Events whose posteriors are shown, evenly spread over the truth."""
_HISTOGRAM_BINS = 24
_RANGE = (0.002, 0.998)


def tables(methods: Methods, settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make the tables of all methods that know a posterior; none where no method does.

    Returns
    -------
    dict of str to DataFrame
        By file name: ``coverage.csv``, the share of truths inside intervals of nominal
        credibilities; ``pit.csv``, the distribution of the probability integral transform;
        ``coverage_in_bins.csv``, coverage and width in bins of truth and spectators;
        ``posteriors.csv``, the draws of a few events of the first training.
    """
    everyone = [entry for trainings in methods.everything.values() for entry in trainings]
    if not any(posterior.has_posterior(entry) for entry in everyone):
        return {}
    number = settings.bootstrap
    events = methods.effective_events
    variables = [
        truth_variable(methods, settings),
        *spectator_variables(methods, settings, but=[methods.first.target.name]),
    ]
    binned = rows(methods, variables, posterior.coverage_in_bins, number)
    entries = {
        "coverage": [
            row
            for method, found in over_methods(methods, posterior.coverage, number)
            for row in _coverage(method, found, events)
        ],
        "pit": [
            row
            for method, found in over_methods(methods, posterior.pit_histogram, number)
            if found
            for row in _pit(method, found["density"], events)
        ],
        "coverage_in_bins": [row for row in binned if "coverage_68" in row],
        "posteriors": _shown(methods.first),
    }
    return {f"{name}.csv": pd.DataFrame(found) for name, found in entries.items() if found}


def _coverage(method: str, found: Mapping[str, Sampled], events: float) -> Iterator[Row]:
    for kind, held in found.items():
        errors = share_error(held, np.asarray(events))
        columns = zip(posterior.CREDIBILITIES, held.value, errors, strict=True)
        for nominal, observed, error in columns:
            yield {
                "method": method,
                "interval": kind,
                "nominal": round(100 * float(nominal), 2),
                "observed": 100 * float(observed),
                "error": 100 * float(error),
                "events": events,
            }


def _pit(method: str, density: Sampled, events: float) -> Iterator[Row]:
    edges = np.linspace(0, 1, posterior.PIT_BINS + 1).round(6)
    errors = density_error(density, 1 / posterior.PIT_BINS, events)
    for k, (value, error) in enumerate(zip(density.value, errors, strict=True)):
        yield {
            "method": method,
            "low": edges[k],
            "high": edges[k + 1],
            "density": float(value),
            "error": float(error),
            "events": events,
        }


def _shown(predictions: Predictions) -> list[Row]:
    """Count the draws of a few events in bins, beside their truth."""
    if predictions.samples is None:
        return []
    truth = predictions.truth.astype(np.float64)
    number = min(SHOWN_EVENTS, len(truth))
    places = np.round((np.arange(number) + 0.5) / number * len(truth) - 0.5).astype(int)
    chosen = np.argsort(truth, kind="stable")[places]
    found: list[Row] = []
    for shown, event in enumerate(chosen, start=1):
        draws = predictions.samples[event].astype(np.float64)
        low, high = np.quantile(draws, _RANGE)
        edges = np.linspace(low, high, _HISTOGRAM_BINS + 1) if high > low else _about(low)
        counts, _ = np.histogram(draws, edges)
        density = counts / (len(draws) * np.diff(edges))
        found += [
            {
                "event": shown,
                "event_id": int(predictions.event_id[event]),
                "truth_value": float(truth[event]),
                "low": float(edges[k]),
                "high": float(edges[k + 1]),
                "density": float(density[k]),
            }
            for k in range(len(counts))
        ]
    return found


def _about(value: float) -> np.ndarray:
    """Edges of one bin about draws that are all equal."""
    half = 0.5 * abs(value) or 0.5
    return np.array([value - half, value + half])
