"""The simple methods that are fitted: linear models and boosted trees, chosen for speed.

Each fit takes columns and answers of the training and the validation split and returns a
function of columns. Classification answers with probabilities of the classes that were seen.
"""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error

INVERSE_PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
"""Logistic regression: C of scikit-learn, the strongest penalty first."""
PENALTIES = (1e5, 1e3, 1e1, 1e-1)
"""Ridge: alpha of scikit-learn, the strongest penalty first."""
LINEAR_STEPS = 60
"""Largest number of steps of a logistic regression."""


class Trees(NamedTuple):
    """How boosted trees grow.

    Attributes
    ----------
    iterations
        Largest number of steps.
    learning_rate
        Share of each tree in the sum.
    leaves
        Most leaves of a tree.
    bins
        Borders at which a column may be cut.
    patience
        Steps without a better validation loss after which boosting stops.
    penalty
        Strength of the L2 penalty on the leaves' values.
    """

    iterations: int
    learning_rate: float
    leaves: int
    bins: int
    patience: int
    penalty: float


FOR_INPUTS = Trees(100, learning_rate=0.2, leaves=8, bins=63, patience=5, penalty=0.0)
"""For thousands of columns: 100 steps learn about as much as default ones, in half the time."""
FOR_FEATURES = Trees(1500, learning_rate=0.05, leaves=15, bins=255, patience=30, penalty=1.0)
"""For tens of columns that each mean something."""

Columns = NDArray[np.floating[Any]]
Answers = NDArray[Any]
Model = Callable[[Columns], Answers]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sample:
    """Columns (n, columns) and answers: class numbers or values (n,), or coordinates (n, d).

    And how much each event counts (n,); None where all count alike.
    """

    columns: Columns
    answers: Answers
    weights: Answers | None = None


def linear(train: Sample, validation: Sample, *, classes: bool) -> Model:
    """Fit logistic or ridge regression; the penalty falls while that helps on validation.

    The columns must be of order 1. NaN counts as 0, which is the mean of a normalised input.
    """
    inside = _finite(train.columns)
    outside = _finite(validation.columns)
    best, strength, loss = None, 0.0, np.inf
    for candidate in INVERSE_PENALTIES if classes else PENALTIES:
        with warnings.catch_warnings():
            # Stopping early is one more penalty, and validation judges the result.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = _linear_model(candidate, classes=classes)
            model.fit(inside, train.answers, sample_weight=train.weights)
        found = _loss(model, outside, validation, classes=classes)
        if best is not None and found >= loss:
            break
        best, strength, loss = model, candidate, found
    assert best is not None  # noqa: S101 - there is a first candidate
    name = "logistic regression, C" if classes else "ridge regression, alpha"
    log.info("%s = %g, validation loss %.4g", name, strength, loss)
    answer = best.predict_proba if classes else best.predict
    return lambda columns: np.asarray(answer(_finite(columns)))


def linear_of_features(train: Sample, validation: Sample, *, classes: bool) -> Model:
    """Fit a linear model to columns in units of their own, brought to mean 0 and sd 1 first."""
    mean = np.nanmean(train.columns, axis=0, dtype=np.float64)
    sd = np.nanstd(train.columns, axis=0, dtype=np.float64)

    def normalised(columns: Columns) -> Columns:
        # In double precision: features that follow from each other would be singular otherwise.
        return np.asarray((columns - mean) / np.where(sd > 0, sd, 1.0))

    model = linear(
        replace(train, columns=normalised(train.columns)),
        replace(validation, columns=normalised(validation.columns)),
        classes=classes,
    )
    return lambda columns: model(normalised(columns))


def _linear_model(strength: float, *, classes: bool) -> Any:
    if classes:
        return LogisticRegression(C=strength, max_iter=LINEAR_STEPS)
    return Ridge(alpha=strength)


def _loss(model: Any, columns: Columns, sample: Sample, *, classes: bool) -> float:
    answers, weights = sample.answers, sample.weights
    if classes:
        chances = model.predict_proba(columns)
        return float(log_loss(answers, chances, labels=model.classes_, sample_weight=weights))
    return float(mean_squared_error(answers, model.predict(columns), sample_weight=weights))


def _finite(columns: Columns) -> Columns:
    return np.nan_to_num(columns, nan=0.0) if np.isnan(columns).any() else columns


def boosting(train: Sample, validation: Sample, *, classes: bool, trees: Trees) -> Model:
    """Fit boosted trees, a model a coordinate; the validation loss says when each stops."""
    if train.answers.ndim == 1:
        return _boosting(train, validation, classes=classes, trees=trees)
    models = [
        _boosting(
            replace(train, answers=train.answers[:, k]),
            replace(validation, answers=validation.answers[:, k]),
            classes=False,
            trees=trees,
        )
        for k in range(train.answers.shape[1])
    ]
    return lambda columns: np.stack([model(columns) for model in models], axis=1)


def _boosting(train: Sample, validation: Sample, *, classes: bool, trees: Trees) -> Model:
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(
        learning_rate=trees.learning_rate,
        max_leaf_nodes=trees.leaves,
        max_bins=trees.bins,
        l2_regularization=trees.penalty,
        max_iter=trees.iterations,
        early_stopping=True,
        n_iter_no_change=trees.patience,
        random_state=0,
    )
    model.fit(
        train.columns,
        train.answers,
        sample_weight=train.weights,
        X_val=validation.columns,
        y_val=validation.answers,
        sample_weight_val=validation.weights,
    )
    if model.n_iter_ < trees.iterations:
        log.info("boosting: %d of at most %d iterations", model.n_iter_, trees.iterations)
    else:
        log.warning(
            "boosting stopped at its limit of %d iterations: raise `iterations` until the "
            "validation loss stops it",
            trees.iterations,
        )
    answer = model.predict_proba if classes else model.predict
    return lambda columns: np.asarray(answer(columns))
