"""What methods reach at each point of the variations, on events that are resampled together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Evaluation, Experiment
from footprint.config.variations import NOMINAL
from footprint.errors import DataError
from footprint.evaluation import bootstrap, classification
from footprint.evaluation.against import averaged
from footprint.evaluation.bootstrap import Measure, Sampled
from footprint.evaluation.certainty import Certainty, certainty
from footprint.evaluation.judge import backgrounds, measure_of
from footprint.evaluation.methods import Methods, gather
from footprint.evaluation.nominal_cuts import Cuts, at_cuts, nominal_cuts
from footprint.files.predictions import Predictions, read_predictions

Ids = NDArray[np.uint64]


@dataclass(frozen=True)
class AtPoint:
    """A method's numbers at one point.

    Attributes
    ----------
    kind
        ``network``, ``ensemble`` (of several experiments), ``baseline`` or ``oracle``.
    events
        Number of events they were measured on.
    units, classes
        Unit of the target, and its classes if it has any.
    numbers
        All metrics.
    roc
        The false positive rate of each class at `classification.EFFICIENCIES`; resampled at the
        nominal point alone, without replicas elsewhere. Empty for targets without classes.
    background
        On how many background events each rejection was measured.
    """

    kind: str
    events: int
    units: str
    classes: tuple[str, ...]
    numbers: dict[str, Sampled]
    roc: dict[str, Sampled]
    background: Mapping[str, float] = field(default_factory=dict)

    def certainty(self, metric: str) -> Certainty:
        """Say how well a number is known."""
        background = self.background.get(metric)
        sampled = self.numbers[metric]
        return certainty(metric, sampled, background=background, events=float(self.events))


AllPoints = Mapping[str, Mapping[str, AtPoint]]
"""By method and point."""


def at_all_points(
    target: str,
    points: Sequence[str],
    experiments: Mapping[str, Experiment],
    networks: Mapping[str, Sequence[Path]],
    baselines: Path | None = None,
) -> dict[str, dict[str, AtPoint]]:
    """Measure all experiments at all points, reading one point after the other.

    Parameters
    ----------
    target
        What they learn.
    points
        The points, the nominal one among them.
    experiments
        Their configurations by name.
    networks
        By experiment, the folder of each training, with ``<point>/<target>.h5``.
    baselines
        Folder with ``<point>/<label>.h5`` of the simple methods, which are measured once, by the
        settings of the first experiment.

    Returns
    -------
    dict of str to dict of str to AtPoint
        By method and point.
    """
    names = [NOMINAL, *(name for name in dict.fromkeys(points) if name != NOMINAL)]
    first = next(iter(networks.values()))[0]
    everything = np.unique(
        np.concatenate([read_predictions(first / p / f"{target}.h5").event_id for p in names])
    )
    found: dict[str, dict[str, AtPoint]] = {}
    for name, folders in networks.items():
        simple = baselines if name == next(iter(networks)) else None
        settings = experiments[name].evaluation
        cuts: dict[str, list[Cuts]] = {}
        for point in names:
            files = [folder / point / f"{target}.h5" for folder in folders]
            others = [] if simple is None else [simple / point]
            methods = gather(name, experiments[name], files, others)
            if point == NOMINAL:
                cuts = cuts_of(methods, settings)
            for method, here in at_point(methods, settings, everything, cuts, point).items():
                found.setdefault(method, {})[point] = here
    return found


def cuts_of(methods: Methods, settings: Evaluation) -> dict[str, list[Cuts]]:
    """Choose the thresholds of all trainings and baselines at the nominal point, by method."""
    return {
        name: [
            nominal_cuts(entry, settings.signal_efficiencies, methods.weight) for entry in trainings
        ]
        for name, trainings in methods.trainings.items()
    }


def at_point(
    methods: Methods,
    settings: Evaluation,
    everything: Ids,
    cuts: Mapping[str, Sequence[Cuts]],
    point: str,
) -> dict[str, AtPoint]:
    """Measure an experiment and its baselines at one point, by method.

    Parameters
    ----------
    methods, settings
        Predictions at this point, and what is measured.
    everything
        Rising event_id of the events of all points, which are resampled together.
    cuts
        Thresholds from the nominal point, one entry for each training of a method.
    point
        Its name.
    """
    first, rows = methods.first, np.searchsorted(everything, methods.first.event_id)
    number = settings.bootstrap

    def resampled(measure: Measure) -> dict[str, Sampled]:
        return bootstrap.bootstrap(measure, len(everything), number, methods.weight, rows=rows)

    def numbers(entry: Predictions, fixed: Cuts) -> dict[str, Sampled]:
        of_task, of_cuts = measure_of(entry, settings), at_cuts(entry, fixed)
        return resampled(lambda counts: {**of_task(counts), **of_cuts(counts)})

    def roc(entry: Predictions) -> dict[str, Sampled]:
        if not entry.classes:
            return {}
        measure = classification.roc(entry)
        if point == NOMINAL:
            return resampled(measure)
        return bootstrap.bootstrap(measure, methods.events, 0, methods.weight)

    found = {}
    for name, trainings in methods.trainings.items():
        if name not in cuts:
            msg = f"'{name}' has predictions of point '{point}' but none of '{NOMINAL}': predict "
            raise DataError(msg + "the variations again")
        pairs = zip(trainings, cuts[name], strict=True)
        found[name] = AtPoint(
            methods.kind(name),
            methods.events,
            first.target.units,
            first.classes,
            averaged([numbers(entry, fixed) for entry, fixed in pairs]),
            averaged([roc(entry) for entry in trainings]),
            backgrounds(first, settings, methods.weight),
        )
    return found


def of_point(name: str, by_point: Mapping[str, AtPoint], point: str) -> AtPoint:
    """Look up a method's numbers at a point.

    Raises
    ------
    DataError
        There are none.
    """
    if point not in by_point:
        msg = (
            f"'{name}' has no predictions of point '{point}'; there are those of "
            f"{', '.join(by_point)}: predict the variations again"
        )
        raise DataError(msg)
    return by_point[point]
