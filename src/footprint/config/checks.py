"""Checks of an experiment that need the data set it learns from."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, product
from typing import get_args

from footprint.config.base import Names, known
from footprint.config.constituents import ConstituentFamily
from footprint.config.convolutions import Hexagonal
from footprint.config.datasets import Dataset, Target
from footprint.config.experiments import Experiment, Learnt, check_corrections
from footprint.config.flows import Flow
from footprint.config.inputs import Channel
from footprint.config.observatory import Observatory
from footprint.config.samples import Sample
from footprint.config.separation import Separation
from footprint.config.tagging import Tagging
from footprint.config.trainings import check_loss, check_smoothing


def fitting_targets(experiment: Experiment, dataset: Dataset) -> list[str]:
    """List the targets of a data set that fit an experiment's task."""
    return [name for name, target in dataset.targets.items() if target.task == experiment.task]


def check_experiment(name: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse an experiment that asks for what its data set does not have.

    Raises
    ------
    ValueError
        With the path of the key.
    """
    for entry in experiment.inputs or ():
        known(f"experiments.{name}.inputs", entry, dataset.inputs)
    _check_bins(f"experiments.{name}.evaluation.against", experiment.evaluation.against, dataset)
    correction = experiment.evaluation.bias_correction
    if correction is not None and correction.by is not None:
        where = f"experiments.{name}.evaluation.bias_correction.by"
        _check_bins(where, [correction.by], dataset)
    for where, reader, inputs in _readers(name, experiment):
        if isinstance(reader, ConstituentFamily):
            _check_channels(where, inputs or list(dataset.inputs), reader, experiment, dataset)
    for separated, kinds in experiment.evaluation.separation.items():
        where = f"experiments.{name}.evaluation.separation"
        known(where, separated, dataset.targets)
        _check_separation(f"{where}.{separated}", kinds, dataset.targets[separated], dataset)
    if experiment.evaluation.tagging is not None:
        tagging = experiment.evaluation.tagging
        _check_tagging(f"experiments.{name}.evaluation.tagging", tagging, dataset)
    if experiment.variables is None:
        _check_target(name, experiment, dataset)


def _readers(name: str, experiment: Experiment) -> Iterator[tuple[str, object, Names | None]]:
    """Find the networks that read inputs, their keys, and which inputs; None for all.

    That of a flow is its context; that of the two-sample test reads generated events.
    """
    where, model = f"experiments.{name}.model", experiment.model
    if isinstance(model, Flow):
        yield f"{where}.context", model.context, experiment.inputs
    else:
        yield where, model, experiment.inputs
    if experiment.variables is not None:
        tested = experiment.evaluation.two_sample.model
        yield f"experiments.{name}.evaluation.two_sample.model", tested, [experiment.variables]


def check_layout(name: str, experiment: Experiment, samples: Mapping[str, Sample]) -> None:
    """Refuse a network whose kernels would reach other stations than a station's neighbours.

    Raises
    ------
    ValueError
        The network is for another layout than that of a simulated sample.
    """
    for (where, reader, _), (key, sample) in product(_readers(name, experiment), samples.items()):
        if not isinstance(reader, Hexagonal) or not isinstance(sample, Observatory):
            continue
        layout = sample.options.layout
        if sample.options.stations is None and layout != reader.layout:
            msg = (
                f"{where}.layout is '{reader.layout}', but sample '{key}' has layout '{layout}': "
                f"its kernels would not reach a station's neighbours; "
            )
            fits = layout in get_args(Hexagonal.model_fields["layout"].annotation)
            raise ValueError(
                msg + (f"say layout: {layout}" if fits else "take 'cnn' or 'residual'")
            )


def check_truth(name: str, dataset: Dataset, key: str, sample: Sample) -> None:
    """Refuse inputs made of what a reader knows to be generator truth.

    Raises
    ------
    ValueError
        With the array and the sample it comes from.
    """
    for array in sorted(dataset.seen_by_networks() & set(getattr(sample, "truth", ()))):
        msg = (
            f"datasets.{name}.inputs: '{array}' of sample '{key}' is generator truth, which "
            f"networks must not see: move it to spectators or targets"
        )
        raise ValueError(msg)


def _check_target(name: str, experiment: Experiment, dataset: Dataset) -> None:
    fitting = fitting_targets(experiment, dataset)
    asked = list(experiment.targets or [experiment.target])
    for target in asked if asked[0] in dataset.targets else fitting:
        if target in dataset.targets and name in dataset.targets[target].baselines:
            msg = f"experiments.{name} and a baseline of target '{target}' share their name"
            raise ValueError(msg)
    if experiment.targets is not None:
        _check_targets(f"experiments.{name}.targets", experiment.targets, dataset)
        _check_joint(f"experiments.{name}.targets", experiment, dataset)
        try:
            tasks = [dataset.targets[target].task for target in experiment.targets]
            check_smoothing(experiment.training, tasks)
        except ValueError as error:
            msg = f"experiments.{name}.training: {error}"
            raise ValueError(msg) from None
        try:
            check_corrections(experiment.evaluation, tasks)
        except ValueError as error:
            msg = f"experiments.{name}.{error}"
            raise ValueError(msg) from None
    elif experiment.target is not None:
        known(f"experiments.{name}.target", experiment.target, dataset.targets)
        if experiment.target not in fitting:
            msg = (
                f"experiments.{name}: task {experiment.task} does not fit target "
                f"'{experiment.target}'; fitting targets: {fitting or 'none'}"
            )
            raise ValueError(msg)
    elif len(fitting) != 1:
        msg = (
            f"experiments.{name}.target is needed: {len(fitting)} targets of data set "
            f"'{experiment.dataset}' fit the task {experiment.task}: {fitting or 'none'}"
        )
        raise ValueError(msg)


def _check_bins(where: str, spectators: Iterable[str], dataset: Dataset) -> None:
    """Refuse spectators that do not exist, and those that no bins can be made of."""
    for spectator in spectators:
        known(where, spectator, dataset.spectators)
        derivation = dataset.derived_arrays().get(spectator)
        if derivation and spectator not in dataset.derived[derivation].single(derivation):
            msg = (
                f"{where}: '{spectator}' has several values an event, bins need one: choose a "
                f"feature, such as '{derivation}_zenith'"
            )
            raise ValueError(msg)


def _check_channels(
    where: str,
    inputs: Names,
    model: ConstituentFamily,
    experiment: Experiment,
    dataset: Dataset,
) -> None:
    """Refuse options that name no channel, or a normalised one where its values must be kept."""
    channels: dict[str, Channel] = {}
    for name in inputs:
        known(where, name, dataset.inputs)
        if dataset.inputs[name].whiten is not None:
            msg = (
                f"{where}: input '{name}' is whitened, which mixes the constituents that this "
                f"network tells apart: leave out whiten in data set '{experiment.dataset}'"
            )
            raise ValueError(msg)
        for channel in dataset.inputs[name].channels:
            channels.setdefault(channel.array, channel)
    for option, names in model.named_channels().items():
        for name in names:
            known(f"{where}.{option}", name, channels)
            channel = channels[name]
            if option not in model.unscaled_options():
                continue
            if channel.normalise != "none" or channel.transform is not None:
                done = "transformed" if channel.normalise == "none" else "normalised"
                msg = (
                    f"{where}.{option}: channel '{name}' is {done}, but its values themselves are "
                    f"needed: set normalise: none and no transform on it in data set "
                    f"'{experiment.dataset}'"
                )
                raise ValueError(msg)


def _check_tagging(where: str, tagging: Tagging, dataset: Dataset) -> None:
    """Signal and background are classes of one target; spectators exist."""
    targets = [target.classes for target in dataset.targets.values() if target.classes]
    known(f"{where}.signal", tagging.signal, list(dict.fromkeys(chain(*targets))))
    if tagging.background is not None:
        others = [classes for classes in targets if tagging.signal in classes]
        known(f"{where}.background", tagging.background, list(dict.fromkeys(chain(*others))))
    _check_bins(f"{where}.against", tagging.against, dataset)
    _check_bins(f"{where}.sculpting", [tagging.sculpting] if tagging.sculpting else [], dataset)


def _check_separation(where: str, kinds: Separation, target: Target, dataset: Dataset) -> None:
    """Classes are told apart by their names, values by those of a spectator."""
    if target.task not in {"classification", "regression"}:
        msg = f"{where}: a {target.task} does not order events, no two kinds can be separated by it"
        raise ValueError(msg)
    if target.classes is not None:
        if kinds.spectator is not None:
            msg = f"{where}: spectator '{kinds.spectator}' is for targets without classes; name "
            raise ValueError(msg + f"two of the classes {list(target.classes)}")
        for value in kinds.between:
            known(where, str(value), target.classes)
        return
    if kinds.spectator is None:
        msg = (
            f"{where}: this target has no classes such as {kinds.between}: give "
            f"{{spectator: <name>, between: [<value>, <value>]}}"
        )
        raise ValueError(msg)
    known(f"{where}.spectator", kinds.spectator, dataset.spectators)


def _check_joint(where: str, experiment: Experiment, dataset: Dataset) -> None:
    """Refuse a density of anything but values."""
    for target in experiment.targets or ():
        task = dataset.targets[target].task
        if experiment.task == "density" and task != "regression":
            msg = (
                f"{where}.{target}: the density of a {task} is not learnt, only of values: leave "
                f"it out, or learn it in another experiment"
            )
            raise ValueError(msg)


def _check_targets(where: str, targets: Mapping[str, Learnt], dataset: Dataset) -> None:
    for name, learnt in targets.items():
        known(where, name, dataset.targets)
        try:
            check_loss(learnt.loss, dataset.targets[name].task)
        except ValueError as error:
            msg = f"{where}.{name}: {error}"
            raise ValueError(msg) from None
