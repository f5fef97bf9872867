"""What a network is trained towards: its outputs, loss and targets, and the way back to units."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.base import Task
from footprint.config.experiments import Experiment
from footprint.config.trainings import Loss, Training, check_loss
from footprint.errors import TrainingError, suggest
from footprint.files.datasets import Dataset, Normalisation, Split
from footprint.files.hdf5 import Array
from footprint.models.outputs import Output
from footprint.training import gaussian

LOSSES = {
    "crossentropy": "sparse_categorical_crossentropy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "huber": "huber",
}


@dataclass(frozen=True)
class Goal:
    """One target of a data set as a network sees it.

    Attributes
    ----------
    name
        Name of the target.
    classes
        Class names, empty for a continuous target.
    normalisation
        Shift and scale of a continuous target (of its log10 if ``log``).
    log
        Whether log10 is learnt.
    task
        What learning it is called.
    weight
        Weight of its loss in the sum of all losses.
    loss
        Its loss; the default is that of the task.
    soft
        Whether events belong to classes in shares, instead of to one.
    """

    name: str
    classes: tuple[str, ...]
    normalisation: Normalisation | None
    log: bool
    task: Task
    weight: float = 1.0
    loss: Loss | None = None
    soft: bool = False

    @property
    def output(self) -> Output:
        """Units and activation of the output layer."""
        if self.normalisation is None:
            return Output(len(self.classes), "softmax")
        return Output(self.values * (2 if self.uncertain else 1), "linear")

    @property
    def uncertain(self) -> bool:
        """Whether the network says beside each value how uncertain it is."""
        return self.loss == "gaussian"

    @property
    def values(self) -> int:
        """Numbers that a continuous target has an event."""
        return 1 if self.normalisation is None else int(np.size(self.normalisation.shift))

    @property
    def loss_name(self) -> Loss:
        """The loss, as configurations name it."""
        return self.loss or ("crossentropy" if self.classes else "mse")

    @property
    def keras_loss(self) -> str | Callable[[Any, Any], Any]:
        """Keras' name of the loss, or the loss itself."""
        if self.soft:
            return "categorical_crossentropy"
        if self.uncertain:
            return gaussian.negative_log_likelihood
        return LOSSES[self.loss_name]

    def metric(self) -> Any:
        """Make the metric that is shown beside the loss, or name that of Keras."""
        if self.uncertain:
            return gaussian.error_of_mean()
        return "accuracy" if self.classes else "mae"

    def encode(self, values: Array) -> Array:
        """Bring values to what the network must return, shape (n,) or (n, units)."""
        if self.normalisation is None:
            return np.eye(len(self.classes), dtype=np.float32)[values] if self.soft else values
        wide = np.log10(values) if self.log else values.astype(np.float64)
        encoded = self.normalisation.apply(wide).astype(np.float32)
        return encoded.reshape(len(values), -1)

    def decode(self, outputs: Array, like: tuple[int, ...]) -> Array:
        """Bring the network's outputs back to probabilities or physical units.

        Parameters
        ----------
        outputs
            Shape (n, units).
        like
            Shape of the truth.
        """
        if self.normalisation is None:
            return outputs
        wide = outputs[:, : self.values].astype(np.float64).reshape(like)
        values = np.asarray(self.normalisation.invert(wide))
        if self.task == "direction":
            # A vector of length zero, as of an untrained network, stays what it is.
            length = np.linalg.norm(values, axis=-1, keepdims=True)
            return np.asarray(values / np.where(length > 0, length, 1.0))
        return np.asarray(10.0**values if self.log else values)

    def decode_sigma(self, outputs: Array, like: tuple[int, ...]) -> Array | None:
        """Bring the predicted uncertainties to physical units; None where there are none.

        Where log10 is learnt, its standard deviation s about m stands for a range of values from
        10^(m - s) to 10^(m + s); what is given is half of it, 10^m sinh(s ln 10).

        Parameters
        ----------
        outputs
            Shape (n, units).
        like
            Shape of the truth.
        """
        if self.normalisation is None or not self.uncertain:
            return None
        raw = outputs[:, self.values :].astype(np.float64).reshape(like)
        sigma = gaussian.sigma(raw) * np.abs(self.normalisation.scale)
        if not self.log:
            return np.asarray(sigma)
        return np.asarray(self.decode(outputs, like) * np.sinh(sigma * np.log(10)))


def goals_of(dataset: Dataset, config: Experiment) -> list[Goal]:
    """Read from a data set what the targets of an experiment ask of a network.

    Raises
    ------
    TrainingError
        The data set has no such target, several or none that fit the task, or a loss is not for
        its task.
    """
    soft = config.training.soft_classes
    if config.targets is not None:
        return [
            goal_of(dataset, name, learnt.weight, learnt.loss, soft=soft)
            for name, learnt in config.targets.items()
        ]
    known = dataset.names("targets")
    fitting = [name for name in known if dataset.task(name) == config.task]
    if config.target is None and len(fitting) != 1:
        msg = (
            f"{dataset.path} has {len(fitting)} targets for the task {config.task}: "
            f"{fitting or 'none'}; name one with target (targets there: {known})"
        )
        raise TrainingError(msg)
    target = config.target or fitting[0]
    return [goal_of(dataset, target, loss=config.training.loss, soft=soft)]


def goal_of(
    dataset: Dataset,
    target: str,
    weight: float = 1.0,
    loss: Loss | None = None,
    *,
    soft: bool = False,
) -> Goal:
    """Read from a data set what a target asks of a network.

    Raises
    ------
    TrainingError
        The data set has no such target, or the loss is not for its task.
    """
    if target not in dataset.names("targets"):
        known = dataset.names("targets")
        msg = f"{dataset.path} has no target '{target}'; {suggest(target, known)}"
        raise TrainingError(msg)
    task = dataset.task(target)
    try:
        check_loss(loss, task)
    except ValueError as error:
        msg = f"target '{target}' of {dataset.path}: {error}"
        raise TrainingError(msg) from None
    classes = tuple(dataset.classes(target))
    normalisation = None if classes else dataset.normalisation(target)
    log = dataset.is_log(target)
    return Goal(target, classes, normalisation, log, task, weight, loss, soft and bool(classes))


def event_weights(
    goal: Goal, dataset: Dataset, split: Split, config: Training
) -> NDArray[np.float32] | None:
    """Weights of events, also such that classes count alike; None where all events count alike.

    The mean over the training events is 1.

    Raises
    ------
    TrainingError
        A class does not occur among the events that are learnt from.
    """
    rows = slice(config.events)
    own = dataset.weights(split, rows if split == "train" else slice(None))
    if config.class_weights == "none" or not goal.classes:
        return own
    learnt, weights = dataset.target("train", goal.name, rows), dataset.weights("train", rows)
    counts = np.bincount(learnt, weights, minlength=len(goal.classes))
    missing = [c for c, n in zip(goal.classes, counts, strict=True) if n == 0]
    if missing:
        msg = (
            f"class {', '.join(missing)} of target '{goal.name}' does not occur in the first "
            f"{config.events} training events: class_weights need more events"
        )
        raise TrainingError(msg)
    per_class = counts.sum() / (len(goal.classes) * counts)
    labels = learnt if split == "train" else dataset.target(split, goal.name)
    balanced = per_class[labels] if own is None else per_class[labels] * own
    return np.asarray(balanced, dtype=np.float32)
