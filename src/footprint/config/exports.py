"""Trained networks for other programs: what is exported, and what is applied to new files."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from footprint.config.addresses import is_remote, shown
from footprint.config.base import Name, Names, Strict
from footprint.config.datasets import Dataset
from footprint.config.downloads import ReadSample
from footprint.config.experiments import Experiment
from footprint.config.faults import line
from footprint.errors import suggest

ROOT_READERS, HDF5_READERS = ("root", "nanoaod", "jetclass"), ("toptagging",)
"""Readers of files that networks are applied to; the others read images and archives."""
FUNCTIONS = (
    *("abs", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "ceil"),
    *("cos", "cosh", "exp", "expm1", "floor", "log", "log10", "log1p", "sin", "sinh", "sqrt"),
    *("tan", "tanh", "where"),
)
"""What transforms may use that are exported, beside arithmetic and comparisons."""
SEVERAL_AN_EVENT = ("nanoaod",)
"""Readers that give a row for each jet of an event."""
Says = Literal["answers", "samples", "log_density"]
"""What an exported file says of an event: what a network predicts, draws, or a density's value."""
SUFFIXES: dict[Says, str] = {"answers": "", "samples": "-samples", "log_density": "-log_density"}
"""How the names of the files end, after the seed."""


class Export(Strict):
    """Trained networks as ONNX, a file for each seed: physical units in, physical units out."""

    experiments: Names | None = Field(
        None, description="Experiments whose networks are exported; without it all that can be."
    )


def export_as_given(given: Any) -> Any:
    """Read `true`, `false` and a list of experiments."""
    if isinstance(given, bool):
        return {} if given else None
    return {"experiments": given} if isinstance(given, list) else given


class Application(Strict):
    """A trained network over new files, and what it says as a friend tree or beside it in HDF5."""

    experiment: Name = Field(description="Experiment whose network is applied.")
    seed: int | None = Field(
        None, ge=0, description="Seed of the training; without it the experiment's first."
    )
    files: list[str] = Field(
        min_length=1, description="Files to read: paths, globs, or addresses the reader knows."
    )
    sample: Name | None = Field(
        None,
        description="Sample as whose files these are read; needed where the data set of the "
        "experiment has several. Files of simulated samples are HDF5 files of events.",
    )
    reader: Literal["events"] | None = Field(
        None,
        description="`events`: files are HDF5 with an array each of the inputs, by name, with "
        "attribute `units`, whatever the sample's reader is.",
    )
    options: dict[str, Any] = Field(
        {},
        description="Options of the sample's reader that are different for these files, such as "
        "`{cut: null}`.",
    )
    selection: bool = Field(
        True,
        description="Give NaN to events that the data set's `selection` leaves out, of which the "
        "network has seen none.",
    )
    format: Literal["root", "hdf5"] | None = Field(
        None, description="Of what is written; without it that of the files."
    )


def why_not(experiment: Experiment, dataset: Dataset | None = None) -> str | None:
    """Say why networks of an experiment cannot be exported; None where they can.

    Parameters
    ----------
    experiment
        The experiment.
    dataset
        Its data set, if its inputs are to be looked at, too.
    """
    if experiment.task == "density" and experiment.targets is not None and experiment.inputs == []:
        return (
            "learns the density of targets under no conditions, so that no array of an event would "
            "go in; learn it as variables, or take model.keras"
        )
    return None if dataset is None else _unknown_functions(experiment, dataset)


def _unknown_functions(experiment: Experiment, dataset: Dataset) -> str | None:
    """Name the first function of a transform, or of its inverse, that ONNX does not know."""
    names = list(dataset.inputs if experiment.inputs is None else experiment.inputs)
    names += [] if experiment.variables in (None, *names) else [str(experiment.variables)]
    for name in names:
        for channel in dataset.inputs[name].channels:
            formulas = [channel.transform, channel.inverse]
            for formula in formulas if name == experiment.variables else formulas[:1]:
                for function in re.findall(r"([A-Za-z_]\w*)\s*\(", formula or ""):
                    if function not in FUNCTIONS:
                        return (
                            f"has input '{name}' with transform '{formula}', and '{function}' has "
                            f"no counterpart in ONNX; {suggest(function, FUNCTIONS)}"
                        )
    return None


def says_of(experiment: Experiment) -> tuple[Says, ...]:
    """Tell what the exported files of a network say, a file each.

    All inputs of an ONNX graph must be given, so what needs random numbers and what needs values
    are files of their own.
    """
    if experiment.task == "density":
        return "samples", "log_density"
    return ("samples",) if experiment.task == "generation" else ("answers",)


def applied_of(experiment: Experiment) -> Says:
    """Tell which of its files is applied to new events."""
    return says_of(experiment)[-1]


def why_not_applied(experiment: Experiment) -> str | None:
    """Say why an exported network says nothing of new events; None where it does."""
    if experiment.task == "generation":
        return (
            "makes events from random numbers, and says nothing of those of a file: export it and "
            "give it random numbers (docs/export.md)"
        )
    if experiment.task == "density" and experiment.variables is None:
        return (
            f"learns the density of {', '.join(experiment.targets or {})}, which needs their true "
            f"values or random numbers: export it and give it those (docs/export.md), or apply an "
            f"experiment with loss: gaussian"
        )
    return None


