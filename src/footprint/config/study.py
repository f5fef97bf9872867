"""A study: the whole YAML file, with the checks that need more than one of its parts."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from footprint.config.augment_checks import check_augment
from footprint.config.base import Name, Names, Strict, known
from footprint.config.checks import (
    check_experiment,
    check_layout,
    check_truth,
    fitting_targets,
)
from footprint.config.comparisons import check_comparison, compared
from footprint.config.datasets import SAMPLE, Dataset
from footprint.config.distribution_checks import check_distribution_of
from footprint.config.downloads import ReadSample, all_fetched
from footprint.config.ensembles import Ensemble, as_experiment, check_ensembles
from footprint.config.experiments import Experiment
from footprint.config.exports import (
    Application,
    Export,
    check_application,
    export_as_given,
    exported,
    read_as,
)
from footprint.config.faults import line
from footprint.config.jet_arrays import FOUR_MOMENTUM, SUBSTRUCTURE
from footprint.config.points import Point, can_vary, points, points_of
from footprint.config.recorded import Recorded, recorded_dataset
from footprint.config.samples import Sample
from footprint.config.scan_points import check_scan
from footprint.config.simulated import Simulated
from footprint.config.variations import Variations
from footprint.config.yaml_files import read_yaml
from footprint.errors import ConfigError, suggest

ID = "event_id"
"""The array that every sample has."""


RESERVED = {
    "samples": "tables/samples/ is for the samples",
    "datasets": "tables/datasets/ is for the data sets",
    "comparisons": "tables/comparisons/ is for the comparisons",
    "scans": "tables/scans/ is for the scans",
    "inside": "tables/inside/ is for the looks inside networks",
    "baselines": "predictions/baselines/ is for the baselines",
}
"""Folders, among those of the experiments, of what is not theirs."""


class Study(Strict):
    """A study from its samples to its experiments."""

    study: Name = Field(description="Name of the study and of its folder under results/.")
    seed: int = Field(
        1,
        ge=0,
        lt=2**63,
        description="Seed of all that is simulated, and of the points of scans.",
    )
    samples: dict[Name, Sample] = Field(
        min_length=1, description="Events, simulated or read, by name."
    )
    datasets: dict[Name, Dataset] = Field(
        min_length=1, description="Normalised HDF5 data sets by name."
    )
    experiments: dict[Name, Experiment] = Field(
        min_length=1, description="Networks trained on them, by name."
    )
    ensembles: dict[Name, Ensemble] = Field(
        {}, description="Means of what several experiments predict, by name."
    )
    variations: Variations | None = Field(
        None,
        description="Judges trained networks and baselines on samples simulated in another way.",
    )
    export: Annotated[
        Export | None,
        BeforeValidator(export_as_given, json_schema_input_type=bool | Names | Export | None),
    ] = Field(
        None,
        description="Write trained networks as ONNX with every run: `true`, or a list of "
        "experiments. Without it only `snakemake export` does.",
    )
    apply: dict[Name, Application] = Field(
        {},
        description="Trained networks over new files, by name: `snakemake apply`. Branches of "
        "what is written begin with this name.",
    )

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        for name, dataset in self.datasets.items():
            self._check_dataset(name, dataset)
        self._check_names()
        for name, experiment in self.experiments.items():
            known(f"experiments.{name}.dataset", experiment.dataset, self.datasets)
            self._check_experiment(name, experiment)
            check_scan(name, experiment, self.seed, partial(self._check_experiment, name))
        check_ensembles(self.ensembles, self.experiments, self._learnt(), self.datasets)
        judged = self.judged()
        for (_, target), names in self.compared().items():
            check_comparison(target, names, judged, self.datasets)
        for name in self.variations.experiments or () if self.variations else ():
            known("variations.experiments", name, self.experiments)
        all_fetched(self.samples)
        exported(self.export, self.experiments, self.datasets)
        for name, application in self.apply.items():
            check_application(name, application, self.experiments, self.datasets, self.samples)
        self.points()
        return self

    def _check_names(self) -> None:
        """Folders of experiments and ensembles stand beside those of what is not theirs."""
        for part, names in (("experiments", self.experiments), ("ensembles", self.ensembles)):
            for name in names:
                if name in RESERVED:
                    msg = f"{part}.{name}: {RESERVED[name]}: use another name"
                    raise ValueError(msg)

    def _check_experiment(self, name: str, experiment: Experiment) -> None:
        check_experiment(name, experiment, self.datasets[experiment.dataset])
        check_distribution_of(name, experiment, self.datasets[experiment.dataset])
        check_augment(name, experiment, self.datasets[experiment.dataset])
        check_layout(name, experiment, self._samples_of(name))
        if experiment.evaluation.data is not None:
            self._check_recorded(name, experiment.dataset, experiment.evaluation.data)

    def _check_recorded(self, name: str, dataset: str, asked: Recorded) -> None:
        """Refuse recorded events that networks learn from, or that lack what these read."""
        where = f"experiments.{name}.evaluation.data"
        known(f"{where}.sample", asked.sample, self.samples)
        learnt = [key for key, entry in self.datasets.items() if asked.sample in entry.samples]
        if learnt:
            msg = (
                f"{where}.sample: data set '{learnt[0]}' is made of '{asked.sample}': recorded "
                f"events need a sample of their own that no network learns from"
            )
            raise ValueError(msg)
        recorded = self.recorded(dataset, asked.sample)
        try:
            self._check_arrays(dataset, recorded)
        except ValueError as error:
            msg = f"{where}: {error}"
            raise ValueError(msg) from None
        for spectator in asked.spectators or ():
            known(f"{where}.spectators", spectator, recorded.spectators)

    def recorded(self, dataset: str, sample: str) -> Dataset:
        """Say how the recorded events of a sample become what the networks of a data set see."""
        return recorded_dataset(self.datasets[dataset], sample, list(self.samples[sample].arrays))

    def _check_dataset(self, name: str, dataset: Dataset) -> None:
        for sample in dataset.samples:
            known(f"datasets.{name}.samples", sample, self.samples)
        for label, target in dataset.targets.items():
            if target.array == SAMPLE:
                for values in target.class_values().values():
                    for value in values:
                        where = f"datasets.{name}.targets.{label}.classes"
                        known(where, str(value), dataset.samples)
        self._check_arrays(name, dataset)

    def _check_arrays(self, name: str, dataset: Dataset) -> None:
        derived = dataset.derived_arrays()
        for sample in dataset.samples:
            there = [*self.samples[sample].arrays, ID]
            check_truth(name, dataset, sample, self.samples[sample])
            for array, derivation in derived.items():
                if array in there:
                    msg = (
                        f"datasets.{name}.derived.{derivation}: it would make '{array}', which "
                        f"sample '{sample}' has already: give it another name"
                    )
                    raise ValueError(msg)
            for array, key in dataset.arrays().items():
                if array not in there:
                    meant = [own for own, of in derived.items() if array.startswith(of)]
                    hint = (
                        f"'{derived[array]}' derives it, and derived arrays are made of those of "
                        f"the sample alone: known: {', '.join(sorted(there))}"
                        if array in derived
                        else suggest(array, [*there, *meant])
                    )
                    msg = f"datasets.{name}.{key}: sample '{sample}' has no array '{array}'; {hint}"
                    raise ValueError(msg)

    def compared(self) -> dict[tuple[str, str], list[str]]:
        """List what is compared, by data set and target, with all that learn it."""
        judged = self.judged()
        learnt = {name: self._answers_of(entry) for name, entry in judged.items()}
        return compared(judged, learnt, self.datasets)

    def judged(self) -> dict[str, Experiment]:
        """List what is judged: the experiments, and each ensemble with its first one's settings."""
        learnt = self._learnt()
        means = {
            name: as_experiment(entry, self.experiments, learnt)
            for name, entry in self.ensembles.items()
        }
        return {**self.experiments, **means}

    def read_as(self, application: str) -> ReadSample | None:
        """Say as which sample the files of an application are read; None for events in HDF5."""
        config = self.apply[application]
        dataset = self.datasets[self.experiments[config.experiment].dataset]
        return read_as(application, config, dataset, self.samples)

    def _learnt(self) -> dict[str, list[str]]:
        """Targets by experiment; what generates has none."""
        return {name: self._answers_of(entry) for name, entry in self.experiments.items()}

    def _answers_of(self, experiment: Experiment) -> list[str]:
        """Name the targets of a data set of which an experiment writes predictions."""
        return [name for name in self.targets_of(experiment) if name != experiment.variables]

    def varied_experiments(self) -> list[str]:
        """Name the experiments that variations judge.

        Raises
        ------
        ValueError
            There is none that can be judged, or one is asked for that cannot: its samples are
            read and their events not changed, or have none of the options.
        """
        if self.variations is None:
            return []
        judged = [name for name, entry in self.experiments.items() if entry.variables is None]
        able = [name for name in judged if can_vary(self.variations, self._samples_of(name))]
        simulated = [name for name in judged if self._is_simulated(name)]
        asked = self.variations.experiments
        others = [name for name in asked or () if name not in able and name not in simulated]
        if others or not (able or simulated):
            msg = (
                f"variations.experiments: {others or 'all'} are based on samples that are read "
                f"from files, which cannot be varied but by sets that change nothing but events "
                f"with constituents ({', '.join(FOUR_MOMENTUM)}); based on simulated samples "
                f"alone: {simulated or 'none'}"
            )
            raise ValueError(msg)
        unchanged = [name for name in asked or () if name not in able]
        if able and unchanged:
            msg = (
                f"variations.experiments: the samples of {unchanged} have none of the options "
                f"{self.variations.options()}: leave them out, or vary an option of theirs"
            )
            raise ValueError(msg)
        # Without any, points() says which options there are.
        return list(asked or able or simulated)

    def varied(self) -> list[str]:
        """Name what variations judge: experiments, and the ensembles of these alone."""
        able = self.varied_experiments()
        whole = (name for name, e in self.ensembles.items() if set(e.members) <= set(able))
        return [*able, *whole]

    def _samples_of(self, experiment: str) -> dict[str, Sample]:
        names = self.datasets[self.experiments[experiment].dataset].samples
        return {name: self.samples[name] for name in names}

    def _is_simulated(self, experiment: str) -> bool:
        return all(isinstance(s, Simulated) for s in self._samples_of(experiment).values())

    def points(self) -> dict[str, Point]:
        """List the points of all variations, the nominal one first; empty without variations."""
        if self.variations is None:
            return {}
        names: dict[str, Sample] = {}
        varied = self.varied_experiments()
        for experiment in varied:
            names |= self._samples_of(experiment)
        found = points(self.variations, names)
        for dataset in dict.fromkeys(self.experiments[name].dataset for name in varied):
            self._check_points(dataset, found)
        return found

    def _check_points(self, name: str, found: Mapping[str, Point]) -> None:
        """Refuse points at which a data set lacks an array, or one would stay as it was."""
        dataset = self.datasets[name]
        for key in points_of(found, dataset.samples):
            point = found[key]
            for sample in (name for name in dataset.samples if name in point.changed):
                there = [*point.samples[sample].arrays, ID]
                for array, of in dataset.arrays().items():
                    if array not in there:
                        msg = (
                            f"variations, point '{key}': sample '{sample}' would have no array "
                            f"'{array}', which {of} of data set '{name}' needs"
                        )
                        raise ValueError(msg)
                    if sample in point.events and array in SUBSTRUCTURE:
                        msg = (
                            f"variations.sets.{point.parameter_set}: changes the constituents of "
                            f"sample '{sample}', but '{array}' of data set '{name}' ({of}) would "
                            f"stay as it was: derive it from the constituents, or leave events out"
                        )
                        raise ValueError(msg)

    def targets_of(self, experiment: Experiment) -> list[str]:
        """Name what an experiment learns: targets, or the variables of a distribution.

        A density that is learnt from one class also tells anomalies apart, a target after it.
        """
        if experiment.variables is not None:
            asked = experiment.learn_from
            return [experiment.variables, *([asked.target] if asked else [])]
        if experiment.targets is not None:
            return list(experiment.targets)
        return [
            experiment.target or fitting_targets(experiment, self.datasets[experiment.dataset])[0]
        ]


def parse_study(data: Any, source: str = "configuration") -> Study:
    """Check a study.

    Parameters
    ----------
    data
        What the YAML says.
    source
        Where it comes from, for messages.

    Raises
    ------
    ConfigError
        One line for each fault: the path of the key, what was found, what was expected.
    """
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        lines = [line(fault, data, Study.model_fields) for fault in faults]
        msg = f"{len(lines)} fault(s) in {source}:\n" + "\n".join(f"  {line}" for line in lines)
        raise ConfigError(msg) from None


def load_study(path: Path) -> Study:
    """Read and check a study's YAML file.

    Raises
    ------
    ConfigError
        The file is missing, not YAML, repeats a key, or does not describe a study.
    """
    return parse_study(read_yaml(path), str(path))
