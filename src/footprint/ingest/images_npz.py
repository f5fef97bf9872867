"""npz archives with x_train, y_train, x_test, y_test, as Keras keeps MNIST."""

from collections.abc import Iterator
from math import prod

from footprint.config.images import ImageOptions
from footprint.config.splits import SPLITS
from footprint.errors import FileFormatError
from footprint.ingest.archive import Archive, Rows, opened
from footprint.ingest.image_blocks import (
    Images,
    check_bytes,
    check_same_length,
    cuts,
    split_colours,
)
from footprint.ingest.image_checksums import check_content


def read(path: str, options: ImageOptions) -> Iterator[Images]:
    """Read the members of each split, training first.

    Raises
    ------
    FileFormatError
        Not an npz archive, members missing, objects in place of numbers, or truncated.
    DataError
        Images and labels differ in number.
    """
    check_content(path, options)
    with opened(path) as archive:
        splits = [split for split in SPLITS if f"x_{split}" in archive.members]
        if not splits:
            msg = (
                f"{path} has no member 'x_train', expected x_train, y_train, x_test and y_test; "
                f"found: {', '.join(archive.members) or 'none'}"
            )
            raise FileFormatError(msg)
        start = 0
        for split in splits:
            pixels, labels = (_member(archive, f"{kind}_{split}") for kind in "xy")
            what, of_labels = (f"member '{kind}_{split}' of {path}" for kind in "xy")
            check_bytes(pixels.header.dtype, what)
            check_same_length(len(pixels), len(labels), what, of_labels)
            if labels.header.dtype.kind not in "iu" or prod(labels.header.row_shape) != 1:
                msg = (
                    f"{of_labels} holds {labels.header.dtype} of shape {labels.header.shape}, "
                    f"expected one whole number for each image"
                )
                raise FileFormatError(msg)
            size = prod(pixels.header.row_shape)
            for first, count in cuts(len(pixels), size, options.memory_MB):
                channels = split_colours(pixels.read(count), options, what)
                yield Images(start + first, channels, labels.read(count).reshape(count), split)
            start += len(pixels)
            pixels.close()
            labels.close()


def _member(archive: Archive, name: str) -> Rows:
    rows = archive.rows(name)
    if not rows.header.shape:
        msg = f"member '{name}' of {archive.path} is a single value, expected one for each image"
        raise FileFormatError(msg)
    return rows
