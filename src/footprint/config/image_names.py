"""What the names of files of images say: format, and which labels belong to which images."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import PurePath
from typing import Literal

from footprint.errors import ConfigError

Format = Literal["idx", "npz", "archive", "batch"]
IMAGES, LABELS = "images", "labels"
BESIDE_BATCHES = ("batches.meta", "readme.html")
"""Files of CIFAR-10 that hold no images."""


def format_of(path: str) -> Format:
    """Tell the format of a file by its name."""
    name = PurePath(path).name
    if name.endswith(".npz"):
        return "npz"
    if name.endswith((".tar.gz", ".tgz", ".tar")):
        return "archive"
    return "idx" if any(part in name for part in ("idx", IMAGES, LABELS)) else "batch"


def labels_beside(path: str) -> str:
    """Name the file of labels that belongs to one of images."""
    name = PurePath(path).name.replace(IMAGES, LABELS)
    return str(PurePath(path).with_name(re.sub(r"idx\d", "idx1", name)))


def paired(where: str, paths: Sequence[str], patterns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """List the files of images, each with the files of labels that belong to it.

    Parameters
    ----------
    where
        Key of the configuration, for messages.
    paths
        All files.
    patterns
        Of the names of batches.

    Raises
    ------
    ConfigError
        Images without labels, labels without images, or other files.
    """
    left = [path for path in paths if PurePath(path).name not in BESIDE_BATCHES]
    images = [path for path in left if IMAGES in PurePath(path).name and format_of(path) == "idx"]
    found: dict[str, tuple[str, ...]] = {path: (labels_beside(path),) for path in images}
    for path, (labels,) in found.items():
        if labels not in left:
            msg = (
                f"{where}: '{path}' are images without labels: expected '{labels}' among the files"
            )
            raise ConfigError(msg)
    used = {*found, *(labels for (labels,) in found.values())}
    for path in left:
        if path not in used:
            _check_stands_alone(where, path, list(patterns))
            found[path] = ()
    return {path: found[path] for path in left if path in found}


def _check_stands_alone(where: str, path: str, patterns: Sequence[str]) -> None:
    """Refuse a file that is neither an archive nor a batch by its name."""
    kind, name = format_of(path), PurePath(path).name
    if kind == "idx":
        msg = (
            f"{where}: '{path}' belongs to no images: expected names such as "
            f"train-images-idx3-ubyte.gz and, beside it, train-labels-idx1-ubyte.gz"
        )
        raise ConfigError(msg)
    if kind == "batch" and not any(fnmatch(name, pattern) for pattern in patterns):
        msg = (
            f"{where}: '{path}' is not named like a file of images: expected ...images-idx3..., "
            f".npz, .tar.gz, or a batch called {' or '.join(patterns)}; leave it out of the glob"
        )
        raise ConfigError(msg)
