"""Fetch a published file: resumed after interruptions, checked, under its name only when right."""

import gzip
import hashlib
import logging
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, cast

from footprint.config.downloads import RemoteFile, shown
from footprint.errors import ConfigError, FileFormatError
from footprint.ingest.transfer import BY_HAND, DownloadError, Transfer, TryAgain, attempt

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes
    ----------
    attempts
        Attempts in a row that bring nothing; one that brings bytes counts anew.
    timeout
        Seconds without an answer or a byte.
    wait
        Seconds before the second attempt, doubled before each further one.
    longest_wait
        Seconds between two attempts at most.
    """

    attempts: int = 6
    timeout: float = 60.0
    wait: float = 2.0
    longest_wait: float = 120.0


def download(file: RemoteFile, target: Path, patience: Patience | None = None) -> None:
    """Fetch a file, unless the right one is there already.

    Bytes go to ``<target>.part``, which a later call goes on with; the final name appears when the
    checksum is right.

    Parameters
    ----------
    file
        Address, checksum and size.
    target
        Where the file goes; missing folders are made.
    patience
        How long to try.

    Raises
    ------
    DownloadError
        The server refuses, does not answer, or the disk is full.
    FileFormatError
        What came is not the published file; it is kept as ``<target>.wrong``.
    ConfigError
        The address needs a variable that the environment does not have.
    """
    url = expanded(file.url)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file():
        if _fault(file, target) is None:
            log.info("%s is there, its checksum is right", target)
            return
        log.warning("%s is another file than the published one, it is fetched anew", target)
    part = target.with_name(f"{target.name}.part")
    patience = patience or Patience()
    _fetch_all(Transfer(file, url, part, target, patience.timeout), patience)
    fault = _fault(file, part)
    if fault is not None:
        _refuse(file, part, target, fault)
    with part.open("rb+") as handle:
        os.fsync(handle.fileno())
    part.replace(target)
    log.info("%s: %d bytes, its checksum is right", target, target.stat().st_size)


def expanded(url: str) -> str:
    """Put variables of the environment into an address.

    Raises
    ------
    ConfigError
        A variable is not set.
    """
    try:
        return Template(url).substitute(os.environ)
    except (KeyError, ValueError) as error:
        name = error.args[0] if isinstance(error, KeyError) else "after $"
        msg = (
            f"the address {shown(url)} needs the environment variable {name}, which is not set: "
            f"export it, or write $$ for a dollar sign"
        )
        raise ConfigError(msg) from None


def _fetch_all(transfer: Transfer, patience: Patience) -> None:
    """Try until the file is whole or patience ends."""
    failures = 0
    if transfer.file.bytes is not None and transfer.have > transfer.file.bytes:
        log.warning("%s is longer than the published file, it starts anew", transfer.part)
        transfer.part.unlink()
    while transfer.have == 0 or transfer.have != transfer.file.bytes:
        before = transfer.have
        try:
            attempt(transfer)
        except TryAgain as trouble:
            failures = 1 if transfer.have > before else failures + 1
            if failures >= patience.attempts:
                msg = (
                    f"cannot fetch {shown(transfer.url)}: {trouble} ({failures} attempts in a row "
                    f"brought nothing; {transfer.have} bytes are kept in {transfer.part}). Run "
                    f"again later to go on from there, look at network and proxy, or "
                    f"{transfer.advice}"
                )
                raise DownloadError(msg) from None
            pause = max(trouble.wait, patience.wait * 2 ** (failures - 1))
            pause = min(pause, patience.longest_wait)
            log.warning("%s; next attempt in %.0f s", trouble, pause)
            time.sleep(pause)
        else:
            return


def _fault(file: RemoteFile, path: Path) -> str | None:
    """Say how a file differs from the published one; None where it does not."""
    size = path.stat().st_size
    if file.bytes is not None and size != file.bytes:
        return f"found {size} bytes, expected {file.bytes}"
    algorithm, expected = file.checksum
    make: Callable[[], Any] = lambda: hashlib.new(algorithm, usedforsecurity=False)  # noqa: E731
    packed = file.unpacked_md5 is not None
    with gzip.open(path) if packed else path.open("rb") as content:
        try:
            found = hashlib.file_digest(cast("Any", content), make).hexdigest()
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            return f"it is no whole .gz file ({error})"
    what = f"{algorithm} of what is packed in it" if packed else algorithm
    return None if found == expected else f"found {what} {found}, expected {expected}"


def _refuse(file: RemoteFile, part: Path, target: Path, fault: str) -> None:
    wrong = target.with_name(f"{target.name}.wrong")
    part.replace(wrong)
    msg = (
        f"{shown(file.url)} is not the published file: {fault}. It is kept as {wrong}: look into "
        f"it (a page with a message? a newer version?), then run again to fetch it from the "
        f"start, or {BY_HAND.format(target=target)}"
    )
    raise FileFormatError(msg)
