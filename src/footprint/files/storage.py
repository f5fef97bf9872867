"""What file systems refuse: full disks, quotas, read-only mounts, missing permissions."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footprint.errors import StorageError

_AGAIN = "then run again: what is finished stays, what is not leaves nothing under its final name"
_REMEDIES = {
    errno.ENOSPC: f"Make room there, {_AGAIN}",
    errno.EDQUOT: f"Make room there or ask for a larger quota, {_AGAIN}",
    errno.EFBIG: f"Raise the limit on file sizes (ulimit -f), {_AGAIN}",
    errno.EROFS: f"Mount it writable, or work in a folder that is, {_AGAIN}",
    errno.EACCES: f"Make it yours (ls -ld says whose it is), or work in your own folder, {_AGAIN}",
    errno.EPERM: f"Make it yours (ls -ld says whose it is), or work in your own folder, {_AGAIN}",
    errno.EIO: f"The disk, or the network to it, fails: have it looked after, {_AGAIN}",
    errno.ESTALE: f"The network file system lost it, {_AGAIN}",
}


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Word what a file system refuses within this block.

    Parameters
    ----------
    path
        What is written.

    Raises
    ------
    StorageError
        In place of the operating system's error.
    """
    try:
        yield
    except OSError as error:
        refused = as_storage_error(error, path)
        if refused is None:
            raise
        raise refused from error


def check_writable(folder: Path) -> None:
    """Refuse a folder in which nothing can be written.

    Raises
    ------
    StorageError
        It is read-only, or another's.
    """
    if os.access(folder, os.W_OK | os.X_OK):
        return
    read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    number = errno.EROFS if read_only else errno.EACCES
    raise as_storage_error(OSError(number, "", str(folder))) or StorageError(folder)


def as_storage_error(error: OSError, path: Path | None = None) -> StorageError | None:
    """Word an error of the operating system; None if the file system has no part in it.

    Parameters
    ----------
    error
        The error.
    path
        What was written; the error may name another file, which then is what matters.
    """
    number = error.errno
    if number not in _REMEDIES:
        return None
    named = Path(str(error.filename)) if error.filename else None
    own = path is not None and (named is None or named.parent == path.parent)
    where = path if own else named
    what = f"cannot write {where}" if own else f"cannot use {where or 'a file or folder'}"
    room = _room(where) if where and number in {errno.ENOSPC, errno.EDQUOT} else ""
    return StorageError(f"{what}: {os.strerror(number)}{room}. {_REMEDIES[number]}")


def _room(path: Path) -> str:
    """Say how much room there is in the nearest folder that exists."""
    folder = next((p for p in path.absolute().parents if p.is_dir()), None)
    if folder is None:
        return ""
    usage = shutil.disk_usage(folder)
    return f" ({usage.free / 1e6:.1f} of {usage.total / 1e6:.1f} MB are free on its file system)"
