"""The two-sample test: how well a network tells real from generated events.

After Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017. Two networks
answered on one half of the events each, so ROC curves are of halves, averaged.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError
from footprint.evaluation.bootstrap import Counts
from footprint.evaluation.classification import EFFICIENCIES
from footprint.evaluation.ranking import Ranking, ranked
from footprint.files.predictions import Predictions, read_predictions
from footprint.files.samples import FOLD, GENERATED_OR_REAL, Samples, ids_of_both

_REAL = GENERATED_OR_REAL.index("real")

Fold = tuple[NDArray[np.intp], Ranking]


def read_two_sample(path: Path, samples: Samples) -> Predictions:
    """Read what the networks of a two-sample test say of real and generated events.

    Raises
    ------
    FileFormatError
        The file is missing or not of predictions.
    DataError
        It is of something else, or of other events.
    """
    found = read_predictions(path)
    if (
        found.task != "classification"
        or found.classes != GENERATED_OR_REAL
        or FOLD not in found.spectators
    ):
        msg = (
            f"{path} holds the {found.task} of '{found.target.name}' with classes "
            f"{list(found.classes)}, expected a two-sample test with classes "
            f"{list(GENERATED_OR_REAL)}: run two_sample again"
        )
        raise DataError(msg)
    ids = ids_of_both(samples.event_id)
    if found.seed != samples.seed or not np.array_equal(found.event_id, ids):
        msg = (
            f"{path} (seed {found.seed}) is not of the samples of seed {samples.seed} and their "
            f"{samples.events} events: run two_sample again"
        )
        raise DataError(msg)
    return found


def folds(predictions: Predictions) -> list[Fold]:
    """Sort the events of each network by its score: their rows, and their ranking."""
    number = predictions.spectators[FOLD]
    found = []
    for fold in np.unique(number):
        rows = np.flatnonzero(number == fold)
        score = predictions.prediction[rows, _REAL]
        found.append((rows, ranked(score, predictions.truth[rows] == _REAL)))
    return found


def area(ranked_folds: Sequence[Fold], first: Counts, second: Counts) -> dict[str, float]:
    """Compute ``two_sample_auc``, given how often real and generated events count."""
    both = np.concatenate([first, second])
    areas = [ranking.roc(both[rows]).auc() for rows, ranking in ranked_folds]
    return {"two_sample_auc": float(np.mean(areas))}


def curve(
    ranked_folds: Sequence[Fold], first: Counts, second: Counts
) -> dict[str, NDArray[np.float64]]:
    """Compute which share of generated events passes where `EFFICIENCIES` of real ones do."""
    both = np.concatenate([first, second])
    rates = [r.roc(both[rows]).false_positive_rate(EFFICIENCIES) for rows, r in ranked_folds]
    return {"false_positive_rate": np.asarray(np.mean(rates, axis=0))}
