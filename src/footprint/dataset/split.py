"""Which split an event belongs to, and its place there: both follow from its event_id alone."""

import numpy as np
from numpy.typing import NDArray

from footprint.config.datasets import SplitFractions
from footprint.errors import ConfigError
from footprint.files.events import ID, Block
from footprint.seeds import scrambled

SPLIT_USE = 0
ORDER_USE = 1


def _salt(config: SplitFractions, use: int) -> int:
    return 2 * config.salt + use


def split_ids(config: SplitFractions, block: Block) -> NDArray[np.uint64]:
    """Numbers that decide the split: event_id, or those of the array that holds rows together.

    Raises
    ------
    ConfigError
        The array does not hold one integer for each row.
    """
    if config.together is None:
        return block[ID]
    values = block[config.together]
    if values.dtype.kind not in "iu" or values.ndim != 1:
        msg = (
            f"split.together names '{config.together}', which holds {values.dtype} of shape "
            f"{values.shape[1:]} per row: expected one integer"
        )
        raise ConfigError(msg)
    return values.astype(np.int64).view(np.uint64)


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
