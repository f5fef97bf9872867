"""The networks of one target side by side: what they cost, and what they reach."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from footprint.evaluation.marks import UNDEFINED
from footprint.evaluation.metrics import Metrics
from footprint.evaluation.quantities import HEADLINE, words
from footprint.evaluation.records import Training
from footprint.evaluation.rounding import NOTHING, measured, stated
from footprint.evaluation.summary_methods import cell
from footprint.evaluation.summary_sentences import paired

ABOUT = (
    "The networks. Layers, parameters and epochs are settings and counts: of several seeds the "
    "smallest and the largest number. Time and validation loss: of several seeds the mean, in "
    "brackets the sd, which is all that is known of their error; one seed: measured in a single "
    "training. Validation losses are without penalties on weights, and "
    "can be compared where the loss is the same; a network of several targets has the sum of "
    "theirs. Differences are to the first network and have the error of paired events."
)
"""What stands above the table."""
_TIMES = (("h", 3600.0), ("min", 60.0), ("s", 1.0))
ONE_SEED = "one seed"
"""Stands in place of the spread over seeds, where there is none."""


@dataclass(frozen=True)
class Table:
    """A table as text: its headings, and rows of as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def networks_table(group: Sequence[Metrics], trainings: Sequence[Training]) -> Table | None:
    """Set the networks of one target beside each other; None where no training is known.

    Parameters
    ----------
    group
        The metrics of all experiments on one target, the first of which the others are compared
        with: what a student changes stands below what it was copied from.
    trainings
        Of any experiments.
    """
    known = {t.experiment for t in trainings}
    if not any(metrics.experiment in known for metrics in group):
        return None
    first = group[0]
    headline = HEADLINE[first.task]
    unit = first.metrics[headline].unit
    ending = f" [{unit}]" if unit else ""
    name = words(headline)
    headings = [
        *("network", "layers with weights", "parameters", "epochs", "epoch kept"),
        *("time to train", "validation loss", f"{name}{ending}"),
    ]
    if len(group) > 1:
        headings.append(f"{name} minus {first.experiment}{ending}")
    rows = []
    for metrics in group:
        names = metrics.members or [metrics.experiment]
        own = [training for training in trainings if training.experiment in names]
        row = [metrics.experiment, *_training(own, is_mean=bool(metrics.members))]
        row.append(cell(metrics.metrics[headline]))
        if len(group) > 1:
            row.append(NOTHING if metrics is first else _apart(metrics, first))
        rows.append(tuple(row))
    return Table(tuple(headings), tuple(rows))


def _apart(metrics: Metrics, first: Metrics) -> str:
    """Write the headline metric minus that of the first network."""
    value, error = paired(metrics, first)
    return stated(value, error, mark=UNDEFINED if value is None else "")


def _training(trainings: Sequence[Training], *, is_mean: bool) -> list[str]:
    """Write what is known of trainings; an ensemble applies the networks of all of them."""
    if not trainings:
        return [NOTHING] * 6
    if is_mean:
        parameters = f"{sum(training.parameters for training in trainings):,}"
        seconds = _time([sum(training.seconds for training in trainings)])
        return [NOTHING, parameters, NOTHING, NOTHING, seconds, NOTHING]
    return [
        _span(trainings, lambda training: training.layers),
        _span(trainings, lambda training: training.parameters),
        _span(trainings, lambda training: training.epochs),
        _span(trainings, lambda training: training.kept),
        _time([training.seconds for training in trainings]),
        _loss([training.loss for training in trainings]),
    ]


def _span(trainings: Sequence[Training], get: Callable[[Training], int]) -> str:
    """Write a number that trainings with different seeds may have in common."""
    values = sorted({get(training) for training in trainings})
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def _time(seconds: Sequence[float]) -> str:
    """Write the mean over seeds with its spread, in seconds, minutes or hours."""
    mean = float(np.mean(seconds))
    name, size = next(entry for entry in _TIMES if mean >= entry[1] or entry == _TIMES[-1])
    return _spread([one / size for one in seconds], f" {name}")


def _spread(values: Sequence[float], unit: str = "") -> str:
    """Write a mean with the sd over seeds, by whose digits it is rounded, or that there is one."""
    if len(values) == 1:
        return f"{values[0]:.3g}{unit} ({ONE_SEED})"
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    value, _, error = measured(mean, sd).partition(" ± ")
    plain = error and not value.startswith("(")  # not with a power of ten
    return (f"{value} (± {error})" if plain else f"{mean:.3g} (± {sd:.2g})") + unit


def _loss(losses: Sequence[float | None]) -> str:
    """Write the mean over seeds with its spread."""
    values = [loss for loss in losses if loss is not None and math.isfinite(loss)]
    if not values:
        return NOTHING
    return _spread(values)
