"""A file appears under its final name whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary name to write to; rename to the final one when all went well.

    Parameters
    ----------
    path
        The final name; missing folders are made.

    Yields
    ------
    Path
        ``<path>.partial`` in the same folder (before the suffix, so that programs that look at
        suffixes still recognise the file). After an error it is removed and the final name is
        left as it was; after a kill it stays behind and the next attempt overwrites it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        yield partial
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    with atomic(path) as partial:
        partial.write_text(text, encoding="utf-8")
