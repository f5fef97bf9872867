"""The numbers by which other events are compared with real ones, as measures of resamplings.

Every function prepares what does not change and returns numbers by name, given how often each
real event and each of the others counts.
"""

from collections.abc import Callable, Sequence

import numpy as np

from footprint.evaluation import several_observables as several
from footprint.evaluation.bootstrap import Counts, effective_events
from footprint.evaluation.generators import Generators, Others
from footprint.evaluation.lateral import Lateral, Rings
from footprint.evaluation.moments import Floats
from footprint.evaluation.observables import Arrays
from footprint.evaluation.two_distributions import pair

MeasureOfTwo = Callable[[Counts, Counts], dict[str, float]]
GROUPS = 20
"""Groups of events that the jackknife leaves out in turn."""
COLLAPSED = 0.1
"""A variance below this part of that of real events is a collapse of the generator."""


def of_observables(
    generators: Generators, table: Floats, weights: tuple[Floats, Floats]
) -> MeasureOfTwo:
    """Prepare the distances of all observables.

    Parameters
    ----------
    generators
        With the real events.
    table
        Observables of the others, shape (m, observables).
    weights
        Of the real and of the other events.

    Returns
    -------
    MeasureOfTwo
        ``mean_wasserstein`` and ``largest_wasserstein`` over all observables that both have; for
        each of them
        ``wasserstein_<name>`` in standard deviations of the real events, ``ks_<name>``,
        ``chi2_<name>`` per degree of freedom, and ``variance_ratio_<name>``.
    """
    names = [entry.name for entry in generators.observables]
    pairs = [pair(generators.real[:, k], table[:, k], weights) for k in range(len(names))]

    def measure(first: Counts, second: Counts) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, both in zip(names, pairs, strict=True):
            wasserstein, ks = both.wasserstein_and_ks(first, second)
            found[f"wasserstein_{name}"] = wasserstein / both.sd
            found[f"ks_{name}"] = ks
            found[f"chi2_{name}"] = both.chi_squared(first, second)
        distances = [found[f"wasserstein_{name}"] for name in names]
        there = [distance for distance in distances if np.isfinite(distance)] or [np.nan]
        ratios = several.variances(table, second) / several.variances(generators.real, first)
        return {
            "mean_wasserstein": float(np.mean(there)),
            "largest_wasserstein": float(np.max(there)),
            **found,
            **{f"variance_ratio_{n}": float(r) for n, r in zip(names, ratios, strict=True)},
        }

    return measure


def together(generators: Generators, table: Floats) -> MeasureOfTwo:
    """Prepare what needs several observables at once.

    Returns
    -------
    MeasureOfTwo
        ``frechet_distance``, squared, of the observables in standard deviations of the real
        events; and ``correlation_difference``, the largest between two correlation coefficients.
        Of events that have all observables which most real events have.
    """
    used = np.isfinite(generators.real).mean(axis=0) >= several.KNOWN
    complete = [np.isfinite(part[:, used]).all(axis=1) for part in (generators.real, table)]
    real = generators.real[complete[0]][:, used]
    scale = real.std(axis=0) if len(real) else np.ones(int(used.sum()))
    scale = np.where(scale > 0, scale, 1.0)
    parts = [real / scale, table[complete[1]][:, used] / scale]

    def measure(first: Counts, second: Counts) -> dict[str, float]:
        found = [
            several.moments(part, counts[there])
            for part, counts, there in zip(parts, (first, second), complete, strict=True)
        ]
        between = several.correlations(found[0][1]) - several.correlations(found[1][1])
        return {
            "frechet_distance": several.frechet(*found),
            "correlation_difference": float(np.abs(between).max()) if between.size else 0.0,
        }

    return measure


