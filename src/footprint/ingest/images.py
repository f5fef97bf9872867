"""Images with labels, whatever format they come in, in blocks of bounded memory."""

from collections.abc import Iterator

import numpy as np

from footprint.config.image_names import format_of
from footprint.config.images import LABEL, ImageOptions
from footprint.config.splits import SPLITS
from footprint.config.toptagging import PUBLISHED_SPLIT
from footprint.errors import DataError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.image_blocks import Images


def specs_of(options: ImageOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays that are read."""
    names = ", ".join(f"{label} {name}" for name, label in options.labels.items())
    pixels = [
        ArraySpec(name, "", f"{'brightness' if name == 'image' else name} of each pixel, 0 to 255")
        for name in options.channels
    ]
    return [
        *pixels,
        ArraySpec(LABEL, "", f"class: {names}"),
        ArraySpec(PUBLISHED_SPLIT, "", "published split: 0 train, 1 validation, 2 test"),
    ]


def read_blocks(path: str, options: ImageOptions) -> Iterator[EntryBlock]:
    """Read the images of one file, or of one folder of a class.

    Parameters
    ----------
    path
        The file; of idx files that of the images, the labels stand beside it.
    options
        Which set it is and what its labels mean.

    Yields
    ------
    EntryBlock
        In the order of the file; a file without images gives one empty block.

    Raises
    ------
    FileFormatError
        Missing, truncated, of another format, or not what was published.
    DataError
        Labels that do not fit the images or the classes.
    """
    for images in _read(path, options):
        _check_labels(images, options, path)
        count = len(images.labels)
        arrays: dict[str, Array] = dict(zip(options.channels, images.channels, strict=True))
        arrays[LABEL] = images.labels.astype(np.int64)
        arrays[PUBLISHED_SPLIT] = np.full(count, SPLITS.index(images.split), np.int32)
        yield EntryBlock(images.first, np.ones(count, np.bool_), arrays)


def _read(path: str, options: ImageOptions) -> Iterator[Images]:
    """Read with the format's own file; only what it needs is imported."""
    if options.set == "folder":
        from footprint.ingest import images_folder

        return images_folder.read(path, options)
    kind = format_of(path)
    if kind == "idx":
        from footprint.ingest import images_idx

        return images_idx.read(path, options)
    if kind == "npz":
        from footprint.ingest import images_npz

        return images_npz.read(path, options)
    from footprint.ingest import images_batches

    return images_batches.read(path, options)


def _check_labels(images: Images, options: ImageOptions, path: str) -> None:
    known = sorted(set(options.labels.values()))
    bad = ~np.isin(images.labels, known)
    if bad.any():
        where = int(np.argmax(bad))
        classes = ", ".join(f"{label} {name}" for name, label in options.labels.items())
        msg = (
            f"{path}: labels out of range, {np.count_nonzero(bad)} of {len(bad)} images from "
            f"{images.first} on have none of the classes, first {images.labels[where]} for image "
            f"{images.first + where}: expected {classes}. Is it the right file of labels, and are "
            f"all classes named?"
        )
        raise DataError(msg)


IMAGES = Reader(specs_of, read_blocks)
