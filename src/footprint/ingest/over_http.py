"""One attempt to fetch a file over HTTP, or what of it is still missing."""

import base64
import logging
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPException, HTTPMessage, InvalidURL
from ssl import SSLCertVerificationError, SSLError
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from footprint.config.addresses import S3_KEYS, shown
from footprint.errors import ConfigError
from footprint.ingest.transfer import DownloadError, Transfer, TryAgain, write

BLOCK = 2**20
"""Bytes written at once."""
PARTIAL, REST_IS_THERE = 206, 416
SENT_ON = range(300, 400)
BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which it is worth to try again."""
PACKED = (".gz", ".tgz", ".bz2", ".xz", ".zst")
"""Endings of files that some servers call packed for the way, though they are packed for good."""

log = logging.getLogger(__name__)


def attempt(transfer: Transfer) -> None:
    """Ask for what is missing, and write it.

    Raises
    ------
    TryAgain
        It may go better in a moment.
    DownloadError, FileFormatError, ConfigError
        It will not.
    """
    if transfer.have and transfer.version is None and transfer.file.checksum is None:
        transfer.forget()  # nobody could tell whether the rest belongs to it
    have = transfer.have
    try:
        with _opener().open(_request(transfer, have), timeout=transfer.timeout) as answer:
            _take(transfer, answer, have)
    except HTTPError as error:
        with error:
            _answer_was_no(transfer, error, have)
    except InvalidURL:
        msg = f"the address {transfer.name} has spaces or control characters in it"
        raise ConfigError(msg) from None
    except (URLError, HTTPException, TimeoutError, ConnectionError, SSLError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, SSLCertVerificationError):
            msg = (
                f"cannot fetch {transfer.name}: the server's certificate is not trusted "
                f"({reason.verify_message}): let SSL_CERT_FILE name the certificates of its "
                f"authority; or {transfer.advice}"
            )
            raise DownloadError(msg) from None
        text = f"no connection: {type(reason).__name__}: {reason}"
        raise TryAgain(text) from None


class _Redirects(HTTPRedirectHandler):
    """Follows a server to other servers, but neither to files nor away from TLS."""

    def redirect_request(  # noqa: PLR0917, the library's own
        self, req: Request, fp: Any, code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in {"http", "https"} or (req.type, scheme) == ("https", "http"):
            raise HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    """Make what opens http and https alone; certificates are checked."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        _Redirects(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _request(transfer: Transfer, have: int) -> Request:
    address = urlsplit(transfer.url)
    login, _, host = address.netloc.rpartition("@")
    headers = {"User-Agent": "footprint", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if transfer.version is not None:
            headers["If-Range"] = transfer.version
    request = Request(urlunsplit(address._replace(netloc=host)), headers=headers)  # noqa: S310, other schemes have no handler
    if login:
        coded = base64.b64encode(unquote(login).encode()).decode()
        # For this server alone, not for one that it sends on to.
        request.add_unredirected_header("Authorization", f"Basic {coded}")
    return request


def _take(transfer: Transfer, answer: Any, have: int) -> None:
    """Write an answer's bytes where they belong."""
    _check_unpacked(transfer, answer.headers)
    version = _version(answer.headers)
    resumed = answer.status == PARTIAL
    if resumed and _start_of(answer.headers) != have:
        transfer.forget()
        text = f"the server sends another part of the file than that from byte {have}: start anew"
        raise TryAgain(text)
    if resumed and transfer.version is not None and version not in {None, transfer.version}:
        transfer.forget()
        text = "the file has changed at its address since its first bytes came: start anew"
        raise TryAgain(text)
    if have and not resumed:
        log.warning("the server starts again from the first byte")
    if not resumed:
        transfer.remember(version)
    length = _length(answer.headers)
    start = have if resumed else 0
    total = None if length is None else start + length
    if resumed:  # a server may send less of the rest than was asked for
        total = _whole(answer.headers) or total
    if total is None and not (answer.chunked or transfer.file.checksum or transfer.file.bytes):
        msg = (
            f"cannot fetch {transfer.name}: the server does not say how long the file is, so "
            f"nobody could tell half of it from all of it: give its checksum"
        )
        raise DownloadError(msg)
    write(transfer, _blocks(answer), start, total)


def _blocks(answer: Any) -> Iterator[bytes]:
    while block := answer.read(BLOCK):
        yield block


def _check_unpacked(transfer: Transfer, headers: Message) -> None:
    coding = headers["Content-Encoding"] or "identity"
    if coding.lower() != "identity" and not transfer.target.name.endswith(PACKED):
        msg = (
            f"cannot fetch {transfer.name}: the server packs it for the way ({coding}), though "
            f"asked not to, and it would not be the file any more; {transfer.advice}"
        )
        raise DownloadError(msg)


def _version(headers: Message) -> str | None:
    """Read what If-Range takes: a strong ETag, else the date of the last change."""
    tag = headers["ETag"] or ""
    return tag if tag.startswith('"') else headers["Last-Modified"]


def _length(headers: Message) -> int | None:
    text = (headers["Content-Length"] or "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None


def _start_of(headers: Message) -> int | None:
    """First byte of a partial answer, from ``bytes 100-199/200``."""
    first = (headers["Content-Range"] or "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isascii() and first.isdecimal() else None


def _whole(headers: Message) -> int | None:
    """Size of the whole file, from ``bytes 100-199/200``."""
    size = (headers["Content-Range"] or "").rpartition("/")[2].strip()
    return int(size) if size.isascii() and size.isdecimal() else None


def _answer_was_no(transfer: Transfer, error: HTTPError, have: int) -> None:
    """Decide whether an HTTP error is the end, a pause, or that there is nothing left to fetch."""
    if error.code == REST_IS_THERE:
        total = (error.headers["Content-Range"] or "").rpartition("/")[2]
        if total == str(have):
            return
        transfer.forget()
        text = f"{have} bytes are here and the server has {total or 'fewer'}: start anew"
        raise TryAgain(text) from None
    said = f"HTTP {error.code} {error.reason}"
    if error.code in BUSY:
        wait = error.headers["Retry-After"] or ""
        raise TryAgain(said, float(wait) if wait.isdecimal() else 0.0) from None
    if error.code in SENT_ON:
        said = f"HTTP {error.code}"
    place = S3_KEYS if transfer.scheme == "s3" else "put a token into the address as $NAME"
    why = {
        401: f"the server wants a login: {place}",
        403: f"the server does not let everybody have it: {place}",
        404: "the server does not know it: look whether the address in the study is right",
        410: "it was taken away: look whether the record has a newer version",
    }.get(error.code, _sent_on(error) if error.code in SENT_ON else "the server refuses")
    msg = f"cannot fetch {transfer.name}: {said}, {why}; or {transfer.advice}"
    raise DownloadError(msg) from None


def _sent_on(error: HTTPError) -> str:
    """Word where a server sends on to, and why nobody goes there."""
    there = error.headers["Location"] or error.headers["URI"]
    if not there:
        return "the server sends on and does not say where (S3: set AWS_REGION)"
    return (
        f"the server sends on to {shown(urljoin(error.url or '', there))}, which is not followed: "
        f"it leaves http(s), drops TLS, or leads in circles"
    )
