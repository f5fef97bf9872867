"""What a network answers, as one number that pixels can be made responsible for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from footprint.files.hdf5 import Array
from footprint.files.inside import Answer
from footprint.inside.gradients import gradients
from footprint.training.goals import Goal

BATCH = 128
_TINY = 1e-37
"""Below which 32-bit probabilities are zero."""
COMPONENTS = "xyz"


def answers_of(goal: Goal, label: str, units: str) -> tuple[Answer, ...]:
    """Name what a network answers of a target.

    Of classes it is the log-odds of the predicted one, ln p / (1 - p): a probability near 1 no
    longer changes, whatever happens to the event, while its log-odds do.
    """
    if goal.classes:
        return (Answer("", "log-odds of the predicted class", ""),)
    what = f"log$_{{10}}$ {label}" if goal.log else label
    units = "" if goal.log else units
    if goal.values == 1:
        return (Answer("", f"predicted {what}", units),)
    names = COMPONENTS if goal.values <= len(COMPONENTS) else range(goal.values)
    return tuple(
        Answer(str(name), f"predicted {what}, {name}", units)
        for name, _ in zip(names, range(goal.values), strict=False)
    )


def log_odds(probabilities: Any, chosen: Any) -> Any:
    """Compute the log-odds of one class an event.

    Parameters
    ----------
    probabilities
        Shape (n, classes).
    chosen
        Class numbers, shape (n,).
    """
    ops = keras.ops
    own = ops.one_hot(chosen, probabilities.shape[-1], dtype="float32")
    # The others are added up: 1 - p has no digits left where p is close to 1.
    inside, outside = (ops.sum(probabilities * part, axis=-1) for part in (own, 1.0 - own))
    return ops.log(ops.maximum(inside, _TINY)) - ops.log(ops.maximum(outside, _TINY))


@dataclass(frozen=True)
class Question:
    """A network as a function of one of its inputs, the others held: one number an event.

    Attributes
    ----------
    network, goal
        Network and target.
    answer
        Number of the answer.
    name
        The input.
    events
        All inputs of the events, normalised, shapes (n, ...).
    chosen
        Predicted classes, shape (n,); not used for values.
    """

    network: keras.Model
    goal: Goal
    answer: int
    name: str
    events: Mapping[str, Array]
    chosen: NDArray[np.intp]

    def answers(self, values: Array, event: NDArray[np.intp]) -> Array:
        """Ask for changed inputs.

        Parameters
        ----------
        values
            Normalised, shape (m, ...).
        event
            Which event each was made of, shape (m,): its other inputs are those of that event.

        Returns
        -------
        ndarray, shape (m,)
        """
        found = [
            keras.ops.convert_to_numpy(self._asked(values[rows], event[rows]))
            for rows in _batches(len(values))
        ]
        return np.concatenate(found)

    def gradients(self, values: Array, event: NDArray[np.intp]) -> Array:
        """Differentiate the answers by the inputs, shapes (m, ...)."""
        found = [
            gradients(partial(self._asked, event=event[rows]), values[rows])[1]
            for rows in _batches(len(values))
        ]
        return np.concatenate(found)

    def _asked(self, values: Any, event: NDArray[np.intp]) -> Any:
        tensors = {name: array[event] for name, array in self.events.items()}
        tensors[self.name] = values
        # Keras refuses to mix arrays and tensors.
        tensors = {name: keras.ops.convert_to_tensor(x) for name, x in tensors.items()}
        output = self.network(tensors, training=False)[self.goal.name]
        if self.goal.normalisation is None:
            return log_odds(output, self.chosen[event])
        slope, offset = _line(self.goal, self.answer)
        return output[:, self.answer] * slope + offset


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, count, BATCH):
        yield slice(start, start + BATCH)


def _line(goal: Goal, answer: int) -> tuple[float, float]:
    """Slope and offset from a network's output to physical units, or to their logarithm."""
    if goal.normalisation is None:
        return 1.0, 0.0
    shape = np.shape(goal.normalisation.shift)
    at_0, at_1 = (np.ravel(goal.normalisation.invert(make(shape))) for make in (np.zeros, np.ones))
    return float((at_1 - at_0)[answer]), float(at_0[answer])
