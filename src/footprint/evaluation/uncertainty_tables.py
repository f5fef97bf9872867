"""The tables behind the figures of predicted uncertainties."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.evaluation import uncertainty
from footprint.evaluation.against import Row, over_methods
from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error


def tables(methods: Methods, settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make the tables of all methods that predict a sigma; none where no method does.

    Returns
    -------
    dict of str to DataFrame
        By file name: ``pulls.csv``, the distribution of the pulls; ``sigma_calibration.csv``, the
        errors that are made where a sigma is predicted.
    """
    everyone = [entry for trainings in methods.everything.values() for entry in trainings]
    if all(entry.sigma is None for entry in everyone):
        return {}
    number, events = settings.bootstrap, methods.effective_events
    units = "" if methods.first.log else methods.first.target.units
    entries = {
        "pulls": [
            row
            for method, found in over_methods(methods, uncertainty.pulls, number)
            if found
            for row in _pulls(method, found["density"], events)
        ],
        "sigma_calibration": [
            row
            for method, found in over_methods(methods, uncertainty.in_bins_of_sigma, number)
            if found
            for row in _calibration(method, found, units, log=methods.first.log)
        ],
    }
    return {f"{name}.csv": pd.DataFrame(found) for name, found in entries.items()}


def _pulls(method: str, density: Sampled, events: float) -> Iterator[Row]:
    edges = uncertainty.PULL_EDGES
    errors = density_error(density, np.diff(edges), events)
    for k, (value, error) in enumerate(zip(density.value, errors, strict=True)):
        yield {
            "method": method,
            "low": float(edges[k]),
            "high": float(edges[k + 1]),
            "density": float(value),
            "error": float(error),
        }


def _calibration(
    method: str, found: Mapping[str, Sampled], units: str, *, log: bool
) -> Iterator[Row]:
    for k in range(len(found["events"].value)):
        yield {
            "method": method,
            "scale": "log10" if log else "",
            "units": units,
            "low": float(found["low"].value[k]),
            "high": float(found["high"].value[k]),
            "predicted": float(found["predicted"].value[k]),
            "observed": float(found["observed"].value[k]),
            "error": float(found["observed"].error[k]),
            "events": float(found["events"].value[k]),
        }
