"""The folder for fetched files that studies share, and how they keep out of each other's way."""

import fcntl
import logging
import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from footprint.errors import ConfigError

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_LINES = 60.0

log = logging.getLogger(__name__)


def cache_folder(named: str | None) -> Path | None:
    """Check the folder that the environment variable FOOTPRINT_CACHE names.

    Parameters
    ----------
    named
        The variable's value.

    Returns
    -------
    Path or None
        The folder, None where none is named.

    Raises
    ------
    ConfigError
        The path is not absolute, so that each working folder would have its own.
    """
    if not named:
        return None
    path = Path(named).expanduser()
    if not path.is_absolute():
        msg = (
            f"the environment variable FOOTPRINT_CACHE is '{named}', expected the whole path of a "
            f"folder, such as /scratch/{named.strip('./') or 'footprint'}"
        )
        raise ConfigError(msg)
    return path


def drop_dead_links(paths: Iterable[Path]) -> None:
    """Remove links to files that have left the cache; Snakemake stumbles over them.

    Parameters
    ----------
    paths
        Where links may be.
    """
    for path in paths:
        if path.is_symlink() and not path.exists():
            path.unlink(missing_ok=True)
            log.warning("%s has left the cache: it is fetched again when a job needs it", path)


@contextmanager
def alone(target: Path) -> Iterator[Path]:
    """Wait until nobody else fetches a file.

    The lock is one of the operating system on ``<target>.lock``: a process that dies lets go of
    it. It is removed at the end.

    Parameters
    ----------
    target
        The file's final name.

    Yields
    ------
    Path
        Where bytes go at first: ``<target>.part``, or a name of this process alone where the file
        system knows no locks.
    """
    path = target.with_name(f"{target.name}.lock")
    try:
        handle = _locked(path)
    except OSError as error:
        part = target.with_name(f"{target.name}.{socket.gethostname()}-{os.getpid()}.part")
        log.warning("%s cannot be locked (%s): bytes go to %s", path, error.strerror, part.name)
        yield part
        return
    try:
        yield target.with_name(f"{target.name}.part")
    finally:
        # While it is held: who waits for it sees that it is gone and makes another.
        path.unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path) -> int:
    """Open and lock a file that is still there under its name once it is locked."""
    shown = 0.0
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(path.stat(), os.fstat(handle)):
                return handle
            os.close(handle)
        except BlockingIOError:
            os.close(handle)
            if time.monotonic() - shown > SECONDS_BETWEEN_LINES or not shown:
                shown = time.monotonic()
                log.info("another process fetches %s: waiting", path.with_suffix(""))
            time.sleep(SECONDS_BETWEEN_LOOKS)
        except OSError:
            os.close(handle)
            raise
