"""All observables together: means, covariances, and what becomes of a generator's variety."""

import numpy as np
from numpy.typing import NDArray

from footprint.evaluation.bootstrap import Counts

Floats = NDArray[np.float64]
CELL = 0.1
"""Events that agree in all observables within cells of so many standard deviations are the same."""
KNOWN = 0.9
"""Share of the real events that must have an observable, or it is left out where all are needed."""
MOST_CONDITIONS = 32
"""More values than these are not fitted."""


def moments(table: Floats, counts: Counts) -> tuple[Floats, Floats]:
    """Compute mean and covariance of the rows that are complete.

    Parameters
    ----------
    table
        Shape (n, k); rows with NaN do not count.
    counts
        How often each row counts, shape (n,).

    Returns
    -------
    tuple of ndarray
        Shapes (k,) and (k, k), of the distribution itself: divided by the number of events.
    """
    weights = np.asarray(counts, dtype=np.float64)
    total = weights.sum()
    if total <= 0:
        size = table.shape[1]
        return np.full(size, np.nan), np.full((size, size), np.nan)
    mean = weights @ table / total
    away = table - mean
    return mean, (away * weights[:, None]).T @ away / total


def frechet(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float:
    """Compute the squared Frechet distance of two normal distributions.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2); Dowson and Landau, J. Multivar. Anal. 12
    (1982) 450.

    Parameters
    ----------
    first, second
        Means (k,) and covariances (k, k).
    """
    (mean, covariance), (other_mean, other) = first, second
    if not all(np.isfinite(part).all() for part in (*first, *second)):
        return float("nan")
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    mixed = np.linalg.eigvalsh(root @ other @ root)
    trace = np.trace(covariance) + np.trace(other) - 2 * np.sqrt(np.maximum(mixed, 0.0)).sum()
    # Of equal distributions rounding leaves less than nothing.
    return float(((mean - other_mean) ** 2).sum() + max(trace, 0.0))


def correlations(covariance: Floats) -> Floats:
    """Turn covariances into correlations; 0 where something does not vary."""
    sd = np.sqrt(np.diag(covariance))
    scale = np.outer(sd, sd)
    found = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def distinct(table: Floats, sd: Floats) -> int:
    """Count events that differ by more than rounding in some observable.

    Parameters
    ----------
    table
        Observables, shape (n, k).
    sd
        Standard deviations of the real events, shape (k,).
    """
    cells = np.floor(np.nan_to_num(table / sd, nan=1e6) / CELL).astype(np.int64)
    return len(np.unique(cells, axis=0))


def unexplained(table: Floats, conditions: Floats, weights: Floats) -> Floats:
    """Take from observables what a polynomial of second degree in the conditions explains.

    Parameters
    ----------
    table
        Observables, shape (n, k); NaN where an event has none.
    conditions
        Shape (n, c), without NaN.
    weights
        How much each event counts, shape (n,).

    Returns
    -------
    ndarray, shape (n, k)
        Residuals of a least-squares fit.
    """
    spread = conditions.std(axis=0)
    scaled = (conditions - conditions.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(table)), scaled, scaled**2])
    rest = np.full_like(table, np.nan)
    for column in range(table.shape[1]):
        known = np.isfinite(table[:, column])
        root = np.sqrt(weights[known])
        fit, *_ = np.linalg.lstsq(
            design[known] * root[:, None], table[known, column] * root, rcond=None
        )
        rest[known, column] = table[known, column] - design[known] @ fit
    return rest


def variances(table: Floats, counts: Counts) -> Floats:
    """Compute the variance of each column over the events that have it, shape (k,)."""
    weights = np.where(np.isfinite(table), np.asarray(counts, dtype=np.float64)[:, None], 0.0)
    values = np.nan_to_num(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weights * values).sum(axis=0) / weights.sum(axis=0)
        return np.asarray((weights * (values - mean) ** 2).sum(axis=0) / weights.sum(axis=0))
