"""Images flipped, shifted and cut out, each by what was drawn for its event."""

from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.config.augment import ImageAugment
from footprint.seeds import name_hash

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Draws:
    """What chance says for each event; all its images, of whatever size, move by it.

    Attributes
    ----------
    shift, cut
        Uniform in [0, 1), where to shift and what to cut out, by row and column, shapes (n, 2).
    flip
        Whether to turn up and down, and left and right, shape (n, 2).
    partner
        Row of the event it is mixed with, shape (n,).
    share
        How much it keeps in the mixture, shape (n,).
    """

    shift: Floats
    cut: Floats
    flip: Booleans
    partner: Integers
    share: Floats

    def take(self, rows: NDArray[np.intp]) -> "Draws":
        """Pick some events."""
        return Draws(*(getattr(self, part.name)[rows] for part in fields(self)))


def drawn(config: ImageAugment, seed: int, epoch: int, rows: int, window: int) -> Draws:
    """Draw for all events of an epoch.

    Parameters
    ----------
    config
        What is done; each part has a stream of its own, so that one more leaves others as they are.
    seed, epoch
        Of the training.
    rows, window
        Number of events, and how many are read at once: partners come from the same window.
    """

    def stream(name: str) -> np.random.Generator:
        return np.random.default_rng([seed, epoch, name_hash(f"images: {name}")])

    flip = np.zeros((rows, 2), dtype=np.bool_)
    if config.flip is not None:
        flip = (
            stream("flip").random((rows, 2))
            < np.array([config.flip != "left_right", config.flip != "up_down"]) * 0.5
        )
    partner, share = np.arange(rows), np.ones(rows)
    if config.mixup is not None:
        rng = stream("mixup")
        starts = range(0, rows, window)
        partner = np.concatenate([s + rng.permutation(min(window, rows - s)) for s in starts])
        share = rng.beta(config.mixup, config.mixup, rows)
    return Draws(
        stream("shift").random((rows, 2)), stream("cut out").random((rows, 2)), flip, partner, share
    )


def versions(config: ImageAugment, events: int, most: tuple[int, int]) -> list[Draws]:
    """List the versions of an event that predictions are averaged over, for so many events.

    Parameters
    ----------
    config
        Whether flips and shifts are averaged over.
    events
        How many events, each with the same versions.
    most
        Farthest shift along rows and columns in pixels.
    """
    ways = {"left_right": [(0, 0), (0, 1)], "up_down": [(0, 0), (1, 0)], None: [(0, 0)]}
    both = [(0, 0), (0, 1), (1, 0), (1, 1)]
    flips = ways.get(config.flip, both) if config.average_predictions else [(0, 0)]
    # No shift is the middle of the range.
    rows, columns = [
        (np.arange(2 * pixels + 1) + 0.5) / (2 * pixels + 1) if config.average_shifts else [0.5]
        for pixels in most
    ]
    middle, numbers = np.full((events, 2), 0.5), np.arange(events)

    def version(shift: tuple[float, float], flip: tuple[int, int]) -> Draws:
        turned = np.tile(np.array(flip, np.bool_), (events, 1))
        return Draws(np.tile(shift, (events, 1)), middle, turned, numbers, np.ones(0))

    return [version(shift, flip) for shift in product(rows, columns) for flip in flips]


def moved(
    images: Single, draws: Draws, most: tuple[int, int], empty: Single, *, reflect: bool
) -> Single:
    """Flip images, then shift them by whole pixels.

    Parameters
    ----------
    images
        Shape (n, rows, columns, channels).
    draws
        Of n events.
    most
        Farthest shift along rows and columns in pixels, less than there are.
    empty
        What comes in at the edges, by channel.
    reflect
        Let the image itself come in instead, reflected at its outermost pixels.
    """
    most_of_both = np.array(most)
    steps = np.floor(draws.shift * (2 * most_of_both + 1)).astype(np.int64) - most_of_both
    return _moved(np.ascontiguousarray(images), steps, draws.flip, empty, reflect)


def cut_out(images: Single, draws: Draws, side: int, empty: Single) -> None:
    """Empty a square of each image in place.

    Its centre is any pixel with the same probability, and what lies outside is lost, as in
    T. DeVries, G. W. Taylor (2017), arXiv:1708.04552.
    """
    centres = np.floor(draws.cut * images.shape[1:3]).astype(np.int64)
    _cut_out(images, centres - side // 2, side, empty)


@compiled
def _moved(
    images: Single,
    steps: Integers,
    flip: Booleans,
    empty: Single,
    reflect: bool,
) -> Single:
    events, height, width, channels = images.shape
    result = np.empty_like(images)
    for event in range(events):
        for row in range(height):
            from_row = _source(row - steps[event, 0], height, reflect, flip[event, 0])
            for column in range(width):
                from_column = _source(column - steps[event, 1], width, reflect, flip[event, 1])
                for channel in range(channels):
                    result[event, row, column, channel] = (
                        empty[channel]
                        if from_row < 0 or from_column < 0
                        else images[event, from_row, from_column, channel]
                    )
    return result


@compiled
def _source(place: int, length: int, reflect: bool, flip: bool) -> int:
    """Tell from which row or column a pixel comes, -1 for none."""
    if reflect:
        place = length - 1 - abs(length - 1 - abs(place))
    if place < 0 or place >= length:
        return -1
    return length - 1 - place if flip else place


@compiled
def _cut_out(images: Single, corners: Integers, side: int, empty: Single) -> None:
    events, height, width, channels = images.shape
    for event in range(events):
        top, left = corners[event]
        for row in range(max(top, 0), min(top + side, height)):
            for column in range(max(left, 0), min(left + side, width)):
                for channel in range(channels):
                    images[event, row, column, channel] = empty[channel]
