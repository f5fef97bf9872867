"""ROOT files that are read where they lie: what uproot is told for each protocol."""

from typing import Any
from urllib.parse import urlsplit

import uproot

from footprint.config.addresses import location
from footprint.ingest.over_s3 import signed
from footprint.ingest.over_xrootd import client_of

SECONDS = 60
"""Without an answer."""


def opening(path: str) -> tuple[str, dict[str, Any]]:
    """Say how uproot opens a file.

    Parameters
    ----------
    path
        Path or address.

    Returns
    -------
    tuple of str and dict
        What to open, which may hold a signature and must not be shown, and options of
        `uproot.open`.

    Raises
    ------
    DownloadError
        A package is missing.
    """
    scheme = urlsplit(path).scheme if "://" in path else ""
    if scheme in {"root", "roots"}:
        client_of(path)
        return location(path), {"handler": uproot.source.xrootd.XRootDSource, "timeout": SECONDS}
    if scheme in {"http", "https", "s3", "zenodo"}:
        # uproot's own reader: that of fsspec needs packages more.
        url = signed(path) if scheme == "s3" else location(path)
        return url, {"handler": uproot.source.http.HTTPSource, "timeout": SECONDS}
    return path, {}
