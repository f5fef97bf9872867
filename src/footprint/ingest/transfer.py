"""One attempt to fetch a file over HTTP, or what of it is still missing."""

import logging
import shutil
import time
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, InvalidURL
from pathlib import Path
from ssl import SSLError
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from footprint.config.downloads import RemoteFile, shown
from footprint.errors import ConfigError, FileFormatError, FootprintError

BLOCK = 2**20
"""Bytes written at once."""
SPARE_BYTES = 50_000_000
"""Disk space that stays free."""
PARTIAL, REST_IS_THERE = 206, 416
BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which it is worth to try again."""
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
        What is published.
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
    def have(self) -> int:
        """Bytes that are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def advice(self) -> str:
        """What one can do without this program."""
        return BY_HAND.format(target=self.target)


def attempt(transfer: Transfer) -> None:
    """Ask for what is missing, and write it."""
    have = transfer.have
    headers = {"User-Agent": "footprint", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = Request(transfer.url, headers=headers)  # noqa: S310, the model admits http(s) alone
    try:
        with urlopen(request, timeout=transfer.timeout) as answer:  # noqa: S310
            resumed = answer.status == PARTIAL and _start_of(answer.headers) == have
            if have and not resumed:
                log.warning("the server starts again from the first byte")
            _write(transfer, answer, start=have if resumed else 0)
    except HTTPError as error:
        _answer_was_no(transfer, error, have)
    except InvalidURL:
        msg = f"the address {shown(transfer.url)} has spaces or control characters in it"
        raise ConfigError(msg) from None
    except (URLError, HTTPException, TimeoutError, ConnectionError, SSLError) as error:
        reason = getattr(error, "reason", None) or error
        text = f"no connection: {type(reason).__name__}: {reason}"
        raise TryAgain(text) from None


def _start_of(headers: Message) -> int | None:
    """First byte of a partial answer, from ``bytes 100-199/200``."""
    first = (headers["Content-Range"] or "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else None


def _answer_was_no(transfer: Transfer, error: HTTPError, have: int) -> None:
    """Decide whether an HTTP error is the end, a pause, or that there is nothing left to fetch."""
    if error.code == REST_IS_THERE:
        total = (error.headers["Content-Range"] or "").rpartition("/")[2]
        if total == str(have):
            return
        transfer.part.unlink(missing_ok=True)
        text = f"{have} bytes are here and the server has {total or 'fewer'}: start anew"
        raise TryAgain(text) from None
    said = f"HTTP {error.code} {error.reason}"
    if error.code in BUSY:
        wait = error.headers["Retry-After"] or ""
        raise TryAgain(said, float(wait) if wait.isdigit() else 0.0) from None
    why = {
        401: "the server wants a login: put a token into the address as $NAME",
        403: "the server does not let everybody have it: put a token into the address as $NAME",
        404: "the server does not know it: look whether the address in the study is right",
        410: "it was taken away: look whether the record has a newer version",
    }.get(error.code, "the server refuses")
    msg = f"cannot fetch {shown(transfer.url)}: {said}, {why}; or {transfer.advice}"
    raise DownloadError(msg) from None


def _write(transfer: Transfer, answer: Any, start: int) -> None:
    """Write an answer's bytes behind the first `start` ones."""
    length = answer.headers["Content-Length"]
    total = start + int(length) if length else transfer.file.bytes
    _check_size(transfer, total)
    _check_space(transfer, None if total is None else total - start)
    line = _Progress(transfer.target.name, total)
    with transfer.part.open("r+b" if start else "wb") as out:
        out.truncate(start)
        out.seek(start)
        while block := _next(answer):
            out.write(block)
            line.show(out.tell())
    if total is not None and transfer.have < total:
        text = f"the connection ended after {transfer.have} of {total} bytes"
        raise TryAgain(text)


def _next(answer: Any) -> bytes:
    block: bytes = answer.read(BLOCK)
    return block


def _check_size(transfer: Transfer, total: int | None) -> None:
    """Refuse a file of another length before it is fetched."""
    expected = transfer.file.bytes
    if total is not None and expected is not None and total != expected:
        msg = (
            f"{shown(transfer.url)} has {total} bytes, expected {expected}: it is not the "
            f"published file (perhaps a page with a message). Look whether the address is right, "
            f"or {transfer.advice}"
        )
        raise FileFormatError(msg)


def _check_space(transfer: Transfer, missing: int | None) -> None:
    folder = transfer.part.parent
    free = shutil.disk_usage(folder).free
    if missing is not None and free < missing + SPARE_BYTES:
        msg = (
            f"{shown(transfer.url)} needs {missing / 1e6:,.0f} MB more in {folder}, where "
            f"{free / 1e6:,.0f} MB are free: make room, or let resources/downloads be a link to "
            f"another disk"
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
