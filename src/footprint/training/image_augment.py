"""Training events whose images are moved at random, and which are mixed with each other.

Mixing is that of H. Zhang et al., ICLR 2018, arXiv:1710.09412, with a share for each event.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from footprint.config.augment import ImageAugment
from footprint.config.augment_checks import check_moves
from footprint.errors import TrainingError, suggest
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array
from footprint.training.feeding import Arrays, Batch, Examples
from footprint.training.goals import Goal
from footprint.training.image_moves import Draws, cut_out, drawn, moved, versions
from footprint.training.image_values import Values, values_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImageAugmentation:
    """What is done to the images of events.

    Attributes
    ----------
    config
        What was asked for.
    images
        Inputs that move.
    """

    config: ImageAugment
    images: dict[str, Values]

    def epoch(
        self, examples: Examples, order: NDArray[np.intp], size: int, seed: int, epoch: int
    ) -> Iterator[Batch]:
        """Give all events in an order, changed for this epoch, so many at once."""
        events, window = len(examples.rows), examples.rows.window
        draws = drawn(self.config, seed, epoch, events, window)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            batch = self._changed(examples, rows, draws)
            if self.config.mixup is not None:
                own = draws.take(rows)
                batch = mixed(batch, self._changed(examples, own.partner, draws), own.share)
            yield batch

    def averaged(self, network: Callable[[Arrays], Arrays], inputs: Arrays) -> Arrays:
        """Apply a network to all versions of events, flipped and shifted, and take the mean.

        Parameters
        ----------
        network
            From inputs to outputs, shapes (n, ...) and (n, units).
        inputs
            Of n events.
        """
        sides = [farthest(self.config, inputs[name].shape[1:3]) for name in self.images]
        rows, columns = zip(*sides, strict=True)
        events = len(next(iter(inputs.values())))
        found = versions(self.config, events, (max(rows), max(columns)))
        sums: dict[str, Array] = {}
        for draws in found:
            for name, outputs in network(self._moved(inputs, draws, cut=False)).items():
                sums[name] = sums.get(name, 0.0) + outputs.astype(np.float64)
        return {name: (total / len(found)).astype(np.float32) for name, total in sums.items()}

    def _changed(self, examples: Examples, rows: NDArray[np.intp], draws: Draws) -> Batch:
        batch = examples.batch(rows)
        return replace(batch, inputs=self._moved(batch.inputs, draws.take(rows), cut=True))

    def _moved(self, inputs: Arrays, draws: Draws, *, cut: bool) -> Arrays:
        return {
            name: self._image(self.images[name], values, draws, cut=cut)
            if name in self.images
            else values
            for name, values in inputs.items()
        }

    def _image(self, image: Values, values: Array, draws: Draws, *, cut: bool) -> Array:
        before = image.movable(values)
        most = farthest(self.config, before.shape[1:3])
        reflect = self.config.padding == "reflect"
        after = moved(before, draws, most, image.empty, reflect=reflect)
        if cut and self.config.cut_out is not None:
            cut_out(after, draws, self.config.cut_out, image.empty)
        return image.restored(after, before, values.shape)


def mixed(batch: Batch, other: Batch, share: NDArray[np.float64]) -> Batch:
    """Mix events of shares s with others of 1 - s: inputs, targets and weights.

    With weights w and w' the loss of the mixture is s w L(t) + (1 - s) w' L(t'), up to a constant
    for crossentropy and squares: its weight is s w + (1 - s) w', and its target mixed by the parts
    of this sum. Targets mixed by s alone would give classes weights of each other.

    Parameters
    ----------
    batch, other
        Of n events each; targets are numbers or shares of classes.
    share
        Shape (n,).
    """
    single = share.astype(np.float32)
    inputs = {
        name: _between(single, values, other.inputs[name]) for name, values in batch.inputs.items()
    }
    parts, weights = dict.fromkeys(batch.targets, single), None
    if batch.weights is not None and other.weights is not None:
        weights = {
            name: _between(single, values, other.weights[name])
            for name, values in batch.weights.items()
        }
        for name, total in weights.items():
            own = single * batch.weights[name]
            parts[name] = np.divide(own, total, out=single.copy(), where=total > 0)
    targets = {
        name: _between(parts[name], values, other.targets[name])
        for name, values in batch.targets.items()
    }
    return Batch(inputs, targets, weights)


def _between(part: NDArray[np.float32], own: Array, others: Array) -> Array:
    part = part.reshape(-1, *(1,) * (own.ndim - 1))
    return np.asarray(part * own + (1 - part) * others)


def farthest(config: ImageAugment, sides: tuple[int, ...]) -> tuple[int, int]:
    """Tell how many pixels an image of so many rows and columns is shifted at most."""
    asked = config.crop or config.shift or 0
    rows, columns = (int(asked) if asked >= 1 else round(asked * side) for side in sides)
    return rows, columns


def image_augmentation(
    dataset: Dataset, config: ImageAugment, goals: Sequence[Goal], names: Sequence[str]
) -> ImageAugmentation:
    """Prepare the moves of a data set's images.

    Parameters
    ----------
    dataset
        What is learnt from.
    config
        Which moves.
    goals, names
        Targets and names of the inputs of the network.

    Raises
    ------
    TrainingError
        There are no images, they are smaller than the moves, or a target would have to move.
    """
    for goal in goals:
        try:
            check_moves("training.augment", config, goal.name, goal.task)
        except ValueError as error:
            raise TrainingError(str(error)) from None
    shapes = {name: dataset.array("train", "inputs", name).shape[1:] for name in names}
    chosen = config.inputs or [name for name, shape in shapes.items() if _is_image(shape)]
    if not chosen:
        msg = (
            f"training.augment moves images, but no input of {dataset.path} has rows, columns and "
            f"channels: {shapes}; leave augment out"
        )
        raise TrainingError(msg)
    for name in chosen:
        if name not in shapes:
            msg = f"training.augment.inputs names '{name}', no input of the network; "
            raise TrainingError(msg + suggest(name, shapes))
        _check_size(name, shapes[name], config)
    log.info("images of training events changed: %s", ", ".join(chosen))
    moves = config.flip or config.shift or config.crop or config.cut_out
    images = {name: values_of(dataset, name, config) for name in chosen} if moves else {}
    return ImageAugmentation(config, images)


def _is_image(shape: tuple[int, ...]) -> bool:
    """Rows, columns, and channels at the end; bins of traces may stand between."""
    return len(shape) > len(("rows", "columns")) and min(shape[:2]) > 1


def _check_size(name: str, shape: tuple[int, ...], config: ImageAugment) -> None:
    where = f"training.augment, input '{name}' of shape {shape}"
    if not _is_image(shape):
        msg = f"{where}: expected rows, columns and channels; take it out of augment.inputs"
        raise TrainingError(msg)
    sides = shape[:2]
    if config.cut_out is not None and config.cut_out > min(sides):
        msg = (
            f"{where}: cut_out {config.cut_out} is larger than the image of {sides[0]} x "
            f"{sides[1]} pixels: take at most half of its shorter side"
        )
        raise TrainingError(msg)
    key, asked = ("shift", config.shift) if config.crop is None else ("crop", config.crop)
    for pixels, side in zip(farthest(config, sides), sides, strict=True):
        if asked is not None and not 0 < pixels < side:
            msg = (
                f"{where}: {key} {asked:g} is {pixels} of {side} pixels, expected at least 1 "
                f"and less than the side"
            )
            raise TrainingError(msg)
