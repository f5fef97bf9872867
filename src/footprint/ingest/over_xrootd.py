"""One attempt to fetch a file over XRootD, or what of it is still missing."""

import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from footprint.config.addresses import XROOTD_KEYS, shown
from footprint.ingest.transfer import DownloadError, Transfer, TryAgain, write

BLOCK = 2**23
"""Bytes of one request: the way there and back costs the less, the more a request brings."""
NOT_AUTHORIZED, NOT_FOUND, IS_A_FOLDER, LOGIN_FAILED = 3010, 3011, 3016, 3030
"""Numbers of the errors that waiting does not mend."""


def attempt(transfer: Transfer) -> None:
    """Ask for what is missing, and write it.

    Raises
    ------
    TryAgain
        It may go better in a moment.
    DownloadError, FileFormatError
        It will not.
    """
    client = client_of(transfer.url)
    seconds = math.ceil(transfer.timeout)
    with client.File() as file:
        _check(transfer, file.open(transfer.url, timeout=seconds)[0])
        _check_stays_there(transfer, file)
        status, info = file.stat(timeout=seconds)
        _check(transfer, status)
        version = f"{info.size} bytes of {info.modtime}"
        if transfer.have > info.size or transfer.version != version:
            transfer.forget()
            transfer.remember(version)
        start = transfer.have
        write(transfer, _blocks(transfer, file, start, info.size, seconds), start, info.size)


def client_of(url: str) -> Any:
    """Import what speaks XRootD.

    Raises
    ------
    DownloadError
        It is not installed.
    """
    try:
        from XRootD import client
    except ImportError:
        msg = (
            f"{shown(url)}: XRootD needs the package xrootd, which is not installed: run make "
            f"remote (Linux; elsewhere conda-forge has it)"
        )
        raise DownloadError(msg) from None
    return client


def _blocks(transfer: Transfer, file: Any, start: int, total: int, seconds: int) -> Iterator[bytes]:
    while start < total:
        status, block = file.read(start, min(BLOCK, total - start), timeout=seconds)
        _check(transfer, status)
        if not block:
            return
        yield block
        start += len(block)


def _check_stays_there(transfer: Transfer, file: Any) -> None:
    """Refuse a server that sends on to a file of this machine, which XRootD knows how to do."""
    there = file.get_property("LastURL")
    if there and urlsplit(there).scheme not in {"root", "roots", "xroot", "xroots"}:
        msg = (
            f"cannot fetch {transfer.name}: the server sends on to {shown(there)}, which is not "
            f"followed; {transfer.advice}"
        )
        raise DownloadError(msg)


def _check(transfer: Transfer, status: Any) -> None:
    """Decide whether an error is the end or a pause."""
    if status.ok:
        return
    # What follows a question mark may be a token.
    said = re.sub(r"\?\S*", "", " ".join(str(status.message).split()))
    why = {
        NOT_FOUND: "the server does not know it: look whether the address in the study is right",
        IS_A_FOLDER: "it is a folder: name its files",
        NOT_AUTHORIZED: f"the server does not let everybody have it: {XROOTD_KEYS}",
        LOGIN_FAILED: f"the server wants a login: {XROOTD_KEYS}",
    }.get(status.errno)
    if why is None:
        text = f"no connection: {said}"
        raise TryAgain(text)
    msg = f"cannot fetch {transfer.name}: {said}: {why}; or {transfer.advice}"
    raise DownloadError(msg)
