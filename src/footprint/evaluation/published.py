"""Published taggers as methods with metrics, to stand in the same tables as one's own."""

from math import hypot, sqrt

from footprint.evaluation.classification import rejection_name
from footprint.evaluation.metrics import Value
from footprint.evaluation.scoreboard import PUBLISHED, TEST_BACKGROUND, PublishedTagger

LAST_DIGIT = 0.001 / sqrt(12)
"""Standard deviation of what rounding to three decimals takes from a number."""
ENSEMBLE_AT = 0.3
"""Signal efficiency at which the rejections of ensembles were published."""


def published(tagged: str) -> dict[str, dict[str, Value]]:
    """Name the published numbers as metrics, single trainings first, then ensembles.

    Parameters
    ----------
    tagged
        What is tagged, as in the names of metrics.
    """
    single = {f"{tagger.name} (published)": _numbers(tagger, tagged) for tagger in PUBLISHED}
    ensembles = {
        f"{tagger.name}, ensemble of 9 (published)": {
            rejection_name(tagged, ENSEMBLE_AT): _value(*tagger.ensemble)
        }
        for tagger in PUBLISHED
        if tagger.ensemble is not None
    }
    return single | ensembles


def _numbers(tagger: PublishedTagger, tagged: str) -> dict[str, Value]:
    """Take the middle of a range, with half its width as the error.

    The error of a rejection is otherwise that of counting the background that passes, those of
    accuracy and area are what follows from the number of test jets, and from the last digit.
    """
    area = _value(tagger.auc, hypot(_area_error(tagger.auc), LAST_DIGIT))
    share = sqrt(tagger.accuracy * (1 - tagger.accuracy) / (2 * TEST_BACKGROUND))
    numbers = {
        "accuracy": _value(tagger.accuracy, hypot(share, LAST_DIGIT)),
        "auc_macro": area,
        f"auc_{tagged}": area,
    }
    for efficiency, (low, high) in tagger.rejection.items():
        error = tagger.rejection_error(efficiency) if low == high else (high - low) / 2
        numbers[rejection_name(tagged, efficiency)] = _value((low + high) / 2, error)
    return numbers


def _area_error(area: float) -> float:
    """Estimate the error of an area under the ROC curve from as many signal as background jets.

    Hanley and McNeil, Radiology 143 (1982) 29, for scores that fall exponentially.
    """
    both, jets = area**2, TEST_BACKGROUND
    pairs = area / (2 - area) + 2 * both / (1 + area) - 2 * both
    return sqrt((area * (1 - area) + (jets - 1) * pairs) / jets**2)


def _value(value: float, error: float | None) -> Value:
    return Value(value=value, error=error, unit="")
