"""What stands beside a number: an error, a limit in its place, or a mark that says why neither.

There is no fourth case. A number without an error looks as if it were known exactly, and an empty
place as if somebody had forgotten it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from footprint.evaluation.bootstrap import Sampled
from footprint.evaluation.marks import EXACT, UNDEFINED, UNSTATED
from footprint.evaluation.quantities import CHANCE, CONFIDENCE, unit
from footprint.evaluation.shares import share_error

_SHARES = ("accuracy", "coverage_", "joint_coverage_")


@dataclass(frozen=True)
class Certainty:
    """How well a number is known: one of the three is there.

    Attributes
    ----------
    error
        Its error; of an exact number 0.
    lower_limit
        What it is at least, at a confidence of `CONFIDENCE`.
    mark
        One of `marks.MEANING`, or empty.
    """

    error: float | None
    lower_limit: float | None = None
    mark: str = ""


def certainty(
    metric: str,
    sampled: Sampled,
    trainings: Sequence[Sampled] = (),
    *,
    background: float | None = None,
    events: float | None = None,
) -> Certainty:
    """Say how well a metric is known.

    Parameters
    ----------
    metric
        Its name.
    sampled
        Its value and resamplings.
    trainings
        The same of each training that it is the mean of; by default it is of one alone.
    background
        Of a rejection, how many background events it was measured on.
    events
        How many events were judged, of weighted ones the effective number.
    """
    value, error = float(sampled.value), float(sampled.error)
    if math.isfinite(error) and error > 0:
        return Certainty(error)
    if error == 0 and _exact(metric, value):
        return Certainty(0.0, mark=EXACT)
    if background is not None and metric.startswith("rejection_") and not math.isnan(value):
        found = [rejection_limit(one, background) for one in trainings or [sampled]]
        return Certainty(None, float(np.mean(found)))
    if not math.isfinite(value):
        return Certainty(None, mark=UNDEFINED)
    if error == 0 and events and metric.startswith(_SHARES):
        per = 100.0 if unit(metric, "") == "%" else 1.0
        share = Sampled(sampled.value / per, sampled.replicas / per)
        return Certainty(per * float(share_error(share, np.asarray(events))))
    return Certainty(None, mark=UNSTATED)


def of_difference(difference: Sampled) -> Certainty:
    """Say how well a difference of paired events is known.

    It is exactly 0 where both are the same in every resampling. Of a number of which only a limit
    is known there is no difference.
    """
    value, error = float(difference.value), float(difference.error)
    if math.isfinite(error) and error > 0:
        return Certainty(error)
    if not math.isfinite(value):
        return Certainty(None, mark=UNDEFINED)
    return Certainty(0.0, mark=EXACT) if error == value == 0 else Certainty(None, mark=UNSTATED)


def columns(name: str, sampled: Sampled, known: Certainty) -> dict[str, float | str | None]:
    """Write a number into a table: its error and mark beside it, and its limit if it may have one.

    Parameters
    ----------
    name
        Of the column; ``value`` has ``error`` and ``mark``, others ``<name>_error`` and so on.
    sampled, known
        The number, and how well it is known.
    """
    before = "" if name == "value" else f"{name}_"
    value = float(sampled.value)
    found: dict[str, float | str | None] = {
        name: value if math.isfinite(value) else None,
        f"{before}error": known.error,
        f"{before}mark": known.mark,
    }
    return found | ({"lower_limit": known.lower_limit} if name == "value" else {})


def of_ratio(ratio: Sampled) -> Certainty:
    """Say how well a ratio of paired numbers is known; it is exactly 1 where both are the same."""
    return of_difference(Sampled(ratio.value - 1, ratio.replicas - 1))


def rejection_limit(rejection: Sampled, background: float) -> float:
    """Find what a background rejection is at least, at a confidence of `CONFIDENCE`.

    Of n background events k pass the threshold; the mistag rate is at most the upper limit of
    Clopper and Pearson (Biometrika 26 (1934) 404), without any left about 3/n. It does not know
    that the threshold depends on the signal events: the resamplings do, and their quantile is
    taken where it is lower.

    Parameters
    ----------
    rejection
        The inverse of the mistag rate, infinite where k is 0.
    background
        n, of weighted events the effective number.
    """
    passing = 0.0 if math.isinf(float(rejection.value)) else background / float(rejection.value)
    counted = 1 / highest_share(passing, background)
    known = rejection.replicas[~np.isnan(rejection.replicas)]
    low = np.quantile(known, 1 - CONFIDENCE, method="lower") if known.size else np.inf
    return min(counted, float(low))


def highest_share(meant: float, events: float, confidence: float = CONFIDENCE) -> float:
    """Find what a share of ``meant`` in ``events`` is at most (Clopper and Pearson, one-sided)."""
    from scipy.stats import beta

    left = events - meant
    return 1.0 if left <= 0 else float(beta.ppf(confidence, meant + 1, left))


def _exact(metric: str, value: float) -> bool:
    """Tell whether a number that no resampling changes is that of who says the same of all."""
    if metric.startswith("rejection_"):
        return value == 1
    if metric == "merit_factor":
        return value == 0
    return "auc" in metric.split("_") and value == CHANCE