def of_laterals(
    lateral: Sequence[Lateral], arrays: Arrays, weights: tuple[Floats, Floats]
) -> MeasureOfTwo:
    """Prepare the comparison of the lateral distributions as a whole.

    Parameters
    ----------
    lateral, arrays
        Of which arrays, and those of the other events.
    weights
        Of the real and of the other events.

    Returns
    -------
    MeasureOfTwo
        ``lateral_chi2_<array>``: Hotelling's T^2 of the mean signals of all rings over the number
        of rings, which knows how those of one event go together; about 1 for the same
        distribution.
    """
    prepared = {entry.array: _hotelling(entry.real, entry.of(arrays), weights) for entry in lateral}

    def measure(first: Counts, second: Counts) -> dict[str, float]:
        return {f"lateral_chi2_{name}": of(first, second) for name, of in prepared.items()}

    return measure


def _hotelling(
    real: Rings, other: Rings, weights: tuple[Floats, Floats]
) -> Callable[[Counts, Counts], float]:
    """Prepare the squared difference of two means over its covariance, and over its rank.

    Hotelling, Ann. Math. Statist. 2 (1931) 360.
    """
    parts = (real.signal, other.signal)
    total = sum(
        several.moments(part, weight)[1] / max(effective_events(weight), 1.0)
        for part, weight in zip(parts, weights, strict=True)
    )
    if not np.isfinite(total).all():
        return lambda _, __: float("nan")
    rank = max(int(np.linalg.matrix_rank(total, hermitian=True)), 1)
    inverse = np.linalg.pinv(total, hermitian=True)

    def of(first: Counts, second: Counts) -> float:
        means = [c @ part / c.sum() for part, c in zip(parts, (first, second), strict=True)]
        difference = means[0] - means[1]
        return float(difference @ inverse @ difference) / rank

    return of


def of_conditions(generators: Generators, table: Floats) -> MeasureOfTwo | None:
    """Prepare the variance ratios of what the conditions do not explain; None without conditions.

    A generator that ignores its random numbers makes one event for each condition: the variance
    over all conditions may be right, that at given conditions is not.

    Returns
    -------
    MeasureOfTwo
        ``conditional_variance_ratio_<name>``, of the residuals of a polynomial of second degree
        in the conditions.
    """
    samples = generators.first
    parts = [array.reshape(len(array), -1) for array in samples.conditions.values()]
    if not parts:
        return None
    conditions = np.concatenate(parts, axis=1).astype(np.float64)
    if conditions.shape[1] > several.MOST_CONDITIONS or not np.isfinite(conditions).all():
        return None
    weights = generators.real_weights
    rest = [several.unexplained(part, conditions, weights) for part in (generators.real, table)]
    # What the conditions determine has nothing left that could collapse.
    total = several.variances(generators.real, weights)
    left = several.variances(rest[0], weights) > several.CELL**2 * total
    real, other = (part[:, left] for part in rest)
    names = [n.name for n, there in zip(generators.observables, left, strict=True) if there]

    def measure(first: Counts, second: Counts) -> dict[str, float]:
        ratios = several.variances(other, second) / several.variances(real, first)
        return {
            f"conditional_variance_ratio_{name}": float(ratio)
            for name, ratio in zip(names, ratios, strict=True)
        }

    return measure


def diversity(generators: Generators, others: Others, training: int) -> tuple[float, float]:
    """Compute how many events differ, relative to real ones; see `several_observables.distinct`.

    Resampled events repeat themselves, so the error is that of the jackknife: each of `GROUPS`
    groups of events is left out in turn (Efron, SIAM CBMS 38 (1982), ch. 3).

    Returns
    -------
    tuple of float
        The ratio and its error; NaN with fewer events than groups.
    """
    sd = np.nanstd(generators.real, axis=0)
    tables = (others.tables[training], generators.real)

    def ratio(without: int | None = None) -> float:
        parts = [table[np.arange(len(table)) % GROUPS != without] for table in tables]
        made, real = (several.distinct(part, sd) / len(part) for part in parts)
        return made / real

    value = ratio()
    if min(map(len, tables)) < 2 * GROUPS:
        return value, float("nan")
    return value, float(np.sqrt((GROUPS - 1) * np.var([ratio(k) for k in range(GROUPS)])))
