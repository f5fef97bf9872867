"""How well two kinds of events are separated, such as proton and iron showers.

The discriminant is a number that the second kind should have more of: the prediction of a
regression, or the logarithm of the ratio of two classes' predicted probabilities.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Separation
from footprint.evaluation.bootstrap import Counts, Measure
from footprint.evaluation.ranking import ranked
from footprint.files.predictions import Predictions

Chosen = NDArray[np.bool_]

FEWEST = 2
"""Events of each kind that a variance needs."""
ROUNDING = 1e-9
"""A spread below this part of the discriminant's size is rounding: all values are the same."""


def kinds(predictions: Predictions, asked: Separation) -> tuple[Chosen, Chosen]:
    """Tell which events are of the first and of the second kind, shape (n,) each."""
    if asked.spectator is None:
        numbers = [predictions.classes.index(str(name)) for name in asked.between]
        first, second = (predictions.truth == number for number in numbers)
        return first, second
    values = predictions.spectators[asked.spectator].reshape(len(predictions.truth))
    # 0.1 in YAML is not the 0.1 of a float32 array: compare in the array's own type.
    first, second = (values == np.asarray(value).astype(values.dtype) for value in asked.between)
    return first, second


def words(asked: Separation) -> str:
    """Name the two kinds: ``proton and iron``, ``mass_number 1 and 56``."""
    first, second = (f"{value:g}" if isinstance(value, float) else value for value in asked.between)
    return " ".join(filter(None, [asked.spectator, f"{first} and {second}"]))


def discriminant(predictions: Predictions, asked: Separation) -> NDArray[np.float64]:
    """Compute what the second kind should have more of, shape (n,)."""
    if asked.spectator is not None:
        return np.asarray(predictions.prediction, dtype=np.float64)
    columns = [predictions.classes.index(str(name)) for name in asked.between]
    smallest = float(np.finfo(np.float32).eps)
    chances = predictions.prediction[:, columns].astype(np.float64).clip(smallest, 1.0)
    return np.asarray(np.log(chances[:, 1] / chances[:, 0]))


def measures(predictions: Predictions, asked: Separation, rows: Any = slice(None)) -> Measure:
    """Prepare how well some events of two kinds are separated.

    Parameters
    ----------
    predictions, asked
        Which method, and which kinds.
    rows
        Which events; those of neither kind do not count.

    Returns
    -------
    Measure
        ``merit_factor``: the difference of the discriminant's means over the root of the sum of
        its variances, 0 where all values are the same; and ``separation_auc``, the chance that
        an event of the second kind has more of it. NaN without two events of each kind.
    """
    values = discriminant(predictions, asked)[rows]
    first, second = (kind[rows] for kind in kinds(predictions, asked))
    either = np.flatnonzero(first | second)
    ranking = ranked(values[either], second[either]) if either.size else None

    def measure(counts: Counts) -> dict[str, float]:
        events = [counts[kind] for kind in (first, second)]
        if ranking is None or min(map(_number, events)) < FEWEST:
            return {"merit_factor": float("nan"), "separation_auc": float("nan")}
        low, high = (
            _moments(values[kind], number)
            for kind, number in zip((first, second), events, strict=True)
        )
        return {
            "merit_factor": _merit(high[0] - low[0], low[1] + high[1], float(np.abs(values).max())),
            "separation_auc": ranking.roc(counts[either]).auc(),
        }

    return measure


def _number(counts: Counts) -> int:
    """Count what is drawn; of weighted events how many different ones count at all."""
    return int(np.count_nonzero(counts) if counts.dtype.kind == "f" else counts.sum())


def _moments(values: NDArray[np.float64], counts: Counts) -> tuple[float, float]:
    """Mean and variance."""
    mean = float(np.dot(counts, values) / counts.sum())
    return mean, float(np.dot(counts, (values - mean) ** 2) / counts.sum())


def _merit(difference: float, variance: float, size: float) -> float:
    if variance > (ROUNDING * size) ** 2:
        return difference / math.sqrt(variance)
    return math.copysign(math.inf, difference) if abs(difference) > ROUNDING * size else 0.0
