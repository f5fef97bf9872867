"""Published taggers as methods with metrics, to stand in the same tables as one's own."""

from footprint.evaluation.classification import rejection_name
from footprint.evaluation.metrics import Value
from footprint.evaluation.scoreboard import PUBLISHED, PublishedTagger

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

    The error of a rejection is otherwise that of counting the background that passes.
    """
    numbers = {
        "accuracy": _value(tagger.accuracy, None),
        "auc_macro": _value(tagger.auc, None),
        f"auc_{tagged}": _value(tagger.auc, None),
    }
    for efficiency, (low, high) in tagger.rejection.items():
        error = tagger.rejection_error(efficiency) if low == high else (high - low) / 2
        numbers[rejection_name(tagged, efficiency)] = _value((low + high) / 2, error)
    return numbers


def _value(value: float, error: float | None) -> Value:
    return Value(value=value, error=error, unit="")
