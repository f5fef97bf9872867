"""Fetch a published file: resumed after interruptions, checked, under its name only when right."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from footprint.config.addresses import FORBIDDEN, VARIABLE, location, shown
from footprint.config.downloads import RemoteFile
from footprint.errors import ConfigError, FileFormatError
from footprint.files.atomic import temporary
from footprint.ingest import over_http, over_s3, over_xrootd
from footprint.ingest.cache import alone
from footprint.ingest.checksums import digest, fault_of
from footprint.ingest.transfer import BY_HAND, DownloadError, Transfer, TryAgain

ATTEMPTS: dict[str, Callable[[Transfer], None]] = {
    "http": over_http.attempt,
    "https": over_http.attempt,
    "zenodo": over_http.attempt,
    "s3": over_s3.attempt,
    "root": over_xrootd.attempt,
    "roots": over_xrootd.attempt,
}
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


def download(
    file: RemoteFile,
    target: Path,
    patience: Patience | None = None,
    cache: Path | None = None,
) -> None:
    """Fetch a file, unless the right one is there already.

    Bytes go to ``<name>.part``, which a later call goes on with; the final name appears when the
    file is whole and its checksum right. Of several processes that want one file at once, one
    fetches it and the others wait.

    Parameters
    ----------
    file
        Address, checksum and size.
    target
        Where the file goes; missing folders are made.
    patience
        How long to try.
    cache
        Folder that studies share. The file goes there, into a folder by its checksum or address,
        and `target` becomes a link to it; a right file that lies at `target` is left alone.

    Raises
    ------
    DownloadError
        The server refuses, does not answer, the disk is full, or a package is missing.
    FileFormatError
        What came is not the file that is meant; it is kept as ``<name>.wrong``.
    ConfigError
        The address needs a variable that the environment does not have.
    """
    patience = patience or Patience()
    if target.is_symlink():
        target.unlink(missing_ok=True)  # nobody shall write through it
    if cache is None or _is_right(file, target):
        _fetch(file, target, patience)
        return
    kept = cache / file.identity / target.name
    _fetch(file, kept, patience)
    target.parent.mkdir(parents=True, exist_ok=True)
    link = temporary(target)
    link.symlink_to(kept)
    link.replace(target)


def _is_right(file: RemoteFile, path: Path) -> bool:
    return path.is_file() and fault_of(file, path) is None


def _fetch(file: RemoteFile, target: Path, patience: Patience) -> None:
    """Fetch a file to where it stays."""
    url = location(expanded(file.url))
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target) as part:
        if _is_right(file, target):
            _say(target, file, "is there")
            return
        if target.exists():
            log.warning("%s is another file than the published one, it is fetched anew", target)
        transfer = Transfer(file, url, part, target, patience.timeout)
        _fetch_all(transfer, patience)
        fault = fault_of(file, part)
        if fault is not None:
            _refuse(transfer, fault)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
        transfer.forget()
        _say(target, file, f"{target.stat().st_size} bytes")


def _say(target: Path, file: RemoteFile, what: str) -> None:
    """Say that a file is there, and what it is where the study does not."""
    if file.checksum is not None:
        log.info("%s: %s, its checksum is right", target, what)
        return
    with target.open("rb") as content:
        found = digest("sha256", content)
    log.warning(
        "%s: %s, unchecked. So that it is the same file in three years, write beside 'files': "
        "checksums: {%s: 'sha256:%s'}", target, what, target.name, found,
    )  # fmt: skip


def expanded(url: str) -> str:
    """Put variables of the environment into an address.

    A value stays in the part of the address where its variable stands: a password with a slash in
    it would otherwise be asked for as a server's name.

    Raises
    ------
    ConfigError
        A variable is not set, or its value would end the part where it stands.
    """
    try:
        whole = _filled(url)
        parts = [_filled(part) for part in _parts(url)]
    except (KeyError, ValueError) as error:
        name = error.args[0] if isinstance(error, KeyError) else "after $"
        msg = (
            f"the address {shown(url)} needs the environment variable {name}, which is not set: "
            f"export it, or write $$ for a dollar sign"
        )
        raise ConfigError(msg) from None
    if not _consists_of(whole, parts):
        names = " or ".join(found[0] for found in VARIABLE.finditer(url.replace("$$", "")))
        msg = (
            f"the value of {names} cannot stand in the address {shown(url)}: it has a space, or "
            f"one of / ? # @ [ ] that would end the part where it stands: write it as %20 %2F %3F "
            f"%23 %40 %5B %5D"
        )
        raise ConfigError(msg)
    return whole


def _filled(text: str) -> str:
    return Template(text).substitute(os.environ)


def _consists_of(url: str, parts: list[str]) -> bool:
    try:
        return not FORBIDDEN.search(url) and _parts(url) == parts
    except ValueError:  # whose words have the value in them
        return False


def _parts(url: str) -> list[str]:
    """Take an address apart: scheme, login, host with port, path, query, fragment."""
    scheme, server, *rest = urlsplit(url)
    login, _, host = server.rpartition("@")
    return [scheme, login, host, *rest]


def _fetch_all(transfer: Transfer, patience: Patience) -> None:
    """Try until the file is whole or patience ends."""
    failures = 0
    if transfer.file.bytes is not None and transfer.have > transfer.file.bytes:
        log.warning("%s is longer than the published file, it starts anew", transfer.part)
        transfer.forget()
    while transfer.have == 0 or transfer.have != transfer.file.bytes:
        before = transfer.have
        try:
            ATTEMPTS[transfer.scheme](transfer)
        except TryAgain as trouble:
            failures = 1 if transfer.have > before else failures + 1
            if failures >= patience.attempts:
                msg = (
                    f"cannot fetch {transfer.name}: {trouble} ({failures} attempts in a row "
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


def _refuse(transfer: Transfer, fault: str) -> None:
    target = transfer.target
    wrong = target.with_name(f"{target.name}.wrong")
    transfer.part.replace(wrong)
    transfer.forget()
    msg = (
        f"{transfer.name} is not the published file: {fault}. It is kept as {wrong}: look into "
        f"it (a page with a message? a newer version?), then run again to fetch it from the "
        f"start, or {BY_HAND.format(target=target)}"
    )
    raise FileFormatError(msg)
