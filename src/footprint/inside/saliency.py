"""Saliency: by how much the answer changes with each pixel, its gradient.

K. Simonyan, A. Vedaldi, A. Zisserman, "Deep inside convolutional networks" (arXiv:1312.6034, 2013).
"""

import numpy as np

from footprint.inside.answers import Question
from footprint.inside.pixels import Floats, ImageInput


def saliency(question: Question, image: ImageInput) -> Floats:
    """Differentiate the answer by the pixels.

    Returns
    -------
    ndarray, shape (n, rows, columns, measured channels)
        In units of the answer per unit of the channel before normalisation.
    """
    values = question.events[image.name]
    found = image.pulled_back(question.gradients(values, np.arange(len(values))))
    return found[..., [channel.place for channel in image.images]]
