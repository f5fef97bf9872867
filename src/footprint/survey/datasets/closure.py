"""How far flattening brings all classes to one spectrum, in the training and the test split."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from footprint.config.weights import FLAT
from footprint.files.datasets import Dataset, Split
from footprint.files.weighting import Flattening
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
        chi2 of both against the goal. The training split follows the goal by construction; the
        test split is independent of how the factors were found. Nothing without flattening.
    """
    flattening = dataset.weighting.flattening if dataset.weighting else None
    if flattening is None:
        return {}
    classes = dataset.classes(flattening.target)
    goal = _goal(dataset, flattening, rows["train"])
    units = dataset.spec("spectators", flattening.array).units
    about = {"target": flattening.target, "spectator": flattening.array, "units": units}
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
            for when, weight in (("before", own.before[chosen]), ("after", own.after[chosen])):
                shares[when], errors[when] = _shares(bins[chosen], weight, len(goal))
                variances = _expected(goal, flattening.factors[number], own.before[chosen], when)
                tests.append({**place, "when": when, **_agreement(shares[when], goal, variances)})
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


def _expected(goal: Floats, factors: Floats, before: Floats, when: str) -> Floats:
    """Variance of each share if the events followed the goal.

    An event in bin b counts w f_b, so that the sum of squares in the bin is expected to be
    g_b f_b W <w^2> / <w>: bins without events have an error, too.
    """
    total = before.sum()
    spread = float((before**2).sum()) / total if total > 0 else 1.0
    return np.asarray(goal * (factors if when == "after" else 1.0) * spread / max(total, 1e-30))


def _agreement(shares: Floats, goal: Floats, variances: Floats) -> dict[str, float]:
    used = variances > 0
    value = float((((shares - goal) ** 2)[used] / variances[used]).sum())
    ndf = max(int(used.sum()) - 1, 0)
    return {
        "chi2": value,
        "ndf": ndf,
        "chi2_ndf": value / ndf if ndf else float("nan"),
        "p_value": float(chi2.sf(value, ndf)) if ndf else float("nan"),
    }
