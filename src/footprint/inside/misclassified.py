"""The worst errors among predictions: classes confidently wrong, values far from the truth."""

import numpy as np
from numpy.typing import NDArray

from footprint.files.predictions import Predictions


def worst(predictions: Predictions, count: int, *, log: bool = False) -> NDArray[np.intp]:
    """Choose the worst errors.

    Parameters
    ----------
    predictions
        Of the test split.
    count
        How many, at most.
    log
        Judge the ratio of prediction and truth instead of their difference.

    Returns
    -------
    ndarray of int
        Rows, the worst first: wrong classes by falling probability, values by falling distance
        from the truth, directions by falling angle. Truths that are NaN are left out.
    """
    truth, said = predictions.truth, predictions.prediction.astype(np.float64)
    if predictions.task == "classification":
        badness = np.where(said.argmax(axis=1) != truth, said.max(axis=1), np.nan)
    elif predictions.task == "direction":
        badness = -np.sum(said * truth, axis=-1)
    elif log:
        with np.errstate(invalid="ignore", divide="ignore"):
            badness = np.abs(np.log(said / truth))
    else:
        badness = np.abs(said - truth)
        if badness.ndim > 1:
            badness = np.linalg.norm(badness, axis=-1)
    order = np.argsort(-badness, kind="stable")
    return order[np.isfinite(badness[order])][:count]
