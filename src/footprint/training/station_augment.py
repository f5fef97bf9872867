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

from footprint.config.augment import StationAugment
from footprint.errors import TrainingError, suggest
from footprint.files.datasets import MASK, SPLITS, Dataset
from footprint.files.hdf5 import Array
from footprint.seeds import name_hash
from footprint.training.feeding import APPLY_BATCH, Arrays, Batch, Examples
from footprint.training.goals import Goal
from footprint.training.symmetries import Layout, Symmetries, symmetries_of
from footprint.training.vectors import Affine, Elements, turning_vectors

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StationAugmentation:
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

    def epoch(
        self, examples: Examples, order: NDArray[np.intp], size: int, seed: int, epoch: int
    ) -> Iterator[Batch]:
        """Give all events in an order, turned for this epoch, so many at once."""
        elements = self.draw(seed, epoch, len(order))
        return self.batches(examples.batches(order, size), elements[order])

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
        events, stations = sources.shape
        flat = values.reshape(events, stations, *values.shape[1 + self.axes :])
        # Taking from one long axis is four times as fast as from two.
        numbers = sources + stations * np.arange(events)[:, None]
        moved = flat.reshape(events * stations, *flat.shape[2:]).take(numbers, axis=0)
        silent = sources < 0
        if silent.any():
            moved[silent] = 0.0
        if len(staying):
            moved[..., staying] = flat[..., staying]
        return np.asarray(moved.reshape(values.shape))


def station_augmentation(
    dataset: Dataset, config: StationAugment, goals: Sequence[Goal], names: Sequence[str]
) -> StationAugmentation:
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
    known = [*dataset.names("inputs"), *dataset.names("targets")]
    for name in config.unchanged:
        if name not in known:
            msg = f"augment.unchanged names '{name}', no input or target; {suggest(name, known)}"
            raise TrainingError(msg)
    places = _places(dataset, config)
    layout = Layout(places.reshape(-1, places.shape[-1]))
    try:
        symmetries = symmetries_of(layout, config.turns, config.flips)
    except TrainingError as error:
        msg = f"training.augment, stations of {dataset.path}: {error}"
        raise TrainingError(msg) from None
    moving = [name for name in names if name not in config.unchanged]
    staying = {name: _staying_channels(dataset, name, places.shape[:-1]) for name in moving}
    lost = max(1 - layout.share(sources) for sources in symmetries.sources)
    if lost:
        for name in moving:
            _check_silence(dataset, name, layout.exists.reshape(places.shape[:-1]), staying[name])
    log.info(
        "training events turned by 1/%d of a circle, %s flips, up to %.0f %% of the stations "
        "without a partner", symmetries.turns, "with" if symmetries.flips else "no", 100 * lost,
    )  # fmt: skip
    return StationAugmentation(
        symmetries,
        places.ndim - 1,
        staying,
        turning_vectors([g for g in goals if g.name not in config.unchanged], symmetries.matrices),
    )


def _places(dataset: Dataset, config: StationAugment) -> NDArray[np.float64]:
    """Read where the stations stand, shape (..., 2 or 3)."""
    constants = dataset.constants
    for name in (config.x, config.y):
        if name not in constants:
            msg = (
                f"training.augment needs the stations' positions: {dataset.path} has no constant "
                f"'{name}'; {suggest(name, constants)}"
            )
            raise TrainingError(msg)
    names = [name for name in (config.x, config.y, config.z) if name in constants]
    shapes = {name: constants[name].shape for name in names}
    if len(set(shapes.values())) != 1:
        msg = f"training.augment: stations' positions in {dataset.path} differ in shape: {shapes}"
        raise TrainingError(msg)
    return np.stack([constants[name].astype(np.float64) for name in names], axis=-1)


def _staying_channels(dataset: Dataset, name: str, stations: tuple[int, ...]) -> NDArray[np.intp]:
    """Tell which channels of an input stay: what is the same for all events.

    Raises
    ------
    TrainingError
        It is not measured by stations, whitened, or normalised pixel by pixel.
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
    stays = [channel.removeprefix(MASK) in dataset.constants for channel in channels]
    normalisation = dataset.normalisation(name)
    if normalisation.whitening is not None:
        msg = (
            f"training.augment: input '{name}' is whitened, so that its values cannot move "
            f"between stations: leave out whiten"
        )
        raise TrainingError(msg)
    for number, channel in enumerate(channels):
        parts = (normalisation.shift, normalisation.scale)
        differs = max(np.ptp(part[..., number]) for part in parts) > 0
        if differs and not stays[number]:
            msg = (
                f"training.augment: channel '{channel}' of input '{name}' is normalised pixel by "
                f"pixel, so that its values cannot move between stations: set per: channel"
            )
            raise TrainingError(msg)
    return np.flatnonzero(stays)


def _check_silence(
    dataset: Dataset, name: str, exists: NDArray[np.bool_], staying: NDArray[np.intp]
) -> None:
    """Refuse channels that are measured in all stations: none can be made silent."""
    channels = dataset.channels(name)
    # Variations of a sample have test events only.
    split = next(split for split in SPLITS if dataset.length(split))
    first = dataset.inputs(split, [name], slice(0, APPLY_BATCH))[name][:, exists]
    for number in set(range(len(channels))) - set(staying.tolist()):
        values = first[..., number].reshape(*first.shape[:2], -1)
        if not channels[number].startswith(MASK) and not (values == 0).all(axis=-1).any():
            msg = (
                f"training.augment: some stations get no measurement when events are turned, but "
                f"channel '{channels[number]}' of input '{name}' is never NaN and so has no value "
                f"for a silent station: leave it out, or choose turns and flips that bring all "
                f"stations onto stations"
            )
            raise TrainingError(msg)
