"""How far flattening brings all classes to one spectrum, in the training and the test split."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from footprint.config.weights import FLAT
from footprint.evaluation.bootstrap import effective_events
from footprint.files.datasets import Dataset, Split
from footprint.files.weighting import Flattening
from footprint.survey.datasets import EVENTS
from footprint.survey.datasets.rows import Rows
from footprint.survey.sums import Floats

SPLITS: tuple[Split, ...] = ("train", "test")


def tables(dataset: Dataset, rows: dict[Split, Rows]) -> dict[str, pd.DataFrame]:
    """Write the flattened spectra beside their goal, and how well they agree.

    Returns
    -------
    dict of str to DataFrame
        ``closure``: share of each class in the flattening's bins ``before`` and ``after``, with
        errors, and the ``goal``; the outermost bins hold what lies beyond. ``closure_tests``:
        chi2 of both against the goal, which knows that factors and goal come from a limited
        number of training events. The training split follows the goal by construction; the test
        split is independent of how the factors were found. Nothing without flattening.
    """
    flattening = dataset.weighting.flattening if dataset.weighting else None
    if flattening is None:
        return {}
    classes = dataset.classes(flattening.target)
    goal = _goal(dataset, flattening, rows["train"])
    units = dataset.spec("spectators", flattening.array).units
    about = {"target": flattening.target, "spectator": flattening.array, "units": units}
    trained = _trained(dataset, flattening, rows["train"])
    found: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    for split in SPLITS:
        own = rows[split]
        numbers = own.read(dataset, "targets", flattening.target)
        bins = flattening.bins(own.read(dataset, "spectators", flattening.array))
        for number, name in enumerate(classes):
            chosen = numbers == number
            place = {**about, "split": split, "class": name}
            shares, errors = {}, {}
            judged = effective_events(own.before[chosen])
            variances = _expected(goal, flattening.factors[number], judged, trained[name])
            for when, weight in (("before", own.before[chosen]), ("after", own.after[chosen])):
                shares[when], errors[when] = _shares(bins[chosen], weight, len(goal))
                # Relative to what there was before: shares of a sum that differs from it by
                # chance would not follow chi2 where factors are unequal.
                grown = weight.sum() / (own.before[chosen].sum() or 1.0) if split == "test" else 1.0
                agreement = _agreement(grown * shares[when], goal, variances[when])
                tests.append({**place, "when": when, **agreement})
            for k, wanted in enumerate(goal):
                found.append(
                    {
                        **place,
                        "low": float(flattening.edges[k]),
                        "high": float(flattening.edges[k + 1]),
                        "goal": float(wanted),
                        **{
                            key: float(value)
                            for when in shares
                            for key, value in (
                                (when, shares[when][k]),
                                (f"{when}_error", errors[when][k]),
                            )
                        },
                    }
                )
    return {"closure": pd.DataFrame(found), "closure_tests": pd.DataFrame(tests)}


def _goal(dataset: Dataset, flattening: Flattening, train: Rows) -> Floats:
    """Share of each bin that all classes should have."""
    if flattening.to == FLAT:
        widths = np.diff(flattening.edges)
        return np.asarray(widths / widths.sum())
    number = dataset.classes(flattening.target).index(flattening.to)
    chosen = train.read(dataset, "targets", flattening.target) == number
    bins = flattening.bins(train.read(dataset, "spectators", flattening.array)[chosen])
    return _shares(bins, train.before[chosen], len(flattening.edges) - 1)[0]


def _shares(bins: Any, weights: Floats, count: int) -> tuple[Floats, Floats]:
    total = weights.sum() or 1.0
    filled = np.bincount(bins, weights, minlength=count)
    squares = np.bincount(bins, weights**2, minlength=count)
    return filled / total, np.sqrt(squares) / total


@dataclass(frozen=True)
class Trained:
    """What the factors of a class, and the goal, are known from.

    Attributes
    ----------
    own
        Inverse of the effective number of training events of the class.
    goal, rest
        The same of the class that is the goal, among the events that are surveyed; and by how
        much it is above that of all training events. 0 where the goal is a constant.
    """

    own: float
    goal: float
    rest: float


def _trained(dataset: Dataset, flattening: Flattening, train: Rows) -> dict[str, Trained]:
    """Find by class how well factors and goal are known."""
    numbers = train.read(dataset, "targets", flattening.target)
    surveyed = min(EVENTS, dataset.length("train")) / dataset.length("train")
    classes = dataset.classes(flattening.target)
    inverse = {
        name: _inverse(effective_events(train.before[numbers == number]))
        for number, name in enumerate(classes)
    }
    goal = 0.0 if flattening.to == FLAT else inverse[flattening.to]
    return {
        name: Trained(inverse[name] * surveyed, goal, goal * (1 - surveyed)) for name in classes
    }


def _inverse(number: float) -> float:
    return 1 / number if number > 0 else 0.0


def _expected(goal: Floats, factors: Floats, events: float, trained: Trained) -> dict[str, Floats]:
    """Variance of each share about the goal, before and after, if the events followed it.

    With n effective events and factors f = g / h from m training events, relative variances of a
    bin's content add: g f (1 / n + 1 / m). The goal is that of m events, too, if it is a class.
    Bins without events have an error as well.
    """
    here = 1 / max(events, 1e-30)  # without events everything agrees
    return {
        "before": goal * (here + trained.goal),
        "after": goal * (factors * (here + trained.own) + trained.rest),
    }


def _agreement(shares: Floats, goal: Floats, variances: Floats) -> dict[str, float]:
    used = variances > 0
    value = float((((shares - goal) ** 2)[used] / variances[used]).sum())
    ndf = max(int(used.sum()) - 1, 0)
    return {
        "chi2": value,
        "ndf": ndf,
        "chi2_ndf": value / ndf if ndf else float("nan"),
        "p_value": float(chdtrc(ndf, value)) if ndf else float("nan"),
    }
