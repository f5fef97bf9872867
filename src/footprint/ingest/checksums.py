"""Checksums of files, those of XRootD's people among them, in bounded memory."""

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import Any, cast

from footprint.config.downloads import RemoteFile

BLOCK = 2**20


def digest(algorithm: str, content: Any) -> str:
    """Compute a checksum.

    Parameters
    ----------
    algorithm
        ``"adler32"``, or a name that `hashlib` knows.
    content
        An open binary file.

    Returns
    -------
    str
        Hexadecimal digits; of adler32 always eight.
    """
    if algorithm != "adler32":
        make: Any = lambda: hashlib.new(algorithm, usedforsecurity=False)  # noqa: E731
        return hashlib.file_digest(content, make).hexdigest()
    value = 1
    while block := content.read(BLOCK):
        value = zlib.adler32(block, value)
    return f"{value:08x}"


def fault_of(file: RemoteFile, path: Path) -> str | None:
    """Say how a file differs from the one that is meant; None where it does not."""
    size = path.stat().st_size
    if file.bytes is not None and size != file.bytes:
        return f"found {size} bytes, expected {file.bytes}"
    if file.checksum is None:
        return None
    algorithm, expected = file.checksum
    packed = file.unpacked_md5 is not None
    with gzip.open(path) if packed else path.open("rb") as content:
        try:
            found = digest(algorithm, cast("Any", content))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            return f"it is no whole .gz file ({error})"
    what = f"{algorithm} of what is packed in it" if packed else algorithm
    return None if found == expected else f"found {what} {found}, expected {expected}"
