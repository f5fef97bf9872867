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
from footprint.evaluation.bootstrap import Measure, Sampled, Values
from footprint.evaluation.certainty import Certainty, certainty
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
    background
        On how many background events each rejection was measured.
    events
        How many events were judged, of weighted ones the effective number.
    """

    trainings: dict[str, list[Numbers]]
    background: dict[str, float]
    events: float

    def of(self, method: str) -> Numbers:
        """Average a method's metrics over its trainings."""
        return averaged(self.trainings[method])

    def certainty(self, method: str, metric: str, sampled: Sampled) -> Certainty:
        """Say how well a method's number is known, the mean over its trainings."""
        return certainty(
            metric,
            sampled,
            [training[metric] for training in self.trainings[method]],
            background=self.background.get(metric),
            events=self.events,
        )


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
        background=backgrounds(methods.first, settings, methods.weight),
        events=methods.effective_events,
    )


def backgrounds(
    predictions: Predictions, settings: Evaluation, weight: Values | None = None
) -> dict[str, float]:
    """Count the background events of each rejection by its name, of weighted ones effective."""
    given = predictions, settings.signal_efficiencies, weight
    asked = tagging.asked_of(predictions, settings)
    found = classification.backgrounds(*given)
    return found | (tagging.backgrounds(*given, tagging=asked) if asked else {})


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
