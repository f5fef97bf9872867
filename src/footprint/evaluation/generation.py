"""Judge a generator: its events beside real ones, and beside events that it learnt from."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from footprint.config.experiments import Evaluation, Experiment
from footprint.errors import DataError, FileFormatError
from footprint.evaluation import bootstrap, density, generation_measures, two_sample, written
from footprint.evaluation.bootstrap import Counts
from footprint.evaluation.evaluate import Evaluated, model_name
from footprint.evaluation.generation_measures import MeasureOfTwo
from footprint.evaluation.generation_tables import tables
from footprint.evaluation.generators import Generators, Others, gather_samples
from footprint.evaluation.judge import Judged, Numbers
from footprint.evaluation.metrics import Metrics, number
from footprint.evaluation.quantities import HEADLINE
from footprint.evaluation.tables import learning_curve
from footprint.files.predictions import Predictions
from footprint.files.samples import Samples

Timed = tuple[float, float]
"""Seconds for an event, and their error."""


def evaluate_samples(
    samples: Sequence[Path],
    name: str,
    experiment: Experiment,
    *,
    histories: Sequence[Path] = (),
    label: str | None = None,
    tests: Sequence[Path] = (),
    simulation: Timed | None = None,
) -> Evaluated:
    """Judge a generator.

    Parameters
    ----------
    samples
        Files of samples, one for each seed.
    name, experiment
        Name and configuration of the experiment.
    histories
        ``history.csv`` of each training; none leaves the learning curve out.
    label
        What the variables are called on figures; without it figures show their name.
    tests
        Predictions of the two-sample test of each file of samples; none leaves it out.
    simulation
        Seconds to simulate an event and their error, with which those to generate one are
        compared.

    Raises
    ------
    DataError
        What is given does not fit together.
    """
    settings = experiment.evaluation
    generators = gather_samples(samples, name, experiment, settings)
    if tests and len(tests) != len(samples):
        msg = f"experiment '{name}': {len(tests)} two-sample tests for {len(samples)} samples"
        raise DataError(msg)
    answers = [
        two_sample.read_two_sample(path, entry)
        for path, entry in zip(tests, generators.samples, strict=bool(tests))
    ]
    judged = judge(generators, settings, answers, simulation)
    found = {}
    if histories:
        seeds = [entry.seed for entry in generators.samples]
        found["learning_curve.csv"] = learning_curve(histories, seeds)
    found["comparison.csv"] = written.comparison(judged, generators.kind, "")
    found |= tables(generators, settings, judged, answers)
    found |= density.tables(generators.samples, settings)
    first = generators.first
    return Evaluated(
        metrics=_metrics(generators, experiment, judged, list(found)),
        tables=found,
        documents={},
        target={
            "name": first.variables,
            "units": "",
            "label": label or "",
            "task": first.task,
            "classes": [],
            "experiment": name,
        },
    )


def seconds_of(timings: Sequence[Path]) -> Timed | None:
    """Average the time that simulations take an event, with its error; None without any.

    A timing that was written without an error leaves that of the mean unknown, NaN.

    Raises
    ------
    FileFormatError
        A file is missing, not JSON, or lacks the time.
    """
    found = []
    for path in timings:
        try:
            timing = json.loads(path.read_text(encoding="utf-8"))
            error = timing.get("seconds_per_event_error")
            found.append(
                (float(timing["seconds_per_event"]), float("nan" if error is None else error))
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            msg = f"{path} is not the timing of a simulation: {wrong!r}. Run time_simulation again"
            raise FileFormatError(msg) from None
    if not found:
        return None
    seconds, errors = np.asarray(found).T
    return float(np.mean(seconds)), float(np.hypot.reduce(errors)) / len(found)


def judge(
    generators: Generators,
    settings: Evaluation,
    answers: Sequence[Predictions] = (),
    simulation: Timed | None = None,
) -> Judged:
    """Measure the generator's trainings, and what it is compared with.

    Where the true density is known, its likelihood comes last.
    """
    resamplings = settings.bootstrap
    trainings: dict[str, list[Numbers]] = {}
    for method, others in generators.others.items():
        trainings[method] = []
        for training, table in enumerate(others.tables):
            weights = generators.weights(method)
            parts = [
                generation_measures.of_observables(generators, table, weights),
                generation_measures.together(generators, table),
                generation_measures.of_laterals(
                    generators.lateral, others.arrays[training], weights
                ),
            ]
            if method == generators.experiment:
                parts += _of_generator(generators, training, settings, answers)
            numbers = _measured(generators, others, resamplings, parts)
            known = {"diversity": generation_measures.diversity(generators, others, training)}
            if method == generators.experiment:
                known |= _speed(generators.samples[training], simulation)
            numbers |= {
                key: bootstrap.normal(*known[key], resamplings, (method, training, key))
                for key in known
            }
            trainings[method].append(_in_order(numbers))
    first = generators.first
    likelihood = density.true_measures(first, settings)
    true = bootstrap.bootstrap(likelihood, first.events, resamplings, first.weight)
    events = float(first.events)
    if first.weight is not None:
        events = bootstrap.effective_events(first.weight)
    return Judged(trainings | ({density.TRUTH: [true]} if true else {}), {}, events)


def _of_generator(
    generators: Generators, training: int, settings: Evaluation, answers: Sequence[Predictions]
) -> list[MeasureOfTwo]:
    """Prepare what is known of the experiment's own generator alone."""
    table = generators.others[generators.experiment].tables[training]
    likelihood = density.measures(generators.samples[training], settings)
    parts: list[MeasureOfTwo | None] = [
        generation_measures.of_conditions(generators, table),
        lambda first, _: {name: float(np.asarray(v)) for name, v in likelihood(first).items()},
    ]
    if answers:
        parts.append(partial(two_sample.area, two_sample.folds(answers[training])))
    return [part for part in parts if part is not None]


