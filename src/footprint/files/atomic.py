"""A file appears under its final name whole, or not at all."""

import glob
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from footprint.files.storage import reported

_OWNER = re.compile(r"\.partial-(?P<host>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{4}$")


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
        A name in the same folder, as `temporary` gives it. After an error the file is removed and
        the final name is left as it was; after a kill it stays behind until the next attempt.

    Raises
    ------
    StorageError
        The file system does not take the file.
    """
    with reported(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = temporary(path)
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


def temporary(path: Path) -> Path:
    """Name what will be a file, or scratch space for it, while it is made.

    The name is of this call alone: a job that outlived its killed workflow must not write into
    the file of the job that took its place. What killed jobs left for the same file goes.

    Parameters
    ----------
    path
        The final name.

    Returns
    -------
    Path
        ``.<stem>.partial-<machine>-<process>-<random>.<suffix>`` in the same folder; the suffix is
        kept because programs recognise files by it.
    """
    clear_abandoned(path.parent, glob.escape(path.stem))
    mark = f"{_host()}-{os.getpid()}-{secrets.token_hex(2)}"
    return path.with_name(f".{path.stem}.partial-{mark}{path.suffix}")


def clear_abandoned(folder: Path, stem: str) -> None:
    """Remove what killed processes of this machine left.

    Parameters
    ----------
    folder
        Where to look.
    stem
        Pattern of final names without suffix.
    """
    for path in folder.glob(f".{stem}.partial-*"):
        if not _is_abandoned(path):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_abandoned(path: Path) -> bool:
    """Tell whether the process that wrote has ended; of other machines nobody can tell."""
    owner = _OWNER.search(path.stem)
    if owner is None or owner["host"] != _host():
        return False
    try:
        os.kill(int(owner["process"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _has_ended(int(owner["process"]))


def _has_ended(process: int) -> bool:
    """Tell whether a process only waits to be asked how it ended, where Linux says so."""
    try:
        about = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] == "Z"


def _host() -> str:
    return blake2b(socket.gethostname().encode(), digest_size=4).hexdigest()
