"""What changes training events at random, by its method."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from footprint.config.augment import Augment, ImageAugment
from footprint.files.datasets import Dataset
from footprint.training.feeding import Arrays, Batch, Examples
from footprint.training.goals import Goal


class Augmentation(Protocol):
    """Changes events in each epoch anew, and averages predictions over what has an inverse."""

    def epoch(
        self, examples: Examples, order: NDArray[np.intp], size: int, seed: int, epoch: int
    ) -> Iterator[Batch]:
        """Give all events in an order, changed for this epoch, so many at once.

        An event's change follows from seed, epoch and its row, whatever the order and the batches.
        """
        ...

    def averaged(self, network: Callable[[Arrays], Arrays], inputs: Arrays) -> Arrays:
        """Apply a network to all versions of events, and take the mean of what it says."""
        ...


def augmentation_of(
    dataset: Dataset, config: Augment, goals: Sequence[Goal], names: Sequence[str]
) -> Augmentation:
    """Prepare the changes to a data set's events.

    Parameters
    ----------
    dataset
        What is learnt from.
    config
        Which changes.
    goals, names
        Targets and names of the inputs of the network.

    Raises
    ------
    TrainingError
        Inputs or targets cannot be changed like this.
    """
    # Numba and search trees, which few trainings need, take a tenth of the time of their imports.
    if isinstance(config, ImageAugment):
        from footprint.training.image_augment import image_augmentation

        return image_augmentation(dataset, config, goals, names)
    from footprint.training.station_augment import station_augmentation

    return station_augmentation(dataset, config, goals, names)
