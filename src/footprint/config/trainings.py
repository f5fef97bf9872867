"""How a network is trained: optimizer, schedule, length, and what is changed in its events."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from footprint.config.augment import Augment, ImageAugment
from footprint.config.base import Count, Fraction, NotNegative, Positive, Strict
from footprint.config.optimizers import SGD, Adam, Optimizer, RMSprop
from footprint.config.schedules import ConstantRate, OneCycle, Schedule
from footprint.config.snapshots import Snapshots, check_reached
from footprint.config.weight_averaging import EpochAverage, WeightAveraging

Loss = Literal["crossentropy", "mse", "mae", "huber", "gaussian"]


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
        None,
        description="Default: crossentropy for classification, mse for everything else. With "
        "`gaussian` a network of a value also predicts its own uncertainty, event by event.",
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
    jit_compile: Literal["auto"] | bool = Field(
        "auto",
        description="Compile steps with XLA (torch: with its own compiler); `auto` leaves it to "
        "Keras, which on TensorFlow does so on GPUs where results need not be the same each time.",
    )
    devices: Literal["all"] | Count = Field(
        1,
        description="GPUs that divide each batch among themselves: a number, or `all` that a job "
        "is given. With TensorFlow or JAX.",
    )
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
        "of one or two input values, and of those that generate images, figures show what they "
        "had learnt by then.",
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
    def _batches_can_be_divided(self) -> Self:
        if self.devices != "all":
            check_divides(self.batch_size, self.devices)
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


def check_divides(batch_size: int, devices: int) -> None:
    """Refuse batches that cannot be divided evenly among devices.

    Raises
    ------
    ValueError
        With batch sizes that can.
    """
    if batch_size % devices:
        below = batch_size - batch_size % devices
        msg = (
            f"batch_size {batch_size} cannot be divided evenly among {devices} devices: choose "
            + " or ".join(str(size) for size in (below, below + devices) if size)
        )
        raise ValueError(msg)


def check_loss(loss: Loss | None, task: str) -> None:
    """Refuse a loss that a task cannot have.

    Raises
    ------
    ValueError
        It is not for this task.
    """
    if loss is not None and (loss == "crossentropy") != (task == "classification"):
        msg = f"loss '{loss}' does not fit the task {task}"
        raise ValueError(msg)
    if loss == "gaussian" and task != "regression":
        msg = f"loss 'gaussian' is for values (task regression), found {task}: take mse or mae"
        raise ValueError(msg)


def check_smoothing(training: Training, tasks: Sequence[str]) -> None:
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
