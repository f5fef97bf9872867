"""idx files, packed or not: images in one, labels in the other (the format of MNIST)."""

from collections.abc import Iterator
from contextlib import ExitStack
from math import prod
from typing import IO

import numpy as np

from footprint.config.image_names import labels_beside
from footprint.config.images import ImageOptions
from footprint.errors import FileFormatError
from footprint.files.hdf5 import Array
from footprint.ingest.archive import fill
from footprint.ingest.faulty import reading
from footprint.ingest.image_blocks import (
    Images,
    check_same_length,
    cuts,
    split_by_name,
    split_colours,
)
from footprint.ingest.image_checksums import check_content, unpacked

BYTES = 0x08
TYPES = {
    0x08: "uint8",
    0x09: "int8",
    0x0B: "int16",
    0x0C: "int32",
    0x0D: "float32",
    0x0E: "float64",
}
"""Third byte of an idx file: the type of its values."""
LONGEST_AXIS = 1_000_000_000
IMAGE_AXES, LABEL_AXES = 3, 1


def read(path: str, options: ImageOptions) -> Iterator[Images]:
    """Read a file of images with the file of labels beside it.

    Raises
    ------
    FileFormatError
        Not idx, not bytes, truncated, or longer than its header says.
    DataError
        Images and labels differ in number.
    """
    labels_path = labels_beside(path)
    split = split_by_name(path, options)
    for file in (path, labels_path):
        check_content(file, options)
    with ExitStack() as stack:
        images, labels = (stack.enter_context(unpacked(file)) for file in (path, labels_path))
        axes = IMAGE_AXES + (len(options.channels) > 1)
        shape = read_header(images, path, "images", axes)
        (there,) = read_header(labels, labels_path, "labels", LABEL_AXES)
        check_same_length(shape[0], there, path, labels_path)
        for first, count in cuts(shape[0], prod(shape[1:]), options.memory_MB):
            pixels = _values(images, path, (count, *shape[1:]))
            of_block = _values(labels, labels_path, (count,))
            yield Images(first, split_colours(pixels, options, path), of_block, split)
        for stream, file in ((images, path), (labels, labels_path)):
            _check_end(stream, file)


def read_header(stream: IO[bytes], path: str, what: str, axes: int) -> tuple[int, ...]:
    """Read the lengths of the axes, big-endian, after the magic number.

    Raises
    ------
    FileFormatError
        Another magic number, or no header at all.
    """
    with reading(path, "the header"):
        magic = stream.read(4)
        lengths = stream.read(4 * axes)
    expected = bytes([0, 0, BYTES, axes])
    if magic != expected:
        msg = (
            f"{path} is no idx file of {what}: wrong magic number {magic.hex() or '(empty file)'}, "
            f"expected {expected.hex()} (bytes, {axes} axes){_meaning(magic, expected)}"
        )
        raise FileFormatError(msg)
    if len(lengths) < 4 * axes:
        msg = f"{path} is truncated: it ends within its header. Copy or download it again"
        raise FileFormatError(msg)
    shape = tuple(int(length) for length in np.frombuffer(lengths, ">u4"))
    if max(shape) > LONGEST_AXIS or 0 in shape[1:]:
        msg = f"{path}: its header says shape {shape}, which no {what} have: it is damaged"
        raise FileFormatError(msg)
    return shape


def _meaning(magic: bytes, expected: bytes) -> str:
    """Say what another magic number means, where it means something."""
    if magic == expected[::-1]:
        return ": it is written little-endian, write its header big-endian"
    if magic[:2] == b"\0\0" and len(magic) == len(expected) and magic[2] in TYPES:
        return (
            f": it holds {TYPES[magic[2]]} with {magic[3]} axes. Are images and labels exchanged?"
        )
    return ". Copy or download it again"


def _values(stream: IO[bytes], path: str, shape: tuple[int, ...]) -> Array:
    values = np.empty(shape, np.uint8)
    with reading(path, f"{shape[0]} values"):
        fill(stream, values)
    return values


def _check_end(stream: IO[bytes], path: str) -> None:
    with reading(path, "the end"):
        more = stream.read(1)
    if more:
        msg = (
            f"{path} goes on after the last value that its header announces: the header or the "
            f"file is damaged. Copy or download it again"
        )
        raise FileFormatError(msg)
