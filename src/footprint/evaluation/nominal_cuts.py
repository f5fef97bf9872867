"""Thresholds chosen at the nominal point, as an analysis keeps them when the events change."""

from collections.abc import Mapping, Sequence

import numpy as np

from footprint.evaluation.bootstrap import Counts, Measure, Values
from footprint.evaluation.quantities import AT_NOMINAL
from footprint.evaluation.ranking import ranked
from footprint.files.predictions import Predictions

Cuts = Mapping[str, Mapping[float, float]]
"""Least score of what is taken for signal, by class and signal efficiency."""


def nominal_cuts(
    predictions: Predictions, efficiencies: Sequence[float], weight: Values | None = None
) -> Cuts:
    """Find the thresholds whose signal efficiencies are first reached, coming from the strictest.

    Parameters
    ----------
    predictions
        Of the nominal events.
    efficiencies
        Signal efficiencies, for each class against the rest.
    weight
        How much each event counts, shape (n,); by default all count alike.
    """
    found: dict[str, dict[float, float]] = {}
    for number, name in enumerate(predictions.classes):
        scores = predictions.prediction[:, number]
        ranking = ranked(scores, predictions.truth == number)
        curve = ranking.roc(np.ones(len(scores)) if weight is None else weight)
        last = ranking.order[ranking.ends[curve.first_reaching(efficiencies)]]
        found[name] = dict(zip(efficiencies, scores[last].tolist(), strict=True))
    return found


def at_cuts(predictions: Predictions, cuts: Cuts) -> Measure:
    """Prepare what passes thresholds: the rates that an analysis with fixed cuts would see.

    Returns
    -------
    Measure
        ``efficiency_<class>_at_nominal_<per cent>``, the share of the class with a score at or
        above the threshold that keeps so many per cent at the nominal point, and
        ``mistag_<class>_at_nominal_<per cent>``, that of all other classes. The thresholds are
        fixed: how well they are known is no part of the error.
    """
    passing = {
        f"{name}{AT_NOMINAL}{100 * efficiency:g}": (
            predictions.prediction[:, number] >= threshold,
            predictions.truth == number,
        )
        for number, name in enumerate(predictions.classes)
        if name in cuts
        for efficiency, threshold in cuts[name].items()
    }

    def measure(counts: Counts) -> dict[str, float]:
        numbers = {}
        for name, (passed, signal) in passing.items():
            for kind, members in (("efficiency", signal), ("mistag", ~signal)):
                total = np.dot(counts, members)
                share = np.dot(counts, passed & members) / total if total else np.nan
                numbers[f"{kind}_{name}"] = float(share)
        return numbers

    return measure
