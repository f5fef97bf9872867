"""A file on its way: what is here of it already, and how further bytes are written."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from footprint.config.addresses import shown
from footprint.config.downloads import RemoteFile
from footprint.errors import FileFormatError, FootprintError

SPARE_BYTES = 50_000_000
"""Disk space that stays free."""
BYTES_BETWEEN_LOOKS = 2**28
"""The disk is looked at again after so many bytes, where nobody says how many will come."""
SECONDS_BETWEEN_LINES = 10.0
BY_HAND = (
    "fetch the file by hand and put it at {target}, or name files that you have in the sample's "
    "'files:'"
)

log = logging.getLogger(__name__)


class DownloadError(FootprintError):
    """A file cannot be fetched."""


class TryAgain(Exception):  # noqa: N818, not an error that anyone sees
    """An attempt failed in a way that may pass."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Transfer:
    """One file on its way.

    Attributes
    ----------
    file
        What is wanted.
    url
        Its address, with the variables of the environment.
    part, target
        Where bytes go at first, and where the whole file will be.
    timeout
        Seconds without an answer or a byte.
    """

    file: RemoteFile
    url: str
    part: Path
    target: Path
    timeout: float

    @property
    def name(self) -> str:
        """The address as messages show it."""
        return shown(self.file.url)

    @property
    def scheme(self) -> str:
        """The protocol."""
        return urlsplit(self.file.url).scheme

    @property
    def have(self) -> int:
        """Bytes that are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def note(self) -> Path:
        """Where it stands which version of the file the bytes are of."""
        return self.part.with_name(f"{self.part.name}.version")

    @property
    def version(self) -> str | None:
        """Version of which the bytes here are, None where the server did not say."""
        return self.note.read_text(encoding="utf-8") if self.note.exists() else None

    @property
    def advice(self) -> str:
        """What one can do without this program."""
        return BY_HAND.format(target=self.target)

    def forget(self) -> None:
        """Remove what is here."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def remember(self, version: str | None) -> None:
        """Note which version the bytes are of that come now."""
        if version is None:
            self.note.unlink(missing_ok=True)
        else:
            self.note.write_text(version, encoding="utf-8")


def write(transfer: Transfer, blocks: Iterator[bytes], start: int, total: int | None) -> None:
    """Write bytes behind the first `start` ones.

    Parameters
    ----------
    transfer
        The file.
    blocks
        The bytes.
    start
        How many are here.
    total
        Size of the whole file; None where the server does not say.

    Raises
    ------
    FileFormatError
        The file has another size than it should.
    DownloadError
        The disk is full.
    TryAgain
        Bytes are missing at the end.
    """
    total = transfer.file.bytes if total is None else total
    _check_size(transfer, total)
    _check_space(transfer, None if total is None else total - start)
    line = _Progress(transfer.target.name, total)
    looked = start
    with transfer.part.open("r+b" if start else "wb") as out:
        out.truncate(start)
        out.seek(start)
        for block in blocks:
            _put(transfer, partial(out.write, block))
            have = out.tell()
            if total is not None and have > total:
                _check_size(transfer, have)
            if have - looked > BYTES_BETWEEN_LOOKS:
                looked = have
                _check_space(transfer, 0)
            line.show(have)
        _put(transfer, out.flush)
    if total is not None and transfer.have < total:
        text = f"the connection ended after {transfer.have} of {total} bytes"
        raise TryAgain(text)


def _put(transfer: Transfer, put: Callable[[], object]) -> None:
    """Write, or say why the disk does not take it."""
    try:
        put()
    except OSError as error:
        msg = (
            f"cannot write {transfer.part}: {error.strerror}. Make room, then run again to go on "
            f"from what is there, or let another folder hold such files (FOOTPRINT_CACHE)"
        )
        raise DownloadError(msg) from None


def _check_size(transfer: Transfer, total: int | None) -> None:
    """Refuse a file of another length before it is fetched."""
    expected = transfer.file.bytes
    if total is not None and expected is not None and total != expected:
        msg = (
            f"{transfer.name} has {total} bytes, expected {expected}: it is not the "
            f"published file (perhaps a page with a message). Look whether the address is right, "
            f"or {transfer.advice}"
        )
        raise FileFormatError(msg)


def _check_space(transfer: Transfer, missing: int | None) -> None:
    folder = transfer.part.parent
    free = shutil.disk_usage(folder).free
    if missing is not None and free < missing + SPARE_BYTES:
        msg = (
            f"{transfer.name} needs {missing / 1e6:,.0f} MB more in {folder}, where "
            f"{free / 1e6:,.0f} MB are free: make room, or name a folder on another disk in the "
            f"environment variable FOOTPRINT_CACHE"
        )
        raise DownloadError(msg)


class _Progress:
    """Says now and then how far a file is."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name, self.total, self.shown = name, total, time.monotonic()

    def show(self, have: int) -> None:
        if time.monotonic() - self.shown > SECONDS_BETWEEN_LINES:
            self.shown = time.monotonic()
            share = f" ({have / self.total:.0%})" if self.total else ""
            log.info("%s: %s MB%s", self.name, f"{have / 1e6:,.0f}", share)
