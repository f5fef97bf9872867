"""Experiments: one network, trained on one data set with one or several seeds."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from footprint.config.augment import Augment, ImageAugment
from footprint.config.base import (
    Count,
    Fraction,
    Name,
    Names,
    NotNegative,
    Positive,
    Strict,
    Task,
    shorthand,
)
from footprint.config.inside import Inside
from footprint.config.networks import Model
from footprint.config.optimizers import SGD, Adam, Optimizer, RMSprop
from footprint.config.scans import Scan
from footprint.config.schedules import ConstantRate, OneCycle, Schedule
from footprint.config.separation import Separation
from footprint.config.snapshots import Snapshots, check_reached
from footprint.config.tagging import Tagging
from footprint.config.weight_averaging import EpochAverage, WeightAveraging

Loss = Literal["crossentropy", "mse", "mae", "huber"]


class EarlyStopping(Strict):
    """Stop when the validation loss no longer falls."""

    patience: Count = Field(10, description="Epochs to wait for a better validation loss.")
    min_delta: NotNegative = Field(0.0, description="Smallest fall that counts.")


class ReduceOnPlateau(Strict):
    """Cut the learning rate when the validation loss no longer falls."""

    patience: Count = Field(5, description="Epochs to wait before each cut.")
    factor: float = Field(0.5, gt=0, lt=1, description="Factor of a cut.")
    min_learning_rate: NotNegative = Field(1e-6, description="The learning rate stays above.")


class Training(Strict):
    """How a network is trained. The weights of the best validation loss are kept."""

    epochs: Count = Field(30, description="Largest number of epochs.")
    batch_size: Count = Field(64, description="Events a step.")
    loss: Loss | None = Field(
        None, description="Default: crossentropy for classification, mse for everything else."
    )
    optimizer: Optimizer = Field(
        default_factory=Adam, description="The optimizer; the default is adam."
    )
    schedule: Schedule = Field(
        default_factory=lambda: ConstantRate(name="constant"),
        description="Course of the learning rate.",
    )
    weight_averaging: WeightAveraging | None = Field(
        None, description="Validate and keep averages of the weights over the training."
    )
    label_smoothing: Fraction = Field(
        0.0,
        description="Share of each label of a classification that is spread evenly over all "
        "classes in training; the validation loss is without.",
    )
    early_stopping: EarlyStopping | None = Field(None, description="When to stop early.")
    reduce_on_plateau: ReduceOnPlateau | None = Field(
        None, description="When to cut the learning rate."
    )
    class_weights: Literal["none", "balanced"] = Field(
        "none", description="`balanced`: classes count alike whatever their frequency."
    )
    mixed_precision: bool = Field(False, description="Compute in 16 bit where there is a GPU.")
    memory_MB: Positive = Field(
        2000.0, description="Data sets with more megabytes of inputs are streamed from disk."
    )
    events: Count | None = Field(
        None,
        description="Learn from the first events of the training split only, which are a random "
        "choice; for learning curves against the number of events.",
    )
    augment: Augment | None = Field(
        None,
        description="Training events changed at random: turns and flips of an array of stations, "
        "`{}` finds what there is; or moves of images, `{method: images, ...}`.",
    )

    snapshots: Snapshots = Field(
        [],
        description="Epochs after which the weights are kept, such as `[1, 10, 100]`; of networks "
        "of one or two input values, figures show what they had learnt by then.",
    )

    @property
    def soft_classes(self) -> bool:
        """Whether an event may belong to several classes in shares."""
        mixed = isinstance(self.augment, ImageAugment) and self.augment.mixup is not None
        return mixed or self.label_smoothing > 0

    @model_validator(mode="after")
    def _snapshots_are_reached(self) -> Self:
        check_reached(self.snapshots, self.epochs)
        return self

    @model_validator(mode="after")
    def _one_way_to_change_the_rate(self) -> Self:
        if self.reduce_on_plateau is not None and self.schedule.name != "constant":
            msg = (
                f"reduce_on_plateau and schedule '{self.schedule.name}' both change the learning "
                f"rate: keep one"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _averages_something(self) -> Self:
        average = self.weight_averaging
        if isinstance(average, EpochAverage) and average.from_epoch >= self.epochs:
            msg = (
                f"weight_averaging from epoch {average.from_epoch} of {self.epochs} has no two "
                f"epochs to average: choose an earlier from_epoch, or more epochs"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _cycled_momentum_is_there(self) -> Self:
        if not isinstance(self.schedule, OneCycle) or self.schedule.momentum is None:
            return self
        fixed = isinstance(self.optimizer, RMSprop)
        if fixed or (isinstance(self.optimizer, SGD) and not self.optimizer.momentum):
            msg = (
                f"schedule one_cycle changes the momentum, and optimizer {self.optimizer.name} "
                + ("keeps its own" if fixed else "has none")
                + ": leave schedule.momentum out, or take adam, adamw or sgd with momentum"
            )
            raise ValueError(msg)
        return self


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
    inside: Inside | None = Field(
        None,
        description="Look inside the network of the first seed: filters, activations, what its "
        "answers rest on, and its worst errors, of inputs with rows and columns; `{}` for all.",
    )


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
    task: Task | None = Field(None, description="What is learnt, of one target.")
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
    inputs: Annotated[Names, Field(min_length=1)] | None = Field(
        None, description="Inputs to use; without it all."
    )
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
        if (self.task is None) == (self.targets is None):
            found = "neither" if self.task is None else "both"
            msg = f"an experiment needs task (one target) or targets (several), found {found}"
            raise ValueError(msg)
        if self.targets is not None and self.target is not None:
            msg = f"target '{self.target}' goes with task: put it among targets"
            raise ValueError(msg)
        loss = self.training.loss
        if self.targets is not None and loss is not None:
            msg = f"training.loss '{loss}' is for one target: give each of targets its own loss"
            raise ValueError(msg)
        if self.task is not None:
            check_loss(loss, self.task)
            check_smoothing(self.training, [self.task])
        return self

    @model_validator(mode="after")
    def _snapshots_are_of_one_training(self) -> Self:
        if self.scan is not None and self.training.snapshots:
            msg = (
                f"training.snapshots {self.training.snapshots} are not kept by the points of a "
                f"scan: take them in an experiment without scan"
            )
            raise ValueError(msg)
        return self


def check_loss(loss: Loss | None, task: Task) -> None:
    """Refuse a loss that a task cannot have.

    Raises
    ------
    ValueError
        It is not for this task.
    """
    if loss is not None and (loss == "crossentropy") != (task == "classification"):
        msg = f"loss '{loss}' does not fit the task {task}"
        raise ValueError(msg)


def check_smoothing(training: Training, tasks: Sequence[Task]) -> None:
    """Refuse to smooth labels where there are none.

    Raises
    ------
    ValueError
        None of the tasks is a classification.
    """
    if training.label_smoothing and "classification" not in tasks:
        msg = (
            f"label_smoothing {training.label_smoothing:g} is for classifications, found "
            f"{', '.join(sorted(set(tasks)))}: leave it out"
        )
        raise ValueError(msg)
