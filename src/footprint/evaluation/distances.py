"""Directions and positions: how far the prediction lies from the truth, as an angle or a length."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from footprint.evaluation.bins import Bin, in_bins
from footprint.evaluation.bootstrap import Counts, Measure, Values
from footprint.evaluation.quantiles import quantiles
from footprint.files.predictions import Predictions

SHARES = {"68": 0.68, "50": 0.50, "95": 0.95}
"""Shares of the events that lie within the quoted distances; the first is the headline."""
COORDINATES = "xyz"


def opening_angle(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Compute the angle between vectors in degrees, as exact for tiny angles as for large ones.

    The arcus cosine of the scalar product would lose angles below 1e-8 rad in double and 0.02 deg
    in single precision. Lengths do not matter.

    Parameters
    ----------
    a, b
        Vectors, shape (n, 3) each.

    Returns
    -------
    ndarray, shape (n,)
        From 0 to 180.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    sine = np.linalg.norm(np.cross(first, second), axis=-1)
    return np.asarray(np.degrees(np.arctan2(sine, np.sum(first * second, axis=-1))))


def zenith(vectors: ArrayLike) -> NDArray[np.float64]:
    """Compute the angle between vectors and the third axis in degrees, shape (n,)."""
    x, y, z = np.asarray(vectors, dtype=np.float64).T
    return np.asarray(np.degrees(np.arctan2(np.hypot(x, y), z)))


def distances(predictions: Predictions) -> NDArray[np.float64]:
    """Compute opening angles in degrees, or distances in the target's unit, shape (n,)."""
    if predictions.task == "direction":
        return opening_angle(predictions.prediction, predictions.truth)
    return np.asarray(np.linalg.norm(_difference(predictions), axis=-1))


def _difference(predictions: Predictions) -> NDArray[np.float64]:
    truth = predictions.truth.astype(np.float64)
    return np.asarray(predictions.prediction.astype(np.float64) - truth)


def name_of_distance(predictions: Predictions) -> str:
    """Name the distance of a task in metrics: ``angle`` or ``distance``."""
    return "angle" if predictions.task == "direction" else "distance"


def measures(predictions: Predictions) -> Measure:
    """Prepare the numbers of a direction or a position.

    Returns
    -------
    Measure
        Directions: ``angle_68``, ``angle_50`` and ``angle_95``, the opening angles within which
        so many per cent of the events lie, and ``zenith_bias``, the mean of predicted minus true
        zenith angle; all in degrees. Positions: ``distance_68``, ``distance_50``,
        ``distance_95`` likewise, and ``bias_x``, ``bias_y``, ..., the mean of predicted minus
        true coordinate; all in the target's unit.
    """
    contained = _containment(distances(predictions), name_of_distance(predictions))
    biases = _biases(predictions)
    return lambda counts: {
        **contained(counts),
        **{name: float(np.dot(counts, values) / counts.sum()) for name, values in biases.items()},
    }


def _biases(predictions: Predictions) -> dict[str, NDArray[np.float64]]:
    if predictions.task == "direction":
        return {"zenith_bias": zenith(predictions.prediction) - zenith(predictions.truth)}
    columns = _difference(predictions).T
    names = COORDINATES if len(columns) <= len(COORDINATES) else range(1, len(columns) + 1)
    return {f"bias_{name}": column for name, column in zip(names, columns, strict=False)}


def _containment(values: NDArray[np.float64], name: str) -> Measure:
    """Prepare the distances that hold `SHARES` of some events."""
    order = np.argsort(values, kind="stable")
    rising = values[order]

    def measure(counts: Counts) -> dict[str, float]:
        found = quantiles(rising, counts[order], list(SHARES.values()))
        return {f"{name}_{key}": float(value) for key, value in zip(SHARES, found, strict=True)}

    return measure


def containment(predictions: Predictions, bins: Sequence[Bin]) -> Measure:
    """Prepare ``distance_68``, ``distance_50`` and ``distance_95`` in bins, each (bins,)."""
    values = distances(predictions)
    return in_bins(bins, lambda rows: _containment(values[rows], "distance"))


def distribution(predictions: Predictions, edges: NDArray[np.float64]) -> Measure:
    """Prepare the distribution of the distances in bins whose edges grow by a factor.

    Returns
    -------
    Measure
        Each of shape (bins,): ``density``, the share of all events for each factor of ten in
        distance; and ``cumulative``, the share below the bin's upper edge.
    """
    values = distances(predictions)
    place = np.searchsorted(edges, values, side="right")  # 0: below all bins
    decades = np.diff(np.log10(edges))

    def measure(counts: Counts) -> dict[str, Values]:
        filled = np.bincount(place, weights=counts, minlength=len(edges) + 1) / counts.sum()
        return {
            "density": filled[1 : len(edges)] / decades,
            "cumulative": np.cumsum(filled)[1 : len(edges)],
        }

    return measure