def _measured(
    generators: Generators, others: Others, resamplings: int, parts: Sequence[MeasureOfTwo]
) -> Numbers:
    def measure(first: Counts, second: Counts) -> dict[str, float]:
        return {key: value for part in parts for key, value in part(first, second).items()}

    return bootstrap.bootstrap_of_two(
        measure,
        (generators.events, others.events),
        resamplings,
        (generators.first.weight, others.weight),
    )


def _speed(samples: Samples, simulation: Timed | None) -> dict[str, Timed]:
    """Give the time to generate an event, and by how much that is faster than to simulate one."""
    seconds, error = samples.seconds_per_event, samples.seconds_per_event_error
    found = {"seconds_per_event": (seconds, error)}
    if simulation is not None and seconds > 0:
        ratio = simulation[0] / seconds
        relative = np.hypot(simulation[1] / simulation[0], error / seconds)
        found["speed_up"] = (ratio, float(ratio * relative))
    return found


def _in_order(numbers: Numbers) -> Numbers:
    """Put what concerns all observables before what concerns single ones."""
    first = [
        *(
            "log_likelihood",
            "log_likelihood_gap",
            "mean_wasserstein",
            "largest_wasserstein",
            "two_sample_auc",
        ),
        *("frechet_distance", "correlation_difference", "diversity"),
        *("seconds_per_event", "speed_up"),
    ]
    return {key: numbers[key] for key in first if key in numbers} | numbers


def _metrics(
    generators: Generators, experiment: Experiment, judged: Judged, names: list[str]
) -> Metrics:
    first, name = generators.first, generators.experiment
    own, headline = judged.of(name), HEADLINE[first.task]
    simple = [label for label in judged.trainings if label != name]
    return Metrics(
        experiment=name,
        dataset=experiment.dataset,
        model=model_name(experiment),
        task=first.task,
        target=first.variables,
        classes=[],
        events=generators.events,
        effective_events=None if first.weight is None else bootstrap.effective_events(first.weight),
        seeds=[entry.seed for entry in generators.samples],
        metrics=written.network_values(judged, name, ""),
        baselines={label: written.values(judged, label, "") for label in simple},
        oracles=[label for label in simple if generators.kind(label) == "oracle"],
        differences={label: written.differences(own, judged.of(label)) for label in simple},
        replicas={headline: [number(float(value)) for value in own[headline].replicas]},
        tables=["target.json", *names],
    )
