"""Which split an event belongs to, and its place there: both follow from its event_id alone."""

import numpy as np
from numpy.typing import NDArray

from footprint.config.datasets import SplitFractions
from footprint.seeds import scrambled

SPLIT_USE = 0
ORDER_USE = 1


def _salt(config: SplitFractions, use: int) -> int:
    return 2 * config.salt + use


def split_numbers(ids: NDArray[np.uint64], config: SplitFractions) -> NDArray[np.intp]:
    """Assign events to splits.

    Parameters
    ----------
    ids
        Event numbers, shape (n,).
    config
        Shares of the splits.

    Returns
    -------
    ndarray of int, shape (n,)
        0 for train, 1 for validation, 2 for test.
    """
    place = scrambled(ids, _salt(config, SPLIT_USE)).astype(np.float64) / 2.0**64
    return np.searchsorted([config.train, config.train + config.validation], place, side="right")


def order_keys(ids: NDArray[np.uint64], config: SplitFractions) -> NDArray[np.uint64]:
    """Give each event a random key; sorted by it, the samples are shuffled together."""
    return scrambled(ids, _salt(config, ORDER_USE))
