"""Experiments: one network, trained on one data set with one or several seeds."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from footprint.config.adversarial import Adversarial
from footprint.config.base import (
    DISTRIBUTIONS,
    DistributionTask,
    Name,
    Names,
    Positive,
    Strict,
    Task,
    shorthand,
)
from footprint.config.corrections import BiasCorrection, Calibration
from footprint.config.flows import Flow
from footprint.config.inside import Inside
from footprint.config.learn_from import LearnFrom
from footprint.config.networks import Model
from footprint.config.observables import Observables
from footprint.config.recorded import Recorded
from footprint.config.scans import Scan
from footprint.config.separation import Separation
from footprint.config.tagging import Tagging
from footprint.config.trainings import Loss, Training, check_loss, check_smoothing
from footprint.config.two_sample import TwoSample


class Evaluation(Strict):
    """What is measured on the test split."""

    bootstrap: Annotated[int, Field(ge=20)] = Field(
        200, description="Bootstrap samples of the test events behind every error."
    )
    bins: Annotated[int, Field(ge=2, le=100)] = Field(
        8, description="Bins of truth and spectators; each holds about as many events."
    )
    against: Names = Field(
        [],
        description="Spectators in whose bins the quality is shown: bias and resolution, "
        "containment, accuracy and confusion matrix, merit factor.",
    )
    separation: dict[
        Name,
        Annotated[
            Separation,
            shorthand(list, lambda given: {"between": given}, list[Name] | Separation),
        ],
    ] = Field(
        {},
        description="Two kinds of events that a target should separate, by target, such as "
        "`{mass: [proton, iron], ln_mass: {spectator: mass_number, between: [1, 56]}}`. Targets "
        "that the experiment does not learn are passed over, so experiments may share a block.",
    )
    signal_efficiencies: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        [0.3, 0.5, 0.8], description="Where the background rejection is quoted."
    )
    tagging: (
        Annotated[Tagging, shorthand(str, lambda given: {"signal": given}, Name | Tagging)] | None
    ) = Field(
        None,
        description="The class that is tagged, of the target that has it: `top`, or "
        "`{signal: top, against: [jet_pt]}`.",
    )
    calibration: Calibration | None = Field(
        None,
        description="Correct the probabilities of classes as the validation split tells, and show "
        "both: `temperature` divides the logits by one number, `isotonic` fits a rising function "
        "of each class's probability.",
    )
    bias_correction: BiasCorrection | None = Field(
        None,
        description="Take off the bias of values that the validation split tells, and show both; "
        "`{}` as a function of the prediction.",
    )
    data: (
        Annotated[Recorded, shorthand(str, lambda given: {"sample": given}, Name | Recorded)] | None
    ) = Field(
        None,
        description="Recorded events, without truth, to compare with simulated test events: the "
        "name of a sample, or `{sample: recorded, spectators: [zenith]}`.",
    )
    true_log_density: Name | None = Field(
        None,
        description="Spectator that is the logarithm of the true density of `variables`, in nat, "
        "such as `log_density` of the generator `known_density`: the limit of what can be learnt.",
    )
    inside: Inside | None = Field(
        None,
        description="Look inside the network of the first seed: filters, activations, what its "
        "answers rest on, and its worst errors, of inputs with rows and columns; `{}` for all.",
    )
    observables: Annotated[
        Observables, shorthand(list, lambda given: {"names": given}, Names | Observables)
    ] = Field(
        default_factory=Observables,
        description="Of generated events: by what they are compared with real ones.",
    )
    two_sample: TwoSample = Field(
        default_factory=TwoSample,
        description="Of generated events: the network that is told to separate them from real "
        "ones.",
    )


def check_corrections(evaluation: Evaluation, tasks: Sequence[str]) -> None:
    """Refuse to correct what no network answers; without tasks they are not known yet.

    Raises
    ------
    ValueError
        No task is the one that a correction is for.
    """
    for key, task in (("calibration", "classification"), ("bias_correction", "regression")):
        if tasks and getattr(evaluation, key) is not None and task not in tasks:
            msg = (
                f"evaluation.{key} is for the task {task}, found "
                f"{', '.join(sorted(set(tasks)))}: leave it out"
            )
            raise ValueError(msg)


class Learnt(Strict):
    """One of several targets that a network learns at the same time."""

    weight: Positive = Field(1.0, description="Weight of its loss in the sum of all losses.")
    loss: Loss | None = Field(None, description="Its loss; the default is that of `training`.")


def _learnt(given: Any) -> Any:
    """Read `[energy, axis]` and `{energy: 2}`."""
    if isinstance(given, list):
        twice = sorted({str(name) for name in given if given.count(name) > 1})
        if twice:
            msg = f"{', '.join(twice)} listed more than once: name each once"
            raise ValueError(msg)
        return {name: {} for name in given}
    if isinstance(given, Mapping):
        numbers = (int, float)
        return {
            name: {"weight": value} if isinstance(value, numbers) else value
            for name, value in given.items()
        }
    return given


class Experiment(Strict):
    """A network on a data set. It learns one target, found by `task`, or several `targets`."""

    dataset: Name = Field(description="Name of the data set.")
    task: Task | DistributionTask | None = Field(
        None,
        description="What is learnt: of one target; or `generation` or `density` of `variables`, "
        "or the `density` of `targets` together.",
    )
    variables: Name | None = Field(
        None,
        description="The input whose distribution is learnt, under the conditions of all `inputs` "
        "that are named; `inputs: []` for none.",
    )
    learn_from: LearnFrom | None = Field(
        None,
        description="For a density of `variables`: learn from the events of one class of a target "
        "alone, as of `{target: jet, classes: [qcd]}`, and judge all events by how unlikely they "
        "are, beside the networks that learn that target.",
    )
    target: Name | None = Field(
        None, description="Target of the data set; may be left out where only one fits the task."
    )
    targets: (
        Annotated[
            dict[Name, Learnt],
            BeforeValidator(
                _learnt, json_schema_input_type=Names | dict[Name, Positive | Learnt] | None
            ),
            Field(min_length=1),
        ]
        | None
    ) = Field(
        None,
        description="Several targets learnt at the same time: a list, or each with the weight of "
        "its loss.",
    )
    inputs: Names | None = Field(None, description="Inputs to use; without it all.")
    model: Model = Field(description="The network.")
    training: Training = Field(default_factory=Training, description="How it is trained.")
    evaluation: Evaluation = Field(default_factory=Evaluation, description="How it is judged.")
    seeds: Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1)] = Field(
        [1], description="One training for each; the report gives mean and spread."
    )
    scan: Scan | None = Field(
        None,
        description="Try other values of model, training and inputs, and keep those of the "
        "lowest validation loss: the points are trained with the first seed, the chosen one with "
        "all seeds.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.seeds)) != len(self.seeds):
            msg = f"seeds repeat: {self.seeds}"
            raise ValueError(msg)
        if self.task in DISTRIBUTIONS:
            check_distribution(self)
        elif self.variables is not None:
            msg = f"variables '{self.variables}' go with task: {' or '.join(DISTRIBUTIONS)}"
            raise ValueError(msg)
        elif (self.task is None) == (self.targets is None):
            found = "neither" if self.task is None else "both"
            msg = f"an experiment needs task (one target) or targets (several), found {found}"
            raise ValueError(msg)
        elif isinstance(self.model, Flow | Adversarial):
            msg = (
                f"model '{self.model.name}' learns a distribution: give task: "
                f"{' or '.join(DISTRIBUTIONS)}, found {self.task or 'targets'}"
            )
            raise ValueError(msg)
        elif self.inputs == []:
            msg = "inputs is empty: name inputs, or leave it out for all"
            raise ValueError(msg)
        self._check_density()
        check_corrections(self.evaluation, [self.task] if self.task else [])
        if self.targets is not None and self.target is not None:
            msg = f"target '{self.target}' goes with task: put it among targets"
            raise ValueError(msg)
        loss = self.training.loss
        if self.targets is not None and loss is not None:
            msg = f"training.loss '{loss}' is for one target: give each of targets its own loss"
            raise ValueError(msg)
        if self.task is not None and self.task not in DISTRIBUTIONS:
            check_loss(loss, self.task)
            check_smoothing(self.training, [self.task])
        return self

    def _check_density(self) -> None:
        """Keys that are for densities of variables are given with them alone."""
        given = {
            "learn_from": self.learn_from,
            "evaluation.true_log_density": self.evaluation.true_log_density,
        }
        for key, value in given.items():
            if value is not None and (self.task != "density" or self.variables is None):
                of = " of targets" if self.task == "density" else ""
                msg = f"{key} goes with task: density of variables, found {self.task}{of}"
                raise ValueError(msg)

    @model_validator(mode="after")
    def _snapshots_are_of_one_training(self) -> Self:
        if self.scan is not None and self.training.snapshots:
            msg = (
                f"training.snapshots {self.training.snapshots} are not kept by the points of a "
                f"scan: take them in an experiment without scan"
            )
            raise ValueError(msg)
        return self


def _check_adversarial(training: Training, name: str) -> None:
    if training.mixed_precision:
        msg = f"training.mixed_precision is not for model {name}: leave it out"
        raise ValueError(msg)
    for key, value, usual in (
        ("devices", training.devices, 1),
        ("jit_compile", training.jit_compile, "auto"),
    ):
        if value != usual:
            msg = f"training.{key} is not for model {name}, whose two networks take turns: "
            msg += "leave it out"
            raise ValueError(msg)


def check_distribution(experiment: Experiment) -> None:
    """Refuse an experiment of a distribution that says too little, or too much.

    Raises
    ------
    ValueError
        With what was found.
    """
    task, model, training = experiment.task, experiment.model, experiment.training
    if (experiment.variables is None) == (experiment.targets is None):
        found = "neither" if experiment.variables is None else "both"
        msg = (
            f"task {task} needs variables (an input) or, for a density, targets (one or several): "
            f"found {found}"
        )
        raise ValueError(msg)
    if experiment.targets is not None and task == "generation":
        msg = "targets are learnt with task: density; for a generation name an input as variables"
        raise ValueError(msg)
    _check_joint_targets(experiment.targets or {})
    if experiment.variables in (experiment.inputs or ()):
        msg = f"'{experiment.variables}' is among inputs, which are the conditions: name it once"
        raise ValueError(msg)
    name = getattr(model, "name", "layers or file")
    fitting = ("flow", "gan", "wgan") if task == "generation" else ("flow",)
    if name not in fitting:
        msg = f"model '{name}' cannot learn a {task}: expected one of {', '.join(fitting)}"
        raise ValueError(msg)
    if isinstance(model, Adversarial):
        _check_adversarial(training, name)
    if isinstance(model, Flow) and model.context is not None and experiment.inputs == []:
        msg = (
            f"model.context '{model.context.name}' reads conditions, and inputs is empty: name "
            f"them as inputs, or leave context out"
        )
        raise ValueError(msg)
    given: dict[str, Any] = {
        "target": experiment.target,
        "training.loss": training.loss,
        "training.class_weights": training.class_weights != "none",
        "training.label_smoothing": training.label_smoothing,
        "training.augment": training.augment,
        "training.snapshots": training.snapshots if task == "density" else [],
        "evaluation.inside": experiment.evaluation.inside,
        "evaluation.data": experiment.evaluation.data,
    }
    if experiment.learn_from is None:
        unbinned = experiment.variables is not None
        given["evaluation.against"] = experiment.evaluation.against if unbinned else []
        given["evaluation.tagging"] = experiment.evaluation.tagging
        given["evaluation.separation"] = experiment.evaluation.separation
    for key, value in given.items():
        if value:
            msg = f"{key} is not for the task {task}: leave it out"
            raise ValueError(msg)


def _check_joint_targets(targets: Mapping[str, Learnt]) -> None:
    """Refuse what says nothing of targets whose density is learnt as one."""
    for name, learnt in targets.items():
        if learnt != Learnt():
            msg = (
                f"targets.{name}: weight and loss are not for the task density, which learns all "
                f"targets as one: leave them out"
            )
            raise ValueError(msg)
