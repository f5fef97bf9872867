"""Batches of CIFAR-10 in their Python version, loose or in the published archive.

A batch is a pickle of Python 2: a dict whose ``data`` has a row for each image, 1,024 values of
red, 1,024 of green and 1,024 of blue, and whose ``labels`` is a list.
"""

import io
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from footprint.config.image_names import format_of
from footprint.config.images import ImageOptions
from footprint.errors import FileFormatError, suggest
from footprint.files.hdf5 import Array
from footprint.ingest import plain_pickle
from footprint.ingest.faulty import reading
from footprint.ingest.image_blocks import (
    Images,
    check_bytes,
    check_same_length,
    cuts,
    split_by_name,
)
from footprint.ingest.image_checksums import check_content

SIDE, COLOURS = 32, 3
MOST_BYTES = 2**30
"""A batch is read whole; the published ones have 31 MB."""


def read(path: str, options: ImageOptions) -> Iterator[Images]:
    """Read a batch, or all batches of an archive in the order of their names.

    Nothing is unpacked onto the disk.

    Raises
    ------
    FileFormatError
        Not a batch, truncated, or a pickle that asks for more than arrays, text and numbers.
    DataError
        Images and labels differ in number.
    """
    if len(options.channels) != COLOURS:
        msg = f"{path}: batches of CIFAR-10 have colours: say colour: true"
        raise FileFormatError(msg)
    first = 0
    for name, content in _contents(path, options):
        what = path if name == Path(path).name else f"{name} in {path}"
        check_content(path, options, io.BytesIO(content), name)
        pixels, labels = _images(content, what)
        split = split_by_name(name, options)
        for start, count in cuts(len(pixels), COLOURS * SIDE**2, options.memory_MB):
            rows = pixels[start : start + count].reshape(count, COLOURS, SIDE, SIDE)
            channels = tuple(rows[:, colour] for colour in range(COLOURS))
            yield Images(first + start, channels, labels[start : start + count], split)
        first += len(pixels)


def _contents(path: str, options: ImageOptions) -> Iterator[tuple[str, bytes]]:
    """Give name and bytes of each batch."""
    if format_of(path) == "batch":
        file = Path(path)
        if not file.is_file():
            msg = f"file not found: {path}"
            raise FileFormatError(msg)
        _check_size(file.stat().st_size, path)
        yield file.name, file.read_bytes()
        return
    with reading(path, "the list of contents"):
        archive = tarfile.open(path)  # noqa: SIM115, closed below
    with archive:
        for name, member in sorted(_batches(archive, path, options).items()):
            _check_size(member.size, f"{name} in {path}")
            with reading(path, name):
                content = archive.extractfile(member)
                if content is not None:
                    yield name, content.read()


def _batches(
    archive: tarfile.TarFile, path: str, options: ImageOptions
) -> dict[str, tarfile.TarInfo]:
    """Find the files of an archive whose names are those of batches, in whatever folder."""
    with reading(path, "the list of contents"):
        files = [member for member in archive.getmembers() if member.isfile()]
    found: dict[str, tarfile.TarInfo] = {}
    for member in files:
        name = PurePosixPath(member.name).name
        if not any(fnmatch(name, pattern) for pattern in options.patterns.values()):
            continue
        if name in found:
            msg = f"{path} holds two files called '{name}': expected one of each batch"
            raise FileFormatError(msg)
        found[name] = member
    if not found:
        names = ", ".join(member.name for member in files[:10]) or "none"
        msg = (
            f"{path} holds no batches, expected files called {dict(options.patterns)}; found: "
            f"{names}"
        )
        raise FileFormatError(msg)
    return found


def _check_size(size: int, what: str) -> None:
    if size > MOST_BYTES:
        msg = (
            f"{what} has {size / 1e6:,.0f} MB; a batch is read whole, at most "
            f"{MOST_BYTES / 1e6:,.0f} MB: divide it, or write the images as npz"
        )
        raise FileFormatError(msg)


def _images(content: bytes, what: str) -> tuple[Array, Array]:
    """Get rows of pixels and labels out of a batch."""
    found = plain_pickle.load(content, what)
    if not isinstance(found, dict):
        msg = f"{what} holds a {type(found).__name__}, expected a dict with 'data' and 'labels'"
        raise FileFormatError(msg)
    batch = {_name(key): value for key, value in found.items()}
    for key in ("data", "labels"):
        if key not in batch:
            msg = f"{what} has no entry '{key}'; {suggest(key, map(str, batch))}"
            raise FileFormatError(msg)
    pixels, labels = batch["data"], np.asarray(batch["labels"])
    expected = f"(n, {COLOURS * SIDE**2}): {SIDE}x{SIDE} of red, of green, of blue"
    if not isinstance(pixels, np.ndarray) or pixels.shape[1:] != (COLOURS * SIDE**2,):
        shape = getattr(pixels, "shape", type(pixels).__name__)
        msg = f"{what}: 'data' has shape {shape}, expected {expected}"
        raise FileFormatError(msg)
    check_bytes(pixels.dtype, what)
    if labels.ndim != 1 or (labels.dtype.kind not in "iu" and labels.size):
        msg = f"{what}: 'labels' is no list of whole numbers, found {labels.dtype} {labels.shape}"
        raise FileFormatError(msg)
    check_same_length(len(pixels), len(labels), f"{what}: 'data'", "'labels'")
    return pixels, labels


def _name(key: Any) -> Any:
    return key.decode("latin1") if isinstance(key, bytes) else key
