"""Experiments: one network, trained on one data set with one or several seeds."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, model_validator

from footprint.config.augment import Augment
from footprint.config.base import (
    Count,
    Name,
    Names,
    NotNegative,
    Positive,
    Strict,
    Task,
    one_of,
    shorthand,
)
from footprint.config.inside import Inside
from footprint.config.networks import Model
from footprint.config.separation import Separation
from footprint.config.tagging import Tagging

Loss = Literal["crossentropy", "mse", "mae", "huber"]


class ConstantRate(Strict):
    """The learning rate stays as it is."""

    name: Literal["constant"]


class Cosine(Strict):
    """The learning rate falls to zero along half a period of a cosine, after a linear warm-up."""

    name: Literal["cosine"]
    warmup_epochs: int = Field(0, ge=0, description="Epochs of linear rise before.")


class Exponential(Strict):
    """The learning rate is multiplied by a factor after each epoch."""

    name: Literal["exponential"]
    factor: float = Field(0.95, gt=0, le=1, description="Factor an epoch.")


class Step(Strict):
    """The learning rate is multiplied by a factor every few epochs."""

    name: Literal["step"]
    every_epochs: Count = Field(10, description="Epochs between the steps.")
    factor: float = Field(0.5, gt=0, le=1, description="Factor a step.")


SCHEDULES = {
    "constant": ConstantRate,
    "cosine": Cosine,
    "exponential": Exponential,
    "step": Step,
}
Schedule = Annotated[
    ConstantRate | Cosine | Exponential | Step,
    Discriminator("name"),
    one_of("name", SCHEDULES, "schedule"),
]


class Optimizer(Strict):
    """Adam, with decoupled weight decay if it is called adamw."""

    name: Literal["adam", "adamw"] = Field("adam", description="Which optimizer.")
    learning_rate: Positive = Field(1e-3, description="Learning rate at the start.")
    weight_decay: NotNegative = Field(0.0, description="Decoupled weight decay (adamw).")
    clip_norm: Positive | None = Field(None, description="Largest norm of each gradient.")

    @model_validator(mode="after")
    def _decay_and_adamw_belong_together(self) -> Self:
        if self.name == "adamw" and not self.weight_decay:
            msg = "adamw without weight_decay is adam: set weight_decay, such as 0.004"
            raise ValueError(msg)
        if self.weight_decay and self.name != "adamw":
            msg = f"weight_decay {self.weight_decay:g} needs name: adamw, found {self.name}"
            raise ValueError(msg)
        return self


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
    optimizer: Optimizer = Field(default_factory=Optimizer, description="The optimizer.")
    schedule: Schedule = Field(
        default_factory=lambda: ConstantRate(name="constant"),
        description="Course of the learning rate over the epochs.",
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
        None, description="Turns and flips of the training events; `{}` finds what there is."
    )

    @model_validator(mode="after")
    def _one_way_to_change_the_rate(self) -> Self:
        if self.reduce_on_plateau is not None and self.schedule.name != "constant":
            msg = (
                f"reduce_on_plateau and schedule '{self.schedule.name}' both change the learning "
                f"rate: keep one"
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
