"""The tables behind a classification's figures."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.evaluation import classification
from footprint.evaluation.against import (
    Row,
    Variable,
    over_methods,
    over_seeds,
    places,
    rows,
    spectator_variables,
)
from footprint.evaluation.bootstrap import Sampled, Values
from footprint.evaluation.judge import Judged
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error, share_band, share_error


def tables(methods: Methods, settings: Evaluation, judged: Judged) -> dict[str, pd.DataFrame]:
    """Make all tables of a classification.

    Parameters
    ----------
    methods
        Predictions of all methods.
    settings
        Number of resamplings.
    judged
        Metrics of each method, among them ``auc_<class>``.

    Returns
    -------
    dict of str to DataFrame
        By file name. ROC curves, AUC, and accuracy in bins of spectators are of all methods; the
        others of the experiment alone, where each training contributes alike.
    """
    classes, number = methods.first.classes, settings.bootstrap
    of_classes = methods.events_of_classes
    network = partial(over_seeds, methods, number=number)
    variables = spectator_variables(methods, settings)
    entries = {
        "roc": [
            row
            for method, curves in over_methods(methods, classification.roc, number)
            for name, own in zip(classes, of_classes, strict=True)
            for row in _roc(method, name, curves[name], of_classes.sum() - own)
        ],
        "auc": [
            {
                "method": method,
                "class": name,
                "auc": float(area.value),
                "error": known.error,
                "mark": known.mark,
            }
            for method in methods.everything
            for name in classes
            for area in [judged.of(method)[f"auc_{name}"]]
            for known in [judged.certainty(method, f"auc_{name}", area)]
        ],
        "confusion_matrix": _confusion(network(classification.confusion), classes),
        "scores": _scores(network(classification.scores)["density"], classes, of_classes),
        "reliability": reliability_rows(network(classification.reliability), classes),
    }
    binned = {
        "accuracy": rows(methods, variables, classification.accuracy_in_bins, number),
        "confusion_matrices": _confusion_in_bins(methods, variables, number),
    }
    entries |= {name: found for name, found in binned.items() if found}
    return {f"{name}.csv": pd.DataFrame(found) for name, found in entries.items()}


def _roc(method: str, name: str, rate: Sampled, background: float) -> list[Row]:
    low, high = share_band(rate, background)
    grid = zip(classification.EFFICIENCIES, rate.value, low, high, strict=True)
    return [
        {
            "method": method,
            "class": name,
            "signal_efficiency": round(float(efficiency), 6),
            "false_positive_rate": float(value),
            "low": float(lower),
            "high": float(upper),
        }
        for efficiency, value, lower, upper in grid
    ]


def _confusion(found: Mapping[str, Sampled], classes: tuple[str, ...]) -> list[Row]:
    # Of weighted events their sum, which is near the effective number where the mean weight is 1.
    errors = share_error(found["fraction"], found["count"].value.sum(axis=1, keepdims=True))
    return [
        {
            "truth": truth,
            "predicted": predicted,
            "count": float(found["count"].value[i, j]),
            "fraction": float(found["fraction"].value[i, j]),
            "error": float(errors[i, j]),
        }
        for i, truth in enumerate(classes)
        for j, predicted in enumerate(classes)
    ]


def _confusion_in_bins(methods: Methods, variables: Sequence[Variable], number: int) -> list[Row]:
    classes, found = methods.first.classes, []
    for variable in variables:
        prepare = partial(classification.confusion_in_bins, bins=variable.bins)
        matrices = over_seeds(methods, prepare, number)
        for k, place in enumerate(places(variable)):
            matrix = {name: sampled.at(k) for name, sampled in matrices.items()}
            found += [place | row for row in _confusion(matrix, classes)]
    return found


def _scores(density: Sampled, classes: tuple[str, ...], events: Values) -> list[Row]:
    edges = np.linspace(0, 1, classification.SCORE_BINS + 1).round(6)
    errors = density_error(density, 1 / classification.SCORE_BINS, events[:, None])
    return [
        {
            "class": name,
            "truth": truth,
            "low": edges[k],
            "high": edges[k + 1],
            "density": float(density.value[i, j, k]),
            "error": float(errors[i, j, k]),
        }
        for i, name in enumerate(classes)
        for j, truth in enumerate(classes)
        for k in range(classification.SCORE_BINS)
    ]


def reliability_rows(sums: Mapping[str, Sampled], classes: tuple[str, ...]) -> list[Row]:
    """Divide the sums of `classification.reliability`; bins without events are left out."""
    edges = np.linspace(0, 1, classification.RELIABILITY_BINS + 1).round(6)
    total = sums["events"].value
    with np.errstate(invalid="ignore"):
        # Of weighted events the effective numbers.
        events = total**2 / sums["squares"].value
    predicted = sums["predicted"] / sums["events"]
    observed = sums["observed"] / sums["events"]
    errors = share_error(observed, events)
    return [
        {
            "class": name,
            "low": edges[k],
            "high": edges[k + 1],
            "predicted": float(predicted.value[i, k]),
            "observed": float(observed.value[i, k]),
            "error": float(errors[i, k]),
            "events": float(total[i, k]),
        }
        for i, name in enumerate(classes)
        for k in range(classification.RELIABILITY_BINS)
        if total[i, k] > 0
    ]
