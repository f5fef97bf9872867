"""All metrics of all methods of one target, each with its resamplings."""

from dataclasses import dataclass

from footprint.config.experiments import Evaluation
from footprint.evaluation import (
    bootstrap,
    classification,
    distances,
    posterior,
    regression,
    separation,
    tagging,
    uncertainty,
)
from footprint.evaluation.against import averaged
from footprint.evaluation.bootstrap import Measure, Sampled
from footprint.evaluation.methods import Methods
from footprint.files.predictions import Predictions

Numbers = dict[str, Sampled]


@dataclass(frozen=True)
class Judged:
    """Metrics of all methods.

    Attributes
    ----------
    trainings
        By method, in the order of `Methods.everything`, those of each of its trainings.
    least
        What metrics are at least where they are infinite.
    """

    trainings: dict[str, list[Numbers]]
    least: dict[str, float]

    def of(self, method: str) -> Numbers:
        """Average a method's metrics over its trainings."""
        return averaged(self.trainings[method])


def judge(methods: Methods, settings: Evaluation) -> Judged:
    """Measure all methods."""

    def numbers(predictions: Predictions) -> Numbers:
        measure = measure_of(predictions, settings)
        return bootstrap.bootstrap(measure, methods.events, settings.bootstrap, methods.weight)

    return Judged(
        trainings={
            method: [numbers(entry) for entry in trainings]
            for method, trainings in methods.everything.items()
        },
        least=_least(methods, settings),
    )


def _least(methods: Methods, settings: Evaluation) -> dict[str, float]:
    given = methods.first, settings.signal_efficiencies, methods.weight
    asked = tagging.asked_of(methods.first, settings)
    least = classification.least_rejections(*given)
    return least | (tagging.least_rejections(*given, tagging=asked) if asked else {})


def measure_of(predictions: Predictions, settings: Evaluation) -> Measure:
    """Prepare all metrics of the task, and of the separation where it is asked for."""
    parts = [_of_task(predictions, settings)]
    separated = settings.separation.get(predictions.target.name)
    if separated is not None:
        parts.append(separation.measures(predictions, separated))
    tagged = tagging.asked_of(predictions, settings)
    if tagged is not None:
        parts.append(tagging.measures(predictions, tagged, settings.signal_efficiencies))
    return lambda counts: {key: value for part in parts for key, value in part(counts).items()}


def _of_task(predictions: Predictions, settings: Evaluation) -> Measure:
    if predictions.task == "classification":
        return classification.measures(predictions, settings.signal_efficiencies)
    if predictions.task == "regression":
        kinds = (regression.measures, uncertainty.measures, posterior.measures)
        parts = [kind(predictions) for kind in kinds]
        return lambda counts: {key: value for part in parts for key, value in part(counts).items()}
    return distances.measures(predictions)
