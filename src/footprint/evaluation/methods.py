"""The methods that are judged together: an experiment's trainings and its baselines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Experiment
from footprint.errors import DataError
from footprint.evaluation import checks
from footprint.evaluation.alignment import common_weight, read_aligned
from footprint.evaluation.bootstrap import effective_events
from footprint.evaluation.ensembles import averaged, is_ensemble
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions

Kind = Literal["network", "corrected", "ensemble", "baseline", "oracle"]


def ensemble_name(experiment: str) -> str:
    """Name the ensemble of an experiment's trainings in tables."""
    return f"{experiment}_ensemble"


@dataclass(frozen=True)
class Methods:
    """Predictions of the same events, in the same order.

    Attributes
    ----------
    experiment
        Name of the experiment, or of an ensemble of several.
    networks
        Its predictions, one for each seed.
    baselines
        Predictions of the simple methods by label.
    oracles
        Labels of those that see truth no experiment has.
    weight
        How much each event counts, shape (n,); None where all count alike.
    members
        Of an ensemble, the predictions of the experiments it is made from: one for each seed.
    corrected
        The experiment's predictions, corrected as its validation events tell, by their name.
    """

    experiment: str
    networks: tuple[Predictions, ...]
    baselines: dict[str, Predictions]
    oracles: tuple[str, ...]
    weight: Array | None = None
    members: Mapping[str, tuple[Predictions, ...]] = field(default_factory=dict)
    corrected: Mapping[str, tuple[Predictions, ...]] = field(default_factory=dict)

    @property
    def ensemble(self) -> dict[str, Predictions]:
        """Mean of several trainings, by its name in tables; empty without. It has no draws."""
        if len(self.networks) == 1:
            return {}
        name = ensemble_name(self.experiment)
        mean = averaged(self.networks, [1.0] * len(self.networks))
        return {name: replace(mean, method=name, seed=0)}

    @property
    def trainings(self) -> dict[str, Sequence[Predictions]]:
        """All methods but the ensemble of seeds, each with its trainings, by name in tables."""
        simple = {label: (entry,) for label, entry in self.baselines.items()}
        return {self.experiment: self.networks, **self.members, **simple}

    @property
    def everything(self) -> dict[str, Sequence[Predictions]]:
        """All methods, each with its trainings; the experiment and its ensemble come first."""
        mean = {label: (entry,) for label, entry in self.ensemble.items()}
        return {self.experiment: self.networks, **self.corrected, **mean, **self.trainings}

    @property
    def first(self) -> Predictions:
        """One training, for what all methods share: truth, classes, spectators, target."""
        return self.networks[0]

    def kind(self, method: str) -> Kind:
        """Tell what a method is by its name in tables."""
        if method == self.experiment:
            return "ensemble" if is_ensemble(self.first) else "network"
        if method in self.corrected:
            return "corrected"
        if method in self.members:
            return "network"
        if method == ensemble_name(self.experiment) and method not in self.baselines:
            return "ensemble"
        return "oracle" if method in self.oracles else "baseline"

    @property
    def events(self) -> int:
        """Events in the test split."""
        return len(self.first.event_id)

    @property
    def effective_events(self) -> float:
        """How many events of equal weight know as much as those of the test split."""
        return float(self.events) if self.weight is None else effective_events(self.weight)

    @property
    def events_of_classes(self) -> NDArray[np.float64]:
        """The same of the events of each true class, shape (classes,)."""
        weight = np.ones(self.events) if self.weight is None else self.weight
        numbers = range(len(self.first.classes))
        return np.asarray([effective_events(weight[self.first.truth == k]) for k in numbers])


def gather(
    name: str,
    experiment: Experiment,
    networks: Sequence[Path],
    baselines: Sequence[Path],
    members: Mapping[str, Sequence[Path]] | None = None,
) -> Methods:
    """Read all predictions of one target and bring their events into one order.

    Parameters
    ----------
    name, experiment
        Name and configuration of the experiment.
    networks
        Its prediction files, one for each seed.
    baselines
        Prediction files, or folders of them.
    members
        Of an ensemble, the prediction files of the experiments it is made from, by experiment.

    Raises
    ------
    FileFormatError
        A file is missing or not of predictions.
    DataError
        The files do not speak of the same events, target or task; a seed or label comes twice;
        a class has no test events; truth or prediction cannot be judged.
    """
    if not networks:
        msg = f"experiment '{name}': no prediction files given, expected one for each seed"
        raise DataError(msg)
    of_members = [path for files in (members or {}).values() for path in files]
    simple_files = [file for path in baselines for file in _files(path)]
    paths = [*networks, *of_members, *simple_files]
    aligned = read_aligned(paths)
    checks.check_task(aligned[0], experiment, paths[0])
    rest = iter(aligned)
    trainings = tuple(next(rest) for _ in networks)
    beside = {key: tuple(next(rest) for _ in files) for key, files in (members or {}).items()}
    simple = list(rest)
    _check_unique("seed", [str(entry.seed) for entry in trainings], name)
    for key, several in ((name, trainings), *beside.items()):
        checks.check_posteriors(several, key)
    own = [name, ensemble_name(name)] if len(trainings) > 1 else [name]
    _check_unique("label", [entry.method for entry in simple] + own + list(beside), name)
    return Methods(
        experiment=name,
        networks=trainings,
        members=beside,
        baselines={entry.method: entry for entry in simple},
        oracles=tuple(entry.method for entry in simple if _is_oracle(entry)),
        weight=common_weight(aligned, paths),
    )


def _files(path: Path) -> list[Path]:
    """List a folder's prediction files; a target without baselines has an empty one."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob("*.h5") if not file.name.startswith("."))


def _is_oracle(predictions: Predictions) -> bool:
    return bool(json.loads(predictions.config).get("oracle", False))


def _check_unique(what: str, names: list[str], experiment: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = (
            f"experiment '{experiment}': {what} {', '.join(twice)} comes more than once, "
            f"methods could not be told apart"
        )
        raise DataError(msg)
