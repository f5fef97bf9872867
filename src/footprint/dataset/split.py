"""Which split an event belongs to, and its place there.

Both follow from its event_id alone, or the split from an array that a set was published with.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.splits import SPLITS, PublishedSplit, SplitFractions, SplitRule
from footprint.errors import ConfigError, DataError
from footprint.files.events import ID, Block
from footprint.seeds import scrambled

SPLIT_USE = 0
ORDER_USE = 1


def _salt(config: SplitRule, use: int) -> int:
    return 2 * config.salt + use


def splits_of(
    config: SplitFractions | PublishedSplit, block: Block, sample: str
) -> NDArray[np.intp]:
    """Assign the events of a block, all of one sample, to splits.

    Returns
    -------
    ndarray of int, shape (n,)
        0 for train, 1 for validation, 2 for test.

    Raises
    ------
    ConfigError
        An array that decides does not hold one integer for each row.
    DataError
        It holds a value that stands for no split.
    """
    if sample in config.only_test:
        return np.full(len(block[ID]), SPLITS.index("test"))
    ids = split_ids(config, block)
    if isinstance(config, SplitFractions):
        return split_numbers(ids, config)
    numbers = _published(config, block)
    if config.validation is not None:
        there = numbers == SPLITS.index(config.validation_from)
        numbers[there & (_places(ids, config) < config.validation)] = SPLITS.index("validation")
    return numbers


def _published(config: PublishedSplit, block: Block) -> NDArray[np.intp]:
    """Look up the split in the array that says it."""
    values = _integers("published", config.published, block)
    numbers = np.full(len(values), -1, dtype=np.intp)
    for split, value in config.values.items():
        numbers[values == value] = SPLITS.index(split)
    if (numbers < 0).any():
        unknown = np.unique(values[numbers < 0]).tolist()
        msg = (
            f"split.published: '{config.published}' of {np.count_nonzero(numbers < 0)} events is "
            f"{unknown}, which split.values does not know ({config.values}): add it there, or "
            f"leave these events out with selection"
        )
        raise DataError(msg)
    return numbers


def _integers(key: str, name: str, block: Block) -> NDArray[np.int64]:
    values = block[name]
    if values.dtype.kind not in "iu" or values.ndim != 1:
        msg = (
            f"split.{key} names '{name}', which holds {values.dtype} of shape "
            f"{values.shape[1:]} per row: expected one integer"
        )
        raise ConfigError(msg)
    return values.astype(np.int64)


def _places(ids: NDArray[np.uint64], config: SplitFractions | PublishedSplit) -> NDArray[Any]:
    """Give each event a place between 0 and 1."""
    return scrambled(ids, _salt(config, SPLIT_USE)).astype(np.float64) / 2.0**64


def split_ids(config: SplitFractions | PublishedSplit, block: Block) -> NDArray[np.uint64]:
    """Numbers that decide the split: event_id, or those of the array that holds rows together.

    Raises
    ------
    ConfigError
        The array does not hold one integer for each row.
    """
    if config.together is None:
        return block[ID]
    return _integers("together", config.together, block).view(np.uint64)


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
    edges = [config.train, config.train + config.validation]
    return np.searchsorted(edges, _places(ids, config), side="right")


def order_keys(ids: NDArray[np.uint64], config: SplitRule) -> NDArray[np.uint64]:
    """Give each event a random key; sorted by it, the samples are shuffled together."""
    return scrambled(ids, _salt(config, ORDER_USE))
