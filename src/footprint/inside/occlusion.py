"""Occlusion: how the answer changes where a patch of the image is covered by the baseline.

After M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks" (ECCV 2014,
arXiv:1311.2901).
"""

import numpy as np

from footprint.inside.answers import Question
from footprint.inside.pixels import Floats, ImageInput

SHARE = 8
"""The patch's side is one over this of the image's shorter side, if nothing is said."""


def patch_side(patch: int | None, shape: tuple[int, ...]) -> int:
    """Choose the side of the patch in pixels, not larger than the image."""
    side = min(shape[:2])
    return min(patch or max(1, side // SHARE), side)


def corners(size: int, patch: int) -> list[int]:
    """First rows (or columns) of patches that overlap by half; the outer ones hang over."""
    return list(range(1 - patch, size, max(1, patch // 2)))


def occlusion(question: Question, image: ImageInput, patch: int) -> Floats:
    """Cover patch after patch of all channels.

    Returns
    -------
    ndarray, shape (n, rows, columns)
        By how much the answer falls if a pixel is covered: the mean over all patches that cover
        it. Positive where the pixels speak for the answer.
    """
    values = question.events[image.name]
    rows, columns, _ = image.shape
    places = [
        (slice(max(r, 0), r + patch), slice(max(c, 0), c + patch))
        for r in corners(rows, patch)
        for c in corners(columns, patch)
    ]
    covers = np.zeros((rows, columns))
    for place in places:
        covers[place] += 1
    before = question.answers(values, np.arange(len(values))).astype(np.float64)
    fall = np.zeros((len(values), rows, columns))
    for number, event in enumerate(image.original(values)):
        for first in range(0, len(places), _AT_ONCE):
            some = places[first : first + _AT_ONCE]
            covered = np.repeat(event[None], len(some), axis=0)
            for one, place in zip(covered, some, strict=True):
                one[place] = image.baseline[place]
            after = question.answers(image.seen(covered), np.full(len(some), number))
            for place, answer in zip(some, after, strict=True):
                fall[number][place] += before[number] - float(answer)
    return np.asarray(fall / covers)


_AT_ONCE = 512
