"""What is said of a faulty file on disk, whichever library reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from footprint.errors import FileFormatError, FootprintError

REMEDY = "The file is truncated, corrupt or packed in an unusual way; copy or download it again"


@contextmanager
def reading(path: str, what: str) -> Iterator[None]:
    """Turn what libraries raise at a faulty file into one message.

    Parameters
    ----------
    path
        The file.
    what
        What is being read.

    Raises
    ------
    FileFormatError
        With the file, what was being read, and the original message.
    """
    try:
        yield
    except (FootprintError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's trouble
            raise
        said = " ".join(str(error).split())[:300]
        msg = f"cannot read {what} of {path}: {type(error).__name__}: {said}. {REMEDY}"
        raise FileFormatError(msg) from error
