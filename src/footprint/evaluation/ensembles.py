"""Ensembles: what several trained networks say of the same events, averaged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from footprint.config.ensembles import SEED, Ensemble
from footprint.errors import DataError
from footprint.evaluation.alignment import common_weight, read_aligned
from footprint.evaluation.uncertainty import combined_sigma
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions

_SHORTEST = 1e-6
"""Length of a mean of unit vectors below which it points nowhere."""


def combine(name: str, ensemble: Ensemble, files: Mapping[str, Sequence[Path]]) -> Predictions:
    """Average the predictions of all members for the same events.

    Parameters
    ----------
    name, ensemble
        Name and configuration of the ensemble.
    files
        By member, the prediction files of one target, one for each seed.

    Returns
    -------
    Predictions
        Truth, spectators and weights are those of the first member. The seeds of a member share
        its weight. Draws are left out: the mean of several networks' draws is no draw. Predicted
        uncertainties become that of the mean.

    Raises
    ------
    FileFormatError
        A file is missing or not of predictions.
    DataError
        A member has no files, the members do not speak of the same events, target or classes, or
        directions cancel.
    """
    empty = [member for member in ensemble.members if not files.get(member)]
    if empty:
        msg = f"ensemble '{name}': no prediction files of {', '.join(empty)}: predict with them"
        raise DataError(msg)
    pairs = [
        (path, ensemble.weights.get(member, 1.0) / len(files[member]))
        for member in ensemble.members
        for path in files[member]
    ]
    paths = [path for path, _ in pairs]
    aligned = read_aligned(paths)
    weights = [weight for _, weight in pairs]
    mean = averaged(aligned, weights, geometric=ensemble.mean == "geometric")
    return replace(
        mean,
        method=name,
        seed=SEED,
        prediction=mean.prediction.astype(np.float32),
        sigma=None if mean.sigma is None else mean.sigma.astype(np.float32),
        weight=common_weight(aligned, paths),
        config=ensemble.model_dump_json(),
    )


def averaged(
    predictions: Sequence[Predictions], weights: Sequence[float], *, geometric: bool = False
) -> Predictions:
    """Average predictions of the same events, and their uncertainties where all have them.

    All else is that of the first; draws are left out.

    Raises
    ------
    DataError
        The directions of an event cancel.
    """
    mean = mean_of(predictions, weights, geometric=geometric)
    sigma = combined_sigma(predictions, weights, mean)
    return replace(
        predictions[0].without_posterior(),
        prediction=mean,
        sigma=sigma,
        log=all(entry.log for entry in predictions),
    )


def mean_of(
    predictions: Sequence[Predictions], weights: Sequence[float], *, geometric: bool = False
) -> Array:
    """Average predictions of the same events in the same order.

    Parameters
    ----------
    predictions
        Of one task.
    weights
        How much each counts.
    geometric
        Multiply probabilities instead of adding them, and bring their sum to 1: the mean of the
        logarithms, so that one network that is sure a class is wrong can rule it out. What no
        floating-point number can tell from 0 counts as the smallest of single precision.

    Returns
    -------
    ndarray of float64
        In the shape of the predictions. Directions are unit vectors: each is brought to length 1
        before it is added, as is the sum.

    Raises
    ------
    DataError
        The directions of an event cancel.
    """
    values = np.stack([entry.prediction.astype(np.float64) for entry in predictions])
    if geometric:
        logarithms = np.log(np.maximum(values, np.finfo(np.float32).tiny))
        mean = np.average(logarithms, axis=0, weights=weights)
        product = np.exp(mean - mean.max(axis=-1, keepdims=True))
        return np.asarray(product / product.sum(axis=-1, keepdims=True))
    if predictions[0].task != "direction":
        return np.asarray(np.average(values, axis=0, weights=weights))
    units = values / np.linalg.norm(values, axis=-1, keepdims=True)
    mean = np.average(units, axis=0, weights=weights)
    length = np.linalg.norm(mean, axis=-1, keepdims=True)
    nowhere = np.count_nonzero(length < _SHORTEST)
    if nowhere:
        names = ", ".join(dict.fromkeys(entry.method for entry in predictions))
        msg = (
            f"the directions that {names} predict cancel in {nowhere} of {len(length)} events, "
            f"their mean points nowhere: leave one out, or give them different weights"
        )
        raise DataError(msg)
    return np.asarray(mean / length)


def is_ensemble(predictions: Predictions) -> bool:
    """Tell whether predictions are the mean of those of several experiments."""
    return "members" in json.loads(predictions.config)
