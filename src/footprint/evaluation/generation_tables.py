"""The tables behind the figures of generated events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.evaluation import several_observables as several
from footprint.evaluation import two_sample
from footprint.evaluation.bootstrap import (
    Counts,
    Sampled,
    bootstrap_of_two,
    effective_events,
    mean,
)
from footprint.evaluation.classification import EFFICIENCIES
from footprint.evaluation.generation_pictures import pictures, pictures_by_epoch
from footprint.evaluation.generators import REAL, TRAINING, Generators
from footprint.evaluation.judge import Judged
from footprint.evaluation.lateral import Rings
from footprint.evaluation.marks import EXACT
from footprint.evaluation.metrics import number
from footprint.evaluation.moments import Floats
from footprint.evaluation.shares import density_error, share_band
from footprint.evaluation.two_distributions import ks_probability
from footprint.files.predictions import Predictions

BINS = (12, 30)
"""Of histograms; fewer where there are few events."""
SHOWN = (0.002, 0.998)
"""Quantiles of the real events between which observables are shown."""
MOST_CORRELATED = 30
"""Observables between which correlations are listed."""

Row = dict[str, Any]


def tables(
    generators: Generators, settings: Evaluation, judged: Judged, answers: Sequence[Predictions]
) -> dict[str, pd.DataFrame]:
    """Make all tables of a generator.

    Returns
    -------
    dict of str to DataFrame
        By file name: ``observable_distances.csv``; ``observables.csv``, histograms;
        ``lateral.csv``, ``correlations.csv``, ``two_sample_roc.csv``, ``pictures.csv`` and
        ``pictures_by_epoch.csv`` where there are such. The column ``sample`` says whose events a
        row is of: ``real``, or a method; of several trainings the mean.
    """
    number_of = settings.bootstrap
    found = {
        "observable_distances": list(_distances(generators, judged)),
        "observables": list(_histograms(generators, number_of)),
        "lateral": list(_laterals(generators, number_of)),
        "correlations": list(_correlations(generators, number_of)),
        "two_sample_roc": list(_roc(generators, answers, number_of)),
        "pictures": pictures(generators),
        "pictures_by_epoch": pictures_by_epoch(generators),
    }
    return {f"{name}.csv": pd.DataFrame(rows) for name, rows in found.items() if rows}


def _distances(generators: Generators, judged: Judged) -> Iterator[Row]:
    """Say of each observable and method how far its distribution is from the real one."""
    for k, observable in enumerate(generators.observables):
        real = generators.real[:, k]
        sd = float(np.sqrt(several.variances(real[:, None], generators.real_weights)[0]))
        for method, others in generators.others.items():
            numbers, weights = judged.of(method), generators.weights(method)
            wasserstein, ks, chi2, ratio = (
                numbers[f"{name}_{observable.name}"]
                for name in ("wasserstein", "ks", "chi2", "variance_ratio")
            )
            known = [np.isfinite(real), np.isfinite(others.tables[0][:, k])]
            yield {
                "method": method,
                "observable": observable.name,
                "label": observable.label,
                "units": observable.units,
                "wasserstein": number(float(wasserstein.value) * sd),
                "wasserstein_error": number(float(wasserstein.error) * sd),
                "wasserstein_sd": number(float(wasserstein.value)),
                "wasserstein_sd_error": number(float(wasserstein.error)),
                "ks": number(float(ks.value)),
                "ks_error": number(float(ks.error)),
                "ks_probability": number(
                    ks_probability(float(ks.value), weights[0][known[0]], weights[1][known[1]])
                ),
                "chi2": number(float(chi2.value)),
                "chi2_error": number(float(chi2.error)),
                "variance_ratio": number(float(ratio.value)),
                "variance_ratio_error": number(float(ratio.error)),
            }


def edges_of(values: Floats, others: Sequence[Floats] = ()) -> Floats:
    """Choose bins of equal width for an observable; of whole numbers bins hold whole ones.

    They hold nearly all real events, and reach no further than to the extremes of any sample.
    """
    known = values[np.isfinite(values)]
    low, high = (float(edge) for edge in np.quantile(known, SHOWN))
    if not low < high:
        low, high = float(known.min()), float(known.max())
    reach = 0.1 * (high - low)
    everyone = np.concatenate([known, *(other[np.isfinite(other)] for other in others)])
    bins = int(np.clip(np.sqrt(known.size) / 2, *BINS))
    low = max(low - reach, float(everyone.min()))
    high = min(high + reach, float(everyone.max()))
    if (known == np.round(known)).all():
        width = max(1, int(np.ceil((high - low) / bins)))
        return np.arange(np.floor(low), np.ceil(high) + width + 0.5, width) - 0.5
    return np.linspace(low, high, bins + 1)


def _histograms(generators: Generators, resamplings: int) -> Iterator[Row]:
    """Give the distribution of each observable in real and other events, and their ratio."""
    for k, observable in enumerate(generators.observables):
        column = generators.real[:, k]
        made = [table[:, k] for table in generators.others[generators.experiment].tables]
        edges = edges_of(column, made)
        about = {"variable": observable.group, "observable": observable.name}
        about |= {"label": observable.label, "units": observable.units}

        def densities(
            training: Floats, real: Floats = column, edges: Floats = edges, k: int = k
        ) -> "MeasureOfArrays":
            places = [_place(real, edges), _place(training[:, k], edges)]
            return partial(_density, places, np.diff(edges))

        for sample, found in _of_all(generators, densities, resamplings):
            events = effective_events(
                generators.weights(_owner(generators, sample))[sample != REAL]
            )
            errors = density_error(found["other"], np.diff(edges), events)
            yield from _in_bins({"sample": sample, **about}, found, edges, ("density", errors))


MeasureOfArrays = Callable[[Counts, Counts], dict[str, Floats]]


def _place(values: Floats, edges: Floats) -> Any:
    """Find the bin of each value, shape (n,); what is in none gets the number after the last."""
    bins = len(edges) - 1
    place = np.searchsorted(edges, values, side="right") - 1
    place = np.where(values == edges[-1], bins - 1, place)
    return np.where((place >= 0) & (place < bins) & np.isfinite(values), place, bins)


def _density(
    places: Sequence[Any], widths: Floats, first: Counts, second: Counts
) -> dict[str, Floats]:
    shares = [
        np.bincount(place, counts, minlength=len(widths) + 1)[: len(widths)] / counts.sum() / widths
        for place, counts in zip(places, (first, second), strict=True)
    ]
    return {"real": shares[0], "other": shares[1], **_ratio(shares[1], shares[0])}


def _ratio(other: Floats, real: Floats) -> dict[str, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"ratio": np.where(real > 0, other / real, np.nan)}


def _of_all(
    generators: Generators,
    prepare: Callable[..., MeasureOfArrays],
    resamplings: int,
    of: Callable[[str, int], Any] | None = None,
) -> Iterator[tuple[str, dict[str, Sampled]]]:
    """Measure real events first, then each method, of several trainings the mean."""
    for place, (method, others) in enumerate(generators.others.items()):
        several_ = [
            bootstrap_of_two(
                prepare(others.tables[training] if of is None else of(method, training)),
                (generators.events, others.events),
                resamplings,
                (generators.first.weight, others.weight),
            )
            for training in range(len(others.tables))
        ]
        found = {key: mean([one[key] for one in several_]) for key in several_[0]}
        if place == 0:
            nothing = Sampled(found["ratio"].value * np.nan, found["ratio"].replicas * np.nan)
            yield REAL, {"real": found["real"], "other": found["real"], "ratio": nothing}
        yield method, found


def _in_bins(
    about: Row, found: Mapping[str, Sampled], edges: Floats, named: tuple[str, Floats]
) -> Iterator[Row]:
    """Make a row a bin; a ratio without an error, as to a single real event, is left out."""
    quantity, errors = named
    value, ratio = found["other"], found["ratio"]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio_errors = np.where(ratio.value == 0, errors / found["real"].value, ratio.error)
    known = np.isfinite(ratio_errors) & (ratio_errors > 0)
    for k in range(len(edges) - 1):
        yield about | {
            "low": float(edges[k]),
            "high": float(edges[k + 1]),
            quantity: float(value.value[k]),
            "error": float(errors[k]),
            "ratio": number(float(ratio.value[k])) if known[k] else None,
            "ratio_error": number(float(ratio_errors[k])) if known[k] else None,
        }


def _owner(generators: Generators, sample: str) -> str:
    return generators.experiment if sample == REAL else sample


def _laterals(generators: Generators, resamplings: int) -> Iterator[Row]:
    """Give the mean signal in rings about the centre of gravity."""
    for lateral in generators.lateral:
        about = {"variable": lateral.array, "units": lateral.units}
        about["distance_units"] = lateral.grid.units

        def arrays(method: str, training: int) -> Any:
            return generators.others[method].arrays[training]

        def profiles(others: Any, lateral: Any = lateral) -> MeasureOfArrays:
            return partial(_profile, lateral.real, lateral.of(others))

        for sample, found in _of_all(generators, profiles, resamplings, arrays):
            named = ("signal", found["other"].error)
            yield from _in_bins({"sample": sample, **about}, found, lateral.edges, named)


def _profile(real: Rings, other: Rings, first: Counts, second: Counts) -> dict[str, Floats]:
    found = real.profile(first), other.profile(second)
    return {"real": found[0], "other": found[1], **_ratio(found[1], found[0])}


def _correlations(generators: Generators, resamplings: int) -> Iterator[Row]:
    """List the correlation coefficients of real and of other events, and their difference."""
    used = np.flatnonzero(np.isfinite(generators.real).mean(axis=0) >= several.KNOWN)
    used = used[:MOST_CORRELATED]
    if len(used) <= 1:
        return
    labels = [generators.observables[k].label for k in used]

    def matrices(table: Floats) -> MeasureOfArrays:
        parts = [part[:, used] for part in (generators.real, table)]
        complete = [np.isfinite(part).all(axis=1) for part in parts]

        def measure(first: Counts, second: Counts) -> dict[str, Floats]:
            real, other = (
                several.correlations(several.moments(part[there], counts[there])[1])
                for part, counts, there in zip(parts, (first, second), complete, strict=True)
            )
            return {"real": real, "other": other, "ratio": other - real}

        return measure

    for sample, found in _of_all(generators, matrices, resamplings):
        if sample not in {REAL, generators.experiment, TRAINING}:
            continue
        value, difference = found["other"], found["ratio"]
        errors, difference_errors = value.error, difference.error
        for i, first in enumerate(labels):
            for j, second in enumerate(labels):
                yield {
                    "sample": sample,
                    "first": first,
                    "second": second,
                    "correlation": number(float(value.value[i, j])),
                    "error": number(float(errors[i, j])),
                    "mark": EXACT if i == j else "",
                    "difference": number(float(difference.value[i, j])),
                    "difference_error": number(float(difference_errors[i, j])),
                }


def _roc(generators: Generators, answers: Sequence[Predictions], resamplings: int) -> Iterator[Row]:
    """Give the ROC curve of the two-sample test, mean over the trainings of the generator."""
    if not answers:
        return
    weight = generators.first.weight
    found = [
        bootstrap_of_two(
            partial(two_sample.curve, two_sample.folds(answer)),
            (generators.events, generators.events),
            resamplings,
            (weight, weight),
        )["false_positive_rate"]
        for answer in answers
    ]
    curve = mean(found)
    low, high = share_band(curve, effective_events(generators.real_weights))
    for k, efficiency in enumerate(EFFICIENCIES):
        yield {
            "method": generators.experiment,
            "signal_efficiency": float(efficiency),
            "false_positive_rate": float(curve.value[k]),
            "low": float(low[k]),
            "high": float(high[k]),
        }
