"""Events turned and flipped as the array of stations allows, with their directions and positions.

A turned event is what the array would have measured of the turned shower: the station at R x
gets what the one at x measured, vectors become R v. Stations to which no other comes are silent.
The ground is taken to be flat and all azimuths alike; the geomagnetic field is not.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from footprint.config.augment import Augment
from footprint.errors import TrainingError, suggest
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array
from footprint.seeds import name_hash
from footprint.training.feeding import APPLY_BATCH, Arrays, Batch
from footprint.training.goals import Goal
from footprint.training.symmetries import Layout, Symmetries, symmetries_of
from footprint.training.vectors import Affine, Elements, turning_vectors

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Augmentation:
    """What turns and flips do to the inputs and targets of a network.

    Attributes
    ----------
    symmetries
        The group.
    axes
        Number of the stations' axes in the inputs.
    moving
        Inputs that stations measured, each with the channels that stay, shape (k,).
    vectors
        Targets that turn along.
    """

    symmetries: Symmetries
    axes: int
    moving: dict[str, NDArray[np.intp]]
    vectors: dict[str, Affine]

    def draw(self, seed: int, epoch: int, rows: int) -> Elements:
        """Draw a turn or flip for each row of a split, whatever the order and the batches."""
        rng = np.random.default_rng([seed, epoch, name_hash("turns and flips")])
        return rng.integers(len(self.symmetries), size=rows)

    def batches(self, batches: Iterator[Batch], elements: Elements) -> Iterator[Batch]:
        """Turn batch after batch.

        Parameters
        ----------
        batches
            Batches of events.
        elements
            Of all their events, in order.
        """
        start = 0
        for batch in batches:
            own = elements[start : start + len(batch)]
            start += len(batch)
            yield replace(
                batch,
                inputs=self.turned_inputs(batch.inputs, own),
                targets=self.turned_targets(batch.targets, own),
            )

    def turned_inputs(self, inputs: Arrays, elements: Elements) -> Arrays:
        """Turn inputs of shapes (n, ...), each event by its own element."""
        sources = self.symmetries.sources[elements]
        return {
            name: self._moved(values, sources, self.moving[name]) if name in self.moving else values
            for name, values in inputs.items()
        }

    def turned_targets(self, targets: Arrays, elements: Elements) -> Arrays:
        """Turn normalised targets of shapes (n,) and (n, units)."""
        return {
            name: self.vectors[name].apply(values, elements) if name in self.vectors else values
            for name, values in targets.items()
        }

    def averaged(self, network: Callable[[Arrays], Arrays], inputs: Arrays) -> Arrays:
        """Apply a network to all turns and flips of events, turn back, and take the mean.

        Parameters
        ----------
        network
            From inputs to outputs, shapes (n, ...) and (n, units).
        inputs
            Of n events.
        """
        events = len(next(iter(inputs.values())))
        sums: dict[str, Array] = {}
        for element in range(len(self.symmetries)):
            outputs = network(self.turned_inputs(inputs, np.full(events, element)))
            back = np.full(events, self.symmetries.inverse(element))
            for name, values in self.turned_targets(outputs, back).items():
                sums[name] = sums.get(name, 0.0) + values.astype(np.float64)
        return {
            name: (total / len(self.symmetries)).astype(np.float32) for name, total in sums.items()
        }

    def _moved(self, values: Array, sources: NDArray[np.intp], staying: NDArray[np.intp]) -> Array:
        flat = values.reshape(*sources.shape, *values.shape[1 + self.axes :])
        moved = flat[np.arange(len(flat))[:, None], sources]
        silent = sources < 0
        if silent.any():
            moved[silent] = 0.0
        if len(staying):
            moved[..., staying] = flat[..., staying]
        return moved.reshape(values.shape)


def augmentation_of(
    dataset: Dataset, config: Augment, goals: Sequence[Goal], names: Sequence[str]
) -> Augmentation:
    """Prepare the turns and flips of a data set's events.

    Parameters
    ----------
    dataset
        With the stations' positions among its constants.
    config
        Which turns and flips.
    goals, names
        Targets and names of the inputs of the network.

    Raises
    ------
    TrainingError
        The stations do not have these symmetries, or it is not known what they do to an input
        or target.
    """
    known = [*names, *(goal.name for goal in goals)]
    for name in config.unchanged:
        if name not in known:
            msg = f"augment.unchanged names '{name}', no input or target; {suggest(name, known)}"
            raise TrainingError(msg)
    x = _constant(dataset, config.x)
    heights = [config.z] if config.z in dataset.constants else []
    columns = [_constant(dataset, name) for name in (config.x, config.y, *heights)]
    if any(column.shape != x.shape for column in columns):
        msg = f"stations' x, y, z of {dataset.path} have shapes {[c.shape for c in columns]}"
        raise TrainingError(msg)
    layout = Layout(np.stack([column.ravel() for column in columns], axis=-1).astype(np.float64))
    try:
        symmetries = symmetries_of(layout, config.turns, config.flips)
    except TrainingError as error:
        msg = f"training.augment, stations of {dataset.path}: {error}"
        raise TrainingError(msg) from None
    moving = [name for name in names if name not in config.unchanged]
    lost = [1 - layout.share(sources) for sources in symmetries.sources]
    log.info(
        "events turned by 1/%d, flips %s; up to %.0f %% of the stations without a partner",
        symmetries.turns, symmetries.flips, 100 * max(lost),
    )  # fmt: skip
    return Augmentation(
        symmetries,
        x.ndim,
        {n: _staying_channels(dataset, n, x.shape, lossy=max(lost) > 0) for n in moving},
        turning_vectors([g for g in goals if g.name not in config.unchanged], symmetries.matrices),
    )


def _constant(dataset: Dataset, name: str) -> Array:
    if name not in dataset.constants:
        msg = (
            f"training.augment needs the stations' positions: {dataset.path} has no constant "
            f"'{name}'; {suggest(name, dataset.constants)}"
        )
        raise TrainingError(msg)
    return dataset.constants[name]


def _staying_channels(
    dataset: Dataset, name: str, stations: tuple[int, ...], *, lossy: bool
) -> NDArray[np.intp]:
    """Tell which channels of an input stay: what is the same for all events.

    Raises
    ------
    TrainingError
        It is not measured by stations, or a channel cannot move.
    """
    shape = dataset.array("train", "inputs", name).shape[1:]
    axes = len(stations)
    if len(shape) <= axes or shape[:axes] != stations:
        msg = (
            f"training.augment: input '{name}' of shape {shape} is not measured by stations of "
            f"shape {stations}, and may hold vectors that ought to be turned: name it in "
            f"augment.unchanged if it does not depend on the azimuth, or leave it out of inputs"
        )
        raise TrainingError(msg)
    channels = dataset.channels(name)
    masks = {channel for channel in channels if channel.startswith("mask of ")}
    constants = {c for c in channels if c.removeprefix("mask of ") in dataset.constants}
    first = dataset.inputs("train", [name], slice(0, APPLY_BATCH))[name]
    for number, channel in enumerate(channels):
        if channel in constants:
            continue
        _check_normalisation(dataset, name, number, channel)
        values = first[..., number].reshape(*first.shape[: 1 + axes], -1)
        if lossy and channel not in masks and not (values == 0).all(axis=-1).any():
            msg = (
                f"training.augment: some stations have no partner and become silent, but input "
                f"'{name}' has no value for a silent station in channel '{channel}', which is "
                f"never NaN: leave it out, or choose turns and flips that all stations allow"
            )
            raise TrainingError(msg)
    return np.flatnonzero([channel in constants for channel in channels])


def _check_normalisation(dataset: Dataset, name: str, number: int, channel: str) -> None:
    normalisation = dataset.normalisation(name)
    for values in (normalisation.shift[..., number], normalisation.scale[..., number]):
        if np.ptp(values) > 0:
            msg = (
                f"training.augment: channel '{channel}' of input '{name}' is normalised pixel by "
                f"pixel, so that its values cannot move between stations: set per: channel"
            )
            raise TrainingError(msg)
