"""Repeat training events until all bins of a spectrum are as full as the goal asks."""

import math
from pathlib import Path

import numpy as np

from footprint.config.datasets import SplitFractions
from footprint.dataset.scratch import Scratch
from footprint.dataset.split import order_keys
from footprint.files.events import ID, Block
from footprint.files.hdf5 import Array
from footprint.files.weighting import Flattening
from footprint.seeds import scrambled


def repeated(
    folder: Path, train: Scratch, flattening: Flattening, config: SplitFractions
) -> Scratch:
    """Write the training events so many times each, every copy at a random place of its own.

    Parameters
    ----------
    folder
        Where the copies go.
    train
        The training events.
    flattening, config
        How many copies are wanted, and the salt of the random order.
    """
    most = math.ceil(flattening.copies().max())
    result = Scratch(folder, train.buckets * most)
    for bucket in train.sorted_buckets():
        keys = order_keys(bucket[ID], config)
        copies = copies_of(flattening, bucket, keys)
        for number in range(int(copies.max(initial=0))):
            chosen = copies > number
            places = keys[chosen] if number == 0 else scrambled(keys[chosen], number)
            result.add(places, {name: values[chosen] for name, values in bucket.items()})
    return result


def copies_of(flattening: Flattening, rows: Block, keys: Array) -> Array:
    """Count the copies of each event: the mean rounded up or down by chance, from its key alone.

    Parameters
    ----------
    flattening
        The mean copies.
    rows
        Columns of the events, among them the class and the value of the spectrum.
    keys
        Random numbers of 64 bit that follow from the event_id, shape (n,).

    Returns
    -------
    ndarray of int, shape (n,)
    """
    numbers = rows[f"targets/{flattening.target}"]
    bins = flattening.bins(rows[f"spectators/{flattening.array}"])
    mean = flattening.copies()[numbers, bins]
    chance = scrambled(keys, 0).astype(np.float64) / 2.0**64
    return np.asarray(np.floor(mean) + (chance < mean - np.floor(mean)), dtype=np.int64)
