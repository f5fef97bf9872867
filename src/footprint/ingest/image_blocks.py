"""What all formats of images give: pixels by channel, labels, the published split."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePath
from typing import Any

import numpy as np

from footprint.config.images import ImageOptions
from footprint.config.splits import SplitName
from footprint.errors import DataError, FileFormatError
from footprint.files.hdf5 import CHUNK, Array

COPIES = 3
"""How often a pixel is in memory: as read, by channel, waiting to be written."""


@dataclass(frozen=True)
class Images:
    """Some consecutive images of a file.

    Attributes
    ----------
    first
        Index of the first one in the file.
    channels
        Pixels of each channel, uint8, shape (n, rows, columns).
    labels
        Label of each image, shape (n,).
    split
        Published split they belong to.
    """

    first: int
    channels: tuple[Array, ...]
    labels: Array
    split: SplitName


def split_by_name(path: str, options: ImageOptions) -> SplitName:
    """Find the published split of a file by its name.

    Raises
    ------
    DataError
        The name fits no pattern.
    """
    name = PurePath(path).name
    for split, pattern in options.patterns.items():
        if fnmatch(name, pattern):
            return split
    msg = (
        f"{path}: its name does not say which published split it is: expected one of "
        f"{dict(options.patterns)}. Say it with options.split_by_name, such as {{train: '{name}'}}"
    )
    raise DataError(msg)


def cuts(count: int, pixels: int, memory: float) -> Iterator[tuple[int, int]]:
    """Divide the images of a file into blocks.

    Parameters
    ----------
    count, pixels
        How many images there are, and values of each.
    memory
        What a block may take, MB.

    Yields
    ------
    tuple of int and int
        Index of the first image and number of images; one empty block where there is none.
    """
    step = max(1, int(memory * 1e6 / (COPIES * max(pixels, 1))) // CHUNK) * CHUNK
    for first in range(0, max(count, 1), step):
        yield first, min(step, count - first)


def split_colours(pixels: Array, options: ImageOptions, what: str) -> tuple[Array, ...]:
    """Take images apart into channels.

    Parameters
    ----------
    pixels
        Shape (n, rows, columns), or (n, rows, columns, colours).
    options
        Whether colours are expected.
    what
        Which file, for messages.

    Raises
    ------
    FileFormatError
        Other axes, other colours, or pixels that are not bytes.
    """
    check_bytes(pixels.dtype, what)
    channels = len(options.channels)
    values = pixels[..., np.newaxis] if pixels.ndim == 3 else pixels  # noqa: PLR2004, no colours
    if values.ndim != 4 or values.shape[-1] != channels:  # noqa: PLR2004, events, rows, columns
        expected = "(n, rows, columns, 3)" if channels > 1 else "(n, rows, columns)"
        msg = (
            f"{what} holds images of shape {pixels.shape}, expected {expected}: look at "
            f"options.colour, which is {str(channels > 1).lower()}"
        )
        raise FileFormatError(msg)
    return tuple(values[..., channel] for channel in range(channels))


def check_bytes(dtype: np.dtype[Any], what: str) -> None:
    """Refuse pixels that are not whole numbers from 0 to 255.

    Raises
    ------
    FileFormatError
        With the type that was found.
    """
    if dtype != np.uint8:
        msg = (
            f"{what} holds pixels of type {dtype}, expected uint8, 0 to 255: write them as bytes, "
            f"the data set's inputs normalise them"
        )
        raise FileFormatError(msg)


def check_same_length(images: int, labels: int, what: str, of_labels: str) -> None:
    """Refuse labels that cannot be those of the images.

    Raises
    ------
    DataError
        With both numbers.
    """
    if images != labels:
        msg = (
            f"{what} holds {images} images, {of_labels} {labels} labels: expected one label for "
            f"each image; copy or download the two files together"
        )
        raise DataError(msg)
