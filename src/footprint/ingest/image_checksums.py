"""Whether a file of a public set holds what was published."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from footprint.config.image_sets import IMAGE_SETS, published_name
from footprint.config.images import ImageOptions
from footprint.errors import FileFormatError
from footprint.ingest.faulty import reading

GZIP = b"\x1f\x8b"


def unpacked(path: str) -> IO[bytes]:
    """Open a file for reading, unpacked if it is a .gz, whatever its name.

    Raises
    ------
    FileFormatError
        The file is missing.
    """
    file = Path(path)
    if not file.is_file():
        msg = f"file not found: {path}"
        raise FileFormatError(msg)
    with file.open("rb") as content:
        packed = content.read(len(GZIP)) == GZIP
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else file.open("rb")


def check_content(
    path: str, options: ImageOptions, stream: IO[bytes] | None = None, name: str | None = None
) -> None:
    """Compare the content of a file with what was published, where a checksum is known.

    Parameters
    ----------
    path
        The file.
    options
        Which set it is, and whether to look.
    stream, name
        Content and name of a part of the file; without them the file's own, unpacked.

    Raises
    ------
    FileFormatError
        Another content, a name without a published checksum, or a file that cannot be unpacked.
    """
    if not options.check or options.set not in IMAGE_SETS:
        return
    known = IMAGE_SETS[options.set].checksums
    name = name or Path(path).name
    label = path if name == Path(path).name else f"{name} in {path}"
    own = "for a part that you cut out of the set, or a copy that you changed, say check: false"
    if published_name(name) not in known:
        msg = (
            f"{label}: no checksum is published for a file of this name of {options.set}, known: "
            f"{', '.join(known)}. Give it its published name; {own}"
        )
        raise FileFormatError(msg)
    algorithm, expected = known[published_name(name)]
    make: Callable[[], Any] = lambda: hashlib.new(algorithm, usedforsecurity=False)  # noqa: E731
    with reading(path, "the content"), stream or unpacked(path) as content:
        found = hashlib.file_digest(cast("Any", content), make).hexdigest()
    if found != expected:
        same = [
            key
            for key, other in IMAGE_SETS.items()
            if (algorithm, found) in other.checksums.values()
        ]
        advice = f"It is of {same[0]}: say set: {same[0]}" if same else "Copy or download it again"
        msg = (
            f"{label} is not the published file of {options.set}: its content has {algorithm} "
            f"{found}, expected {expected}. {advice}; {own}"
        )
        raise FileFormatError(msg)
