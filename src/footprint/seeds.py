"""Random streams and event numbers that do not depend on how the work is cut into jobs.

A sample is divided into blocks of a fixed number of events. Each block has its own random
stream, found from the study's seed, the sample's name and the block's number alone; a job is
any range of events, and makes the blocks that touch it.
"""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

BLOCK = 256
"""Events that share one random stream: two chunks of an event file."""


def name_hash(name: str) -> int:
    """Map a name to 32 bits, the same on every machine."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


def series_of(name: str, series: str) -> str:
    """Name the source of random and event numbers of a series of a sample's events."""
    return f"{name}/{series}" if series else name


def event_ids(source: str, first: int, count: int) -> NDArray[np.uint64]:
    """Give events their numbers: 32 bits of the source's name, 32 bits of the index in it.

    Parameters
    ----------
    source
        The sample's name, with the file's key for samples that are read from files.
    first, count
        Index of the first event within the source, and how many follow it.

    Returns
    -------
    ndarray of uint64, shape (count,)
    """
    if first + count > 2**32:
        msg = f"source '{source}' has more than 2^32 events; divide it into several samples"
        raise ValueError(msg)
    return np.arange(first, first + count, dtype=np.uint64) + np.uint64(name_hash(source) << 32)


def stream(seed: int, sample: str, block: int) -> np.random.Generator:
    """Open the random stream of one block of one sample."""
    return np.random.Generator(np.random.PCG64DXSM([seed, name_hash(sample), block]))


def blocks_of(first: int, count: int) -> Iterator[tuple[int, slice]]:
    """List the blocks that a job touches, with the part of each that belongs to it.

    Parameters
    ----------
    first, count
        The job's range of events.

    Yields
    ------
    tuple of int and slice
        Number of the block and the job's events within it.
    """
    stop = first + count
    for block in range(first // BLOCK, -(-stop // BLOCK)):
        start = block * BLOCK
        yield block, slice(max(first - start, 0), min(stop - start, BLOCK))


def scrambled(ids: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Scramble event numbers into uniformly distributed 64-bit keys.

    The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) on the id plus a salted
    multiple of the golden ratio.

    Parameters
    ----------
    ids
        Event numbers, shape (n,).
    salt
        Distinguishes independent uses of the same ids (split, order).

    Returns
    -------
    ndarray of uint64, shape (n,)
    """
    with np.errstate(over="ignore"):
        z = ids + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform_of(event_id: NDArray[np.uint64], name: str) -> NDArray[np.float64]:
    """Give each event a random number that follows from its number alone.

    Parameters
    ----------
    event_id
        Shape (n,).
    name
        Of the series of random numbers.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 0 and 1, both excluded.
    """
    bits = scrambled(event_id, name_hash(name)) >> np.uint64(11)
    return (bits.astype(np.float64) + 0.5) * 2.0**-53
