"""Addresses of files that lie elsewhere: which there are, what must not stand in them."""

import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

SCHEMES = ("https", "http", "root", "roots", "s3", "zenodo")
"""Protocols: HTTP, XRootD without and with TLS, S3, and files of Zenodo's records."""
LONGEST_NAME = 100

HTTP_KEYS = "put $NAME in its place and set the variable NAME"
XROOTD_KEYS = "let BEARER_TOKEN_FILE or X509_USER_PROXY name the file of your token or proxy"
S3_KEYS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for those in "
    "~/.aws/credentials"
)
SECRETS = frozenset({
    *("access_token", "api_key", "apikey", "auth", "authz", "passwd", "password", "pwd", "secret"),
    *("sig", "signature", "token", "awsaccesskeyid", "googleaccessid"),
    *("x-amz-credential", "x-amz-security-token", "x-amz-signature"),
    *("x-goog-credential", "x-goog-signature"),
})  # fmt: skip
"""Parameters of queries that let their owner in."""
VARIABLE = re.compile(r"\$(\w+|\{\w+\})")
FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f]")
"""Characters that no address has."""


def is_remote(path: str) -> bool:
    """Tell an address such as ``root://host//file.root`` from a path."""
    return "://" in path


def shown(url: str) -> str:
    """Leave out of an address what may be a secret: user, password, query, fragment."""
    try:
        address = urlsplit(url)
    except ValueError:  # such as brackets that do not close
        return re.split(r"[?#]", url, maxsplit=1)[0].rpartition("@")[2]
    host = address.netloc.rpartition("@")[2]
    return f"{address.scheme}://{host}{address.path}" if address.scheme else address.path


def check_address(url: str) -> None:
    """Refuse what is no address of a file, and addresses with passwords or keys in them.

    Raises
    ------
    ValueError
        With the address as far as it holds no secret, and where secrets belong.
    """
    address = _split(url)
    if address is None or address.scheme not in SCHEMES or not address.hostname:
        listed = ", ".join(f"{scheme}://" for scheme in SCHEMES[:-1])
        msg = (
            f"expected an address that starts with {listed} or {SCHEMES[-1]}://, found "
            f"'{shown(url)}'; what lies on a disk is named by its path"
        )
        raise ValueError(msg)
    if FORBIDDEN.search(url) or "::" in address.path:
        msg = (
            f"'{shown(url)}' has spaces, control characters or '::' in it: an address names one "
            f"file, with %20 for a space"
        )
        raise ValueError(msg)
    _check_no_secrets(address)
    if address.scheme == "s3" and (address.query or address.fragment):
        msg = (
            f"'{shown(url)}' has more behind its key, which is not asked for (of versions the "
            f"latest is read): leave it out, or write ? as %3F and # as %23 in a key"
        )
        raise ValueError(msg)
    if _names_no_file(address):
        expected = {
            "s3": "s3://<bucket>/<key>",
            "zenodo": "zenodo://<number of the record>/<file>",
        }.get(address.scheme, f"{address.scheme}://<host>/<path of a file>")
        msg = f"'{shown(url)}' names no file: expected {expected}"
        raise ValueError(msg)


def keys_belong(scheme: str) -> str:
    """Say where passwords and keys belong."""
    return {"root": XROOTD_KEYS, "roots": XROOTD_KEYS, "s3": S3_KEYS}.get(scheme, HTTP_KEYS)


def location(url: str) -> str:
    """Write an address as servers take it.

    The short form of a file of a Zenodo record is written out, letters beyond ASCII are written as
    HTTP wants them (%C3%A9), and others as XRootD does, which has no %20.
    """
    address = urlsplit(url)
    if address.scheme in {"root", "roots"}:
        return address._replace(path=unquote(address.path)).geturl()
    if address.scheme != "zenodo":
        start, slash, rest = url.partition(address.netloc + "/")
        return start + slash + re.sub(r"[^\x00-\x7f]+", lambda found: quote(found[0]), rest)
    name = quote(unquote(address.path.strip("/")))
    return f"https://zenodo.org/records/{address.netloc}/files/{name}?download=1"


def file_name(url: str) -> str:
    """Name the file of an address on disk: its last part, of letters that are safe everywhere."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", last).lstrip(".-")
    return name[-LONGEST_NAME:].lstrip(".-") or "file"


def short_hash(text: str) -> str:
    """Make 16 hexadecimal digits of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _split(url: str) -> SplitResult | None:
    try:
        address = urlsplit(url)
        _ = address.port
    except ValueError:
        return None
    return address


def _check_no_secrets(address: SplitResult) -> None:
    where = f"'{shown(address.geturl())}'"
    place = keys_belong(address.scheme)
    login = [part for part in (address.username, address.password) if part]
    open_login = login and not all(VARIABLE.fullmatch(part) for part in login)
    if open_login or (login and not address.scheme.startswith("http")):
        msg = f"{where} has a user name or password in it, which every log would show: {place}"
        raise ValueError(msg)
    for name, value in parse_qsl(address.query, keep_blank_values=True):
        if name.lower() in SECRETS and not VARIABLE.fullmatch(value):
            msg = (
                f"{where} has a key in it ('{name}' behind the question mark), which every log "
                f"would show: {place}"
            )
            raise ValueError(msg)


def _names_no_file(address: SplitResult) -> bool:
    path = address.path.strip("/")
    if address.scheme == "zenodo":
        return not address.netloc.isdecimal() or not path
    return not path and address.scheme in {"s3", "root", "roots"}


def without_secrets(text: str) -> str:
    """Leave the values of queries out of all addresses in a text, but for names of variables."""
    return re.sub(r"(?<=://)([^\s\"'?#]*)\?([^\s\"'#]*)", _plain_query, text)


def _plain_query(found: re.Match[str]) -> str:
    pairs = (part.partition("=") for part in found[2].split("&"))
    kept = [
        f"{name}{sign}{value if VARIABLE.fullmatch(value) or name == 'download' else '...'}"
        if sign
        else "..."
        for name, sign, value in pairs
    ]
    return f"{found[1]}?{'&'.join(kept)}"