def exported(
    export: Export | None,
    experiments: Mapping[str, Experiment],
    datasets: Mapping[str, Dataset],
) -> list[str]:
    """Name the experiments whose networks are exported: those asked for, or all that can be.

    Raises
    ------
    ValueError
        One is asked for that is not there, or that cannot be exported.
    """
    if export is None or export.experiments is None:
        left_out = not_exported(experiments, datasets)
        return [name for name in experiments if name not in left_out]
    for name in export.experiments:
        if name not in experiments:
            msg = f"export.experiments: unknown name '{name}'; {suggest(name, experiments)}"
            raise ValueError(msg)
        reason = why_not(experiments[name], datasets[experiments[name].dataset])
        if reason is not None:
            msg = f"export.experiments: experiment '{name}' {reason}"
            raise ValueError(msg)
    return list(export.experiments)


def not_exported(
    experiments: Mapping[str, Experiment], datasets: Mapping[str, Dataset]
) -> dict[str, str]:
    """Say of each experiment whose networks cannot be exported why they cannot."""
    reasons = {name: why_not(entry, datasets[entry.dataset]) for name, entry in experiments.items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def check_application(
    name: str,
    config: Application,
    experiments: Mapping[str, Experiment],
    datasets: Mapping[str, Dataset],
    samples: Mapping[str, Any],
) -> None:
    """Refuse an application of what is not there, or of files that cannot be read.

    Raises
    ------
    ValueError
        With the key, and the nearest right name.
    """
    where = f"apply.{name}"
    if config.experiment not in experiments:
        hint = suggest(config.experiment, experiments)
        msg = f"{where}.experiment: unknown name '{config.experiment}'; {hint}"
        raise ValueError(msg)
    experiment = experiments[config.experiment]
    reason = why_not(experiment, datasets[experiment.dataset]) or why_not_applied(experiment)
    if reason is not None:
        msg = f"{where}.experiment: experiment '{config.experiment}' {reason}"
        raise ValueError(msg)
    if config.seed is not None and config.seed not in experiment.seeds:
        msg = f"{where}.seed: {config.seed} is none of the trainings' seeds {experiment.seeds}"
        raise ValueError(msg)
    read_as(name, config, datasets[experiment.dataset], samples)


def read_as(
    name: str, config: Application, dataset: Dataset, samples: Mapping[str, Any]
) -> ReadSample | None:
    """Find out how the files of an application are read.

    Returns
    -------
    ReadSample or None
        The sample with these files and options; None for HDF5 files of events.

    Raises
    ------
    ValueError
        The sample is not the data set's, its reader cannot be applied, or options do not fit it.
    """
    where = f"apply.{name}"
    sample = _sample_of(where, config, dataset)
    entry = samples[sample]
    in_hdf5 = config.reader == "events" or not isinstance(entry, ReadSample)
    for path in filter(is_remote, config.files):
        if in_hdf5 or "*" in path:
            what = "a glob over files elsewhere" if "*" in path else "an address"
            msg = (
                f"{where}.files: '{shown(path)}' is {what}, which is not read here: name files on "
                f"disk, or addresses one by one of files that a sample's reader reads"
            )
            raise ValueError(msg)
    if not isinstance(entry, ReadSample) or in_hdf5:
        if config.options:
            msg = f"{where}.options: HDF5 files of events are read without options: leave them out"
            raise ValueError(msg)
        _check_format(where, config, "events")
        return None
    reader = str(getattr(entry, "reader", ""))
    if reader not in (*ROOT_READERS, *HDF5_READERS):
        msg = (
            f"{where}: files of reader '{reader}' (sample '{sample}') are not applied to, only "
            f"those of {', '.join((*ROOT_READERS, *HDF5_READERS))}, and HDF5 files of events: say "
            f"reader: events"
        )
        raise ValueError(msg)
    _check_format(where, config, reader)
    given = entry.model_dump(mode="json", exclude_unset=True) | {"files": config.files}
    given["options"] = given.get("options", {}) | config.options
    # Those are of the sample's own files.
    given = {key: value for key, value in given.items() if key not in {"download", "checksums"}}
    try:
        return type(entry).model_validate(given)
    except ValidationError as error:
        faults = [line(fault, given, ()) for fault in error.errors(include_url=False)]
        msg = f"{where}: {'; '.join(faults)}"
        raise ValueError(msg) from None


def _sample_of(where: str, config: Application, dataset: Dataset) -> str:
    if config.sample is None:
        if len(dataset.samples) > 1:
            msg = (
                f"{where}.sample is needed: the data set is made of samples "
                f"{dataset.samples}; name the one whose files look like these"
            )
            raise ValueError(msg)
        return dataset.samples[0]
    if config.sample not in dataset.samples:
        hint = suggest(config.sample, dataset.samples)
        msg = f"{where}.sample: '{config.sample}' is no sample of the experiment's data set; {hint}"
        raise ValueError(msg)
    return config.sample


def _check_format(where: str, config: Application, reader: str) -> None:
    if reader in SEVERAL_AN_EVENT and config.format == "hdf5":
        msg = (
            f"{where}.format: '{reader}' has a varying number of jets an event, which HDF5 does "
            f"not hold: leave format out, or say root"
        )
        raise ValueError(msg)


def format_of(config: Application, sample: ReadSample | None) -> str:
    """Name the format of what is written."""
    if config.format is not None:
        return config.format
    return "root" if getattr(sample, "reader", None) in ROOT_READERS else "hdf5"
