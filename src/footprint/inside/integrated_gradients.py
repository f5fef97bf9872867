"""Integrated gradients: what each pixel contributes to the answer, beside that of a baseline.

M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks" (ICML 2017,
arXiv:1703.01365): the difference of a pixel to the baseline's, times the mean gradient on the
straight line between. All contributions add up to the difference of the answers (completeness).
"""

from dataclasses import dataclass

import numpy as np

from footprint.files.hdf5 import Array
from footprint.inside.answers import Question
from footprint.inside.pixels import Floats, ImageInput


@dataclass(frozen=True)
class Contributions:
    """What pixels contribute.

    Attributes
    ----------
    pixels
        Shape (n, rows, columns, measured channels), in units of the answer; a mask's are added to
        its channel's.
    answer, baseline
        The answers of the events and of the baseline, shape (n,).
    """

    pixels: Floats
    answer: Array
    baseline: Array

    @property
    def gap(self) -> Floats:
        """By how much the sum of the contributions misses the difference of answers, shape (n,)."""
        total = self.pixels.sum(axis=tuple(range(1, self.pixels.ndim)))
        return np.asarray(total - (self.answer.astype(np.float64) - self.baseline))


def integrated_gradients(question: Question, image: ImageInput, steps: int) -> Contributions:
    """Integrate gradients from the baseline to each event, by the midpoint rule.

    Parameters
    ----------
    question, image
        What is asked, by which input.
    steps
        Points on the way.
    """
    values = question.events[image.name].astype(np.float64)
    number = np.arange(len(values))
    start = np.broadcast_to(image.seen(image.baseline[None]), values.shape).astype(np.float64)
    # Event after event, so that memory does not grow with their number.
    mean = np.empty_like(values)
    share = ((np.arange(steps) + 0.5) / steps).reshape(-1, *[1] * (values.ndim - 1))
    for row in number:
        way = (start[row] + share * (values[row] - start[row])).astype(np.float32)
        mean[row] = question.gradients(way, np.full(steps, row)).mean(axis=0, dtype=np.float64)
    by_pixel = image.pulled_back(mean) * (image.original(values) - image.baseline)
    return Contributions(
        image.of_measurements(by_pixel),
        question.answers(values.astype(np.float32), number),
        question.answers(start.astype(np.float32), number),
    )
