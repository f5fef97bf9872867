"""Inputs as the simple methods see them: one flat row of columns for each event."""

import logging

import numpy as np
from numpy.typing import NDArray

from footprint.files.datasets import Dataset, Split

MEMORY_MB = 400.0
"""Most float32 megabytes of training columns; scikit-learn copies them up to four times over."""

Columns = NDArray[np.float32]
log = logging.getLogger(__name__)


def rows_within(dataset: Dataset, split: Split, names: list[str], kind: str) -> int:
    """Count the first rows of a split that stay within `MEMORY_MB`.

    The rows are in random order, so the first are a fair sample.
    """
    width = sum(
        int(np.prod(dataset.array(split, kind, name).shape[1:], dtype=int)) for name in names
    )
    rows, there = int(MEMORY_MB * 1e6 / (4 * width)), dataset.length(split)
    if rows < there:
        log.info(
            "%s: fit on the first %d of %d %s events (%d columns, at most %g MB)",
            *(dataset.path, rows, there, split, width, MEMORY_MB),
        )
    return min(rows, there)


def columns(dataset: Dataset, split: Split, names: list[str], kind: str, rows: slice) -> Columns:
    """Read arrays of some consecutive events side by side.

    Parameters
    ----------
    dataset, split
        Where from.
    names, kind
        Which ``inputs`` or ``spectators``.
    rows
        Which events.

    Returns
    -------
    ndarray of float32, shape (n, columns)
        The arrays of each event, flattened and joined in the order of the names.
    """
    parts = [dataset.array(split, kind, name)[rows].astype(np.float32) for name in names]
    flat = [part.reshape(len(part), -1) for part in parts]
    return flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1)


def informative(values: Columns) -> NDArray[np.bool_]:
    """Find the columns that are not constant, NaN counting as a value of its own."""
    unknown = np.isnan(values)
    with np.errstate(invalid="ignore"):
        low = np.where(unknown, np.inf, values).min(axis=0)
        high = np.where(unknown, -np.inf, values).max(axis=0)
    return np.asarray((low < high) | (unknown.any(axis=0) & ~unknown.all(axis=0)))


def repeated_thresholds(values: Columns, channels: int) -> NDArray[np.bool_]:
    """Find columns of two values that are a threshold on another channel of their pixel.

    Trees lose nothing without them: a cut between the two values is a cut on the other channel.
    The mask of the pixels that were hit is one, beside the number of particles.

    Parameters
    ----------
    values
        One flattened input, shape (n, pixels * channels).
    channels
        Length of the input's last axis.

    Returns
    -------
    ndarray of bool, shape (pixels * channels,)
    """
    cube = values.reshape(len(values), -1, channels)
    found = np.zeros(cube.shape[1:], dtype=bool)
    for channel in range(channels):
        column = cube[..., channel]
        low, high = column.min(axis=0), column.max(axis=0)
        upper = column == high
        binary = (low < high) & (upper | (column == low)).all(axis=0)
        if not binary.any():
            continue
        for other in range(channels):
            if other == channel:
                continue
            below = np.where(upper, -np.inf, cube[..., other]).max(axis=0)
            above = np.where(upper, cube[..., other], np.inf).min(axis=0)
            gone = found[:, other]  # so that one of two equal masks stays
            found[:, channel] |= binary & (below < above) & ~gone
    return found.reshape(-1)
