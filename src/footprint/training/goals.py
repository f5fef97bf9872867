"""What a network is trained towards: its outputs, loss and targets, and the way back to units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.experiments import Training
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset, Normalisation, Split
from footprint.files.hdf5 import Array
from footprint.models import Outputs

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
    """

    name: str
    classes: tuple[str, ...]
    normalisation: Normalisation | None
    log: bool

    @property
    def outputs(self) -> Outputs:
        """Units and activation of the output layer."""
        if self.normalisation is None:
            return Outputs(len(self.classes), "softmax")
        return Outputs(int(np.size(self.normalisation.shift)), "linear")

    def loss(self, config: Training) -> str:
        """Keras' name of the loss."""
        return LOSSES[config.loss or ("crossentropy" if self.classes else "mse")]

    def metric(self) -> str:
        """Keras' name of the metric that is shown beside the loss."""
        return "accuracy" if self.classes else "mae"

    def encode(self, values: Array) -> Array:
        """Bring values to what the network must return, shape (n,) or (n, units)."""
        if self.normalisation is None:
            return values
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
        wide = outputs.astype(np.float64).reshape(like)
        values = self.normalisation.invert(wide)
        return np.asarray(10.0**values if self.log else values)


def goal_of(dataset: Dataset, target: str) -> Goal:
    """Read from a data set what a target asks of a network.

    Raises
    ------
    TrainingError
        The data set has no such target.
    """
    if target not in dataset.names("targets"):
        msg = f"{dataset.path} has no target '{target}', found {dataset.names('targets')}"
        raise TrainingError(msg)
    classes = tuple(dataset.classes(target))
    normalisation = None if classes else dataset.normalisation(target)
    return Goal(target, classes, normalisation, dataset.is_log(target))


def event_weights(
    goal: Goal, dataset: Dataset, split: Split, config: Training
) -> NDArray[np.float32] | None:
    """Weights that make classes count alike, with mean 1; None where all events count alike."""
    if config.class_weights == "none" or not goal.classes:
        return None
    counts = np.bincount(dataset.target("train", goal.name), minlength=len(goal.classes))
    per_class = counts.sum() / (len(goal.classes) * counts)
    return np.asarray(per_class[dataset.target(split, goal.name)], dtype=np.float32)
