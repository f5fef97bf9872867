"""Learnt densities: how likely they find the test events, and how likely these truly are."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation
from footprint.errors import DataError, suggest
from footprint.evaluation.against import averaged
from footprint.evaluation.bins import Bin, equal_population, in_bins
from footprint.evaluation.bootstrap import Measure, bootstrap
from footprint.evaluation.posterior import averages
from footprint.files.samples import Samples

Wide = NDArray[np.float64]
TRUTH = "truth"
"""Name of the method that knows the true density, an oracle."""
SHOWN = 2000
"""Events that are shown one by one."""


def check(samples: Samples, settings: Evaluation, path: Path) -> None:
    """Refuse samples without the true density that is asked for, or with one that is none.

    Raises
    ------
    DataError
        With what was found.
    """
    name = settings.true_log_density
    if name is None:
        return
    if name not in samples.spectators:
        msg = (
            f"evaluation.true_log_density names '{name}', which {path} does not have; "
            f"{suggest(name, samples.spectators)}"
        )
        raise DataError(msg)
    if samples.log_density is None:
        msg = f"{path} has no log_density to compare with '{name}': predict again with a flow"
        raise DataError(msg)
    true = samples.spectators[name]
    bad = int(np.count_nonzero(~np.isfinite(true)))
    if bad or true.size != samples.events:
        msg = (
            f"{path}: spectator '{name}' has {bad} values that are not finite and shape "
            f"{true.shape}, expected the logarithm of a density for each of {samples.events} events"
        )
        raise DataError(msg)


def measures(samples: Samples, settings: Evaluation) -> Measure:
    """Prepare the numbers of a learnt density; none where it is not known.

    Returns
    -------
    Measure
        ``log_likelihood``, the mean logarithm of the learnt density of the real test events, in
        nat, per unit of the variables before they are normalised; and where the true density is
        known, ``log_likelihood_gap``, by how much it is below that of the truth event by event:
        an estimate of the Kullback-Leibler divergence of the learnt density from the truth, which
        is 0 at best.
    """
    if samples.log_density is None:
        return lambda _: {}
    learnt = samples.log_density.astype(np.float64)
    columns = {"log_likelihood": learnt}
    true = _true(samples, settings)
    if true is not None:
        columns["log_likelihood_gap"] = true - learnt
    return averages(columns)


def true_measures(samples: Samples, settings: Evaluation) -> Measure:
    """Prepare ``log_likelihood`` of the true density, the most that any method can reach.

    It belongs to the method `TRUTH`, an oracle. None where it is not known.
    """
    true = _true(samples, settings)
    return averages({} if true is None else {"log_likelihood": true})


def _true(samples: Samples, settings: Evaluation) -> Wide | None:
    name = settings.true_log_density
    if name is None or name not in samples.spectators:
        return None
    return np.asarray(samples.spectators[name].reshape(samples.events), dtype=np.float64)


def tables(trainings: Sequence[Samples], settings: Evaluation) -> dict[str, pd.DataFrame]:
    """Make the tables of a learnt density beside the true one; none where that is not known.

    Parameters
    ----------
    trainings
        Samples of all trainings of one experiment, of the same events in the same order.
    settings
        Which spectator is the true density; number of resamplings and bins.

    Returns
    -------
    dict of str to DataFrame
        By file name: ``log_density.csv``, the mean learnt logarithm and its distance to the truth
        in bins of the truth, as the mean over the trainings; ``log_density_points.csv``, some
        events of the first training one by one.
    """
    first = trainings[0]
    true = _true(first, settings)
    if true is None or any(entry.log_density is None for entry in trainings):
        return {}
    bins = equal_population(true, settings.bins)
    number, weight = settings.bootstrap, first.weight
    found = averaged(
        [
            bootstrap(_in_bins(entry, true, bins), first.events, number, weight)
            for entry in trainings
        ]
    )
    errors = {name: sampled.error for name, sampled in found.items()}
    rows = [
        {
            "method": first.method,
            "low": entry.low,
            "high": entry.high,
            "true": entry.centre,
            **{name: float(sampled.value[k]) for name, sampled in found.items()},
            **{f"{name}_error": float(errors[name][k]) for name in found},
            "events": len(entry.members),
        }
        for k, entry in enumerate(bins)
    ]
    return {
        "log_density.csv": pd.DataFrame(rows),
        "log_density_points.csv": _points(first, true),
    }


def _in_bins(samples: Samples, true: Wide, bins: Sequence[Bin]) -> Measure:
    learnt = np.asarray(samples.log_density, dtype=np.float64)

    def of_bin(rows: NDArray[np.intp]) -> Measure:
        return averages({"learnt": learnt[rows], "gap": (true - learnt)[rows]})

    return in_bins(bins, of_bin)


def _points(samples: Samples, true: Wide) -> pd.DataFrame:
    """List the first events, with their variables where each is a single number."""
    rows = slice(SHOWN)
    places = {
        name: values.reshape(samples.events)[rows]
        for name, values in samples.real.arrays.items()
        if values.size == samples.events and name not in {"event_id", "true", "learnt"}
    }
    learnt = np.asarray(samples.log_density, dtype=np.float64)
    own = {"event_id": samples.event_id[rows], "true": true[rows], "learnt": learnt[rows]}
    return pd.DataFrame({**own, **places})
