"""Sculpting: how much a cut on the score changes the spectrum of the background, as of its mass.

A tagger that has learnt the mass leaves background under the signal's peak. The Jensen-Shannon
divergence (Lin, IEEE Trans. Inf. Theory 37 (1991) 145) of the spectra of the background that
passes and of that which fails is 0 bit where the cut changes nothing and 1 bit where the two
have nothing in common.
"""

import numpy as np
from numpy.typing import NDArray

from footprint.config.tagging import Tagging
from footprint.evaluation.bootstrap import SEED, Counts, Measure, Values
from footprint.evaluation.tagging import tagged
from footprint.files.predictions import Predictions

SPECTRUM_BINS = 25
SHOWN = (0.005, 0.995)
"""Share of the background below the range of the spectrum, and up to its end."""
SCAN = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Signal efficiencies at which the divergence is given, beside those of the configuration."""
_TOYS = 200


def divergence(first: Values, second: Values) -> Values:
    """Compute the Jensen-Shannon divergence of two spectra in bits, along the last axis.

    Parameters
    ----------
    first, second
        What is in each bin, shapes (..., bins); they need not be normalised.

    Returns
    -------
    ndarray, shape (...,)
        The mean of the two relative entropies to the mean of both, in [0, 1]; NaN where a
        spectrum is empty.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q = (s / s.sum(axis=-1, keepdims=True) for s in (first, second))
    middle = 0.5 * (p + q)
    from scipy.special import rel_entr

    nats = 0.5 * (rel_entr(p, middle) + rel_entr(q, middle)).sum(axis=-1)
    return np.asarray(np.clip(nats / np.log(2), 0, 1))


def edges(predictions: Predictions, tagging: Tagging) -> NDArray[np.float64]:
    """Choose equal bins over the range of the background's spectrum, shape (bins + 1,).

    Empty where no background event has a value, or all the same.
    """
    events, values = tagged(predictions, tagging), _values(predictions, tagging)
    background = values[events.rows][~events.is_signal]
    background = background[np.isfinite(background)]
    if background.size == 0:
        return np.empty(0)
    low, high = np.quantile(background, SHOWN)
    return np.linspace(low, high, SPECTRUM_BINS + 1) if high > low else np.empty(0)


def efficiencies(quoted: list[float]) -> list[float]:
    """List the signal efficiencies of the cuts: those quoted, and those of the `SCAN`."""
    return sorted({*quoted, *SCAN})


def measures(predictions: Predictions, tagging: Tagging, at: Values, cuts: list[float]) -> Measure:
    """Prepare the spectra of the background before and after cuts, and how much they differ.

    Parameters
    ----------
    predictions, tagging
        Which method, what is tagged, and the spectator that is looked at.
    at
        Edges of the bins, shape (bins + 1,).
    cuts
        Signal efficiencies at which it is cut, in rising order, shape (m,). Each threshold is
        the first that reaches its efficiency, found anew in each resampling.

    Returns
    -------
    Measure
        ``before``, shape (bins,), and ``after``, shape (m, bins): probability densities of all
        background and of that which passes, per unit of the spectator. ``jsd``, shape (m,), the
        `divergence` of what passes and what fails, with one bin more for what lies below and
        above the range. ``rejection``, shape (m,). ``passing`` and ``failing``, shape (m,): how
        many events of equal weight know as much, (sum of weights)^2 / sum of their squares.
        Background whose value is NaN is left out.
    """
    events, values = tagged(predictions, tagging), _values(predictions, tagging)
    ranking = events.ranking()
    known = ~events.is_signal & np.isfinite(values[events.rows])
    cell = np.searchsorted(at, values[events.rows][known], side="right")
    score, cells, steps = events.score[known], len(at) + 1, len(cuts) + 1
    width = np.diff(at)

    def measure(counts: Counts) -> dict[str, Values]:
        chosen = counts[events.rows]
        curve = ranking.roc(chosen)
        threshold = ranking.thresholds[curve.first_reaching(cuts)]
        # The first cut that an event passes; the last step is passed by none.
        step = np.searchsorted(-threshold, -score, side="left")
        place, weight = step * cells + cell, chosen[known]

        def filled(weights: Values) -> Values:
            table = np.bincount(place, weights=weights, minlength=steps * cells)
            return np.asarray(table.reshape(steps, cells).cumsum(axis=0))

        spectra, squares = filled(weight), filled(weight**2).sum(axis=1)
        passing, before = spectra[:-1], spectra[-1]
        failing = before - passing
        total, after = before.sum(), passing.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "before": before[1:-1] / (total * width),
                "after": passing[:, 1:-1] / (after[:, None] * width),
                "jsd": divergence(passing, failing),
                "rejection": 1 / curve.false_positive_rate(cuts),
                "passing": _effective(after, squares[:-1]),
                "failing": _effective(total - after, squares[-1] - squares[:-1]),
            }

    return measure


def _effective(weights: Values, squares: Values) -> Values:
    """Count events of equal weight that know as much, from sums of weights and their squares."""
    numbers = np.divide(weights**2, squares, out=np.zeros(len(weights)), where=squares > 0)
    return np.asarray(numbers)


def noise(spectrum: Values, passing: float, failing: float) -> float:
    """Estimate the divergence that chance alone makes between two draws from one spectrum.

    Parameters
    ----------
    spectrum
        What is in each bin.
    passing, failing
        How many events are drawn; NaN without any.

    Returns
    -------
    float
        Mean over made-up draws, always the same ones. A divergence near it is compatible with a
        cut that changes nothing.
    """
    numbers = [round(number) if np.isfinite(number) else 0 for number in (passing, failing)]
    if min(numbers) == 0 or spectrum.sum() <= 0:
        return float("nan")
    stream = np.random.Generator(np.random.PCG64DXSM([SEED, *numbers]))
    chances = spectrum / spectrum.sum()
    first, second = (stream.multinomial(number, chances, _TOYS) for number in numbers)
    return float(np.mean(divergence(first, second)))


def _values(predictions: Predictions, tagging: Tagging) -> NDArray[np.float64]:
    name = str(tagging.sculpting)
    return predictions.spectators[name].reshape(len(predictions.truth)).astype(np.float64)
