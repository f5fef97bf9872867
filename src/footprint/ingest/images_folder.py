"""A folder of PNG files, all of one class."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from footprint.config.images import ImageOptions
from footprint.errors import DataError, FileFormatError
from footprint.files.hdf5 import Array
from footprint.ingest.class_folders import split_of
from footprint.ingest.faulty import reading
from footprint.ingest.image_blocks import Images, cuts, split_colours

GREY_MODES, COLOUR_MODES = ("1", "L"), ("P", "RGB")
"""Kinds of images in Pillow's words; P is a table of colours."""

log = logging.getLogger(__name__)


def read(path: str, options: ImageOptions) -> Iterator[Images]:
    """Read the images of a folder in the order of their names.

    Raises
    ------
    FileFormatError
        No PNG files, or files that cannot be read or have other colours.
    DataError
        An image of another size than the first.
    """
    folder = Path(path)
    there = sorted(file for file in folder.iterdir() if file.is_file() and file.name[0] != ".")
    files = [file for file in there if file.suffix.lower() == ".png"]
    if not files:
        msg = f"{path} holds no PNG files, expected images of class '{folder.name}'"
        raise FileFormatError(msg)
    if len(files) < len(there):
        other = next(file.name for file in there if file not in files)
        left = len(there) - len(files)
        log.warning("%s: %d files that are no PNG are left out, first %s", path, left, other)
    label, split = options.labels[folder.name], split_of(folder.parent, options) or "train"
    like = _pixels(files[0], options)
    for first, count in cuts(len(files), like.size, options.memory_MB):
        pixels = np.empty((count, *like.shape), np.uint8)
        for place, file in enumerate(files[first : first + count]):
            own = _pixels(file, options)
            if own.shape != like.shape:
                msg = (
                    f"{file} has {_size(own)} pixels, {files[0].name} has {_size(like)}: all "
                    f"images of a sample have one size, scale or cut them first"
                )
                raise DataError(msg)
            pixels[place] = own
        channels = split_colours(pixels, options, path)
        yield Images(first, channels, np.full(count, label), split)


def _pixels(file: Path, options: ImageOptions) -> Array:
    """Read one image, shape (rows, columns) or (rows, columns, 3)."""
    colour = len(options.channels) > 1
    modes = COLOUR_MODES if colour else GREY_MODES
    with reading(str(file), "the image"), Image.open(file, formats=["PNG"]) as image:
        if image.mode not in modes:
            msg = (
                f"{file} is an image of mode {image.mode}, expected {' or '.join(modes)} with "
                f"options.colour {str(colour).lower()}: change the option or convert the image "
                f"(no transparency, 8 bits a channel)"
            )
            raise FileFormatError(msg)
        return np.asarray(image.convert("RGB" if colour else "L"))


def _size(pixels: Array) -> str:
    return f"{pixels.shape[0]} x {pixels.shape[1]}"
